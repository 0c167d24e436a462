//! What a run counts of the answers that it checked.

use std::fs;

use serde_json::{Value, json};

use super::common::{
    partner::{Reply, Wire, json as answer},
    workspace::Workspace,
};

#[test]
fn a_run_leaves_how_often_each_described_member_came_and_nothing_else() {
    let wire = Wire::new(|number, _| {
        let size = if number == 0 { "" } else { r#", "size": 3, "color": "red""# };
        let body = format!(r#"{{"id": "1", "name": "anvil"{size}, "mail": "ada@example.com"}}"#);
        Reply::Answer(answer(200, &body))
    });
    let workspace = Workspace::new(&wire.url(), "");
    let get = "When we call getThing with\n  | id | 1 |\n";
    workspace.scenario(&get.repeat(3));
    let ran = workspace.run(&["--env", "test"]);
    let folder = ran.folder.clone().expect("a run folder");
    let text = fs::read_to_string(folder.join("presence.json")).expect("the counts");
    assert!(!text.contains("mail") && !text.contains("anvil"), "{text}");
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(told["run_id"], folder.file_name().expect("a name").to_string_lossy().as_ref());
    assert_eq!(told["environment"]["class"], "test");
    let counts = told["counts"].as_array().expect("a list");
    assert_eq!(counts.len(), 1);
    assert_eq!(
        (&counts[0]["integration"], &counts[0]["contract"]),
        (&json!("shop.things"), &json!("shop/things/v1"))
    );
    let places = &counts[0]["places"]["getThing 200"];
    let calls = wire.heard().len();
    assert_eq!(places["/id"], json!({"of": calls, "there": calls}));
    assert_eq!(calls, 3);
    assert_eq!(places["/size"], json!({"of": 3, "there": 2}));
    assert_eq!(places["/color"], json!({"of": 3, "there": 2, "values": {"\"red\"": 2}}));
    assert_eq!(places["/code"], json!({"of": 3, "there": 0}));
}
