//! The pages of `docs/rules/` show the tables of rules as they are.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::{fs, path::Path};

use common::workspace::Workspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn told(arguments: &[&str]) -> String {
    let workspace = Workspace::new("http://unused.invalid", "");
    let output = workspace.probe(arguments.iter().copied()).output().expect("it starts");
    let ran = workspace.ran(output);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    ran.out
}

/// Each page, and the command that writes it.
fn pages() -> Vec<(String, String)> {
    let index = told(&["contract", "rules", "--format", "markdown"]);
    let families: Vec<String> = index
        .lines()
        .filter_map(|line| line.strip_prefix("## [")?.split_once("](")?.1.strip_suffix(".md)"))
        .map(str::to_owned)
        .collect();
    assert_eq!(families, ["check", "compare", "protobuf", "avro"]);
    let of = |family: &String| told(&["contract", "rules", family, "--format", "markdown"]);
    let mut pages: Vec<_> = families.iter().map(|f| (format!("{f}.md"), of(f))).collect();
    pages.push(("README.md".to_owned(), index));
    pages
}

#[test]
fn the_pages_show_the_rules_as_they_are() {
    let folder = root().join("docs/rules");
    let pages = pages();
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::create_dir_all(&folder).expect("a folder");
        for (name, page) in &pages {
            fs::write(folder.join(name), page).expect("a file");
        }
    }
    for (name, page) in &pages {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(
            &kept == page,
            "docs/rules/{name} is out of date: UPDATE_EXPECTED=1 writes it anew"
        );
    }
    let kept = fs::read_dir(&folder).expect("a folder").count();
    assert_eq!(kept, pages.len(), "a page in docs/rules/ belongs to no table");
}

#[test]
fn links_of_the_index_lead_to_headings() {
    let pages = pages();
    let (_, index) = pages.last().expect("the index");
    let mut links = 0;
    for link in index.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let (name, anchor) = link.split_once('#').unwrap_or((link, ""));
        let (_, page) = pages.iter().find(|(page, _)| page == name).expect(link);
        let plain = |heading: &str| heading.replace('.', "").to_lowercase();
        let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
        assert!(anchor.is_empty() || headings.map(plain).any(|h| h == anchor), "{link}");
        links += 1;
    }
    assert!(links > 20);
}

#[test]
fn a_rule_is_found_by_its_name_and_by_the_id_of_a_finding() {
    let told_by = |rule: &str| told(&["contract", "rules", rule]);
    let by_name = told_by("body.enum");
    assert_eq!(by_name, told_by("response.body.enum"));
    assert!(by_name.starts_with("body.enum\n  Finds"), "{by_name}");
    let one: serde_json::Value = serde_json::from_str(&told(&[
        "contract",
        "rules",
        "header.undeclared",
        "--format",
        "json",
    ]))
    .expect("JSON");
    assert_eq!(one["levels"][0]["level"], "additive");
    assert_eq!(one["levels"][1]["level"], "not looked for");
    let all: serde_json::Value =
        serde_json::from_str(&told(&["contract", "rules", "--format", "json"])).expect("JSON");
    assert!(all.as_array().is_some_and(|all| all.contains(&one)));
}

#[test]
fn rules_of_every_table_are_told_in_80_columns_with_what_to_do() {
    let all: serde_json::Value =
        serde_json::from_str(&told(&["contract", "rules", "--format", "json"])).expect("JSON");
    let all = all.as_array().expect("a list");
    let of = |start: &str| {
        let ids = all.iter().filter_map(|rule| rule["name"].as_str());
        ids.filter(|id| id.starts_with(start)).count()
    };
    assert!(of("protobuf.") > 50 && of("avro.") > 10 && of("response.") > 5);
    let longest = ["protobuf.field-utf8-not-java", "avro.type", "request.body-removed"];
    let texts = longest.map(|rule| told(&["contract", "rules", rule]));
    for text in texts.iter().chain([&told(&["contract", "rules"])]) {
        let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(wide, Vec::<&str>::new());
    }
    for text in &texts {
        assert!(text.contains("\n  To do  ") && text.contains("\nBefore"), "{text}");
    }
    assert!(texts[0].contains("\n  protects    source\n"), "{}", texts[0]);
    assert!(texts[2].contains("\n  said        breaking\n"), "{}", texts[2]);
}
