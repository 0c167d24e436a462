//! No secret leaves the process by any door, in no form and in no part, though
//! a partner repeats it in every way it can.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::fmt::Write as _;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use common::{
    partner::{Heard, Reply, Wire, answer},
    workspace::{Ran, Workspace},
};
use probe::evidence::Verdict;
use regex::Regex;

/// Signs with every character that some encoding treats in its own way.
const BEARER: &str = r#"sQ4/kx+Zt~v-"W7=yB_m%20'&9hJ<uN>"#;
const USER: &str = "uXk29fPq";
const PASSWORD: &str = "pV8 r/Gc+T&5w=Ld";
const KEY: &str = "aKe7-ZmR3_hTy6Nq";

/// Requests over the usual pace, so that many rows take no time.
const FAST: &str = "limits: {rate: 1000 per second, burst: 100}";

/// What no output may hold: any six characters in a row of any form.
fn parts(secrets: &[&str]) -> Regex {
    let mut parts: Vec<String> = Vec::new();
    for form in secrets.iter().flat_map(|secret| forms(secret)) {
        let characters: Vec<char> = form.chars().collect();
        let part = |part: &[char]| regex::escape(&part.iter().collect::<String>());
        parts.extend(characters.windows(6).map(part));
    }
    Regex::new(&parts.join("|")).expect("an alternation of texts")
}

/// The forms that a partner sends, and others that it could.
fn forms(secret: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(secret).to_string();
    let quoted = quoted[1..quoted.len() - 1].to_owned();
    vec![
        secret.to_owned(),
        quoted.replace('/', r"\/"),
        quoted,
        percent(secret, "-._~", false),
        percent(secret, "-._~", true),
        percent(secret, "-._~", false).replace("%20", "+"),
        percent(secret, "", false),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ]
}

fn percent(text: &str, kept: &str, lower: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let plain = byte.is_ascii_alphanumeric() || kept.contains(char::from(byte));
        let _ = match (plain, lower) {
            (true, _) => write!(out, "{}", char::from(byte)),
            (false, false) => write!(out, "%{byte:02X}"),
            (false, true) => write!(out, "%{byte:02x}"),
        };
        out
    })
}

/// Whatever stands on a screen or in a file of this run.
fn outputs(ran: &Ran) -> [(&'static str, &str); 4] {
    [("stdout", &ran.out), ("stderr", &ran.err), ("events", &ran.events), ("JUnit", &ran.xml)]
}

fn nothing_leaks(ran: &Ran, secrets: &[&str]) {
    let parts = parts(secrets);
    for (door, text) in outputs(ran) {
        if let Some(found) = parts.find(text) {
            let from = text.floor_char_boundary(found.start().saturating_sub(60));
            let to = text.ceil_char_boundary((found.end() + 60).min(text.len()));
            panic!("{door} holds {:?}: {:?}", found.as_str(), &text[from..to]);
        }
    }
}

/// Repeats what the request signs with: in header fields by value and by name,
/// in values and names of the body, after `pad` characters, in every form.
fn echo(heard: &Heard, secrets: &[&str]) -> Reply {
    let (_, id) = heard.line.rsplit_once('/').expect("a path");
    let signed = [heard.header("authorization"), heard.header("x-shop-key")].concat();
    let mut fields = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-signed".to_owned(), signed.clone()),
        ("set-cookie".to_owned(), format!("session={signed}")),
        ("www-authenticate".to_owned(), format!("Bearer error=\"{signed}\"")),
    ];
    let pad = "x".repeat(id.parse().unwrap_or(0));
    let mut said =
        serde_json::json!({"id": id, "name": format!("{pad}{signed}"), "signed": signed});
    for (number, secret) in secrets.iter().enumerate() {
        fields.push((format!("x-plain-{number}"), (*secret).to_owned()));
        fields.push((format!("x-base64-{number}"), STANDARD.encode(secret)));
        fields.push((format!("x-url-{number}"), percent(secret, "-._~", false)));
        if secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            fields.push(((*secret).to_owned(), "a name".to_owned()));
        }
        said[*secret] = "a name as well".into();
        said[format!("all of {number}")] = forms(secret).into();
        said[format!("inside {number}")] =
            STANDARD.encode(format!("{{\"key\": \"{secret}\"}}")).into();
        said["color"] = (*secret).into();
        said["code"] = format!("{pad}{secret}").into();
    }
    said["error"] = format!("{pad}{} is not known here", secrets.join(" or ")).into();
    let status = match id {
        "401" | "404" | "503" => id.parse().expect("a status"),
        _ => 200,
    };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let body = said.to_string().replace('/', r"\/");
    match id {
        "latin" => Reply::Answer(answer(200, &fields, &[b"\xe9\xff ", body.as_bytes()].concat())),
        "half" => {
            let whole = answer(200, &fields, body.as_bytes());
            Reply::Cut(whole[..whole.len() - 10].to_vec())
        }
        _ => Reply::Answer(answer(status, &fields, body.as_bytes())),
    }
}

/// Scenarios that pass and that fail for every reason that quotes an answer.
const FEATURE: &str = r#"
Feature: Echoes

  Scenario: It passes
    When we call getThing with
      | id | 1 |
    Then the answer breaks the contract
    And we remember "$.signed" as signed
    And we remember the header "x-plain-0" as plain
    When we call getThing with
      | id | {plain} |
    Then the answer breaks the contract

  Scenario: The contract is broken
    When we call getThing with
      | id | 1 |

  Scenario Outline: A text is cut anywhere
    When we call getThing with
      | id | <pad> |
    Then "$.<member>" is "something else"

    Examples:
      | pad | member |
PADS

  Scenario Outline: An error is quoted
    When we call getThing with
      | id | <status> |
    Then the answer is 200

    Examples:
      | status |
      | 401    |
      | 404    |
      | 503    |

  Scenario: A header is quoted
    When we call getThing with
      | id | 1 |
    Then the header "x-plain-0" is "something else"

  Scenario: Members are listed
    When we call getThing with
      | id | 1 |
    Then "$.nothing" is present

  Scenario: Many values are quoted
    When we call getThing with
      | id | 1 |
    Then every "$['all of 0'][*]" is a number

  Scenario: A remembered value is quoted
    When we call getThing with
      | id | 1 |
    And we remember "$.signed" as signed
    Then "$.id" is "{signed}"

  Scenario: Drift is looked for in vain
    When we call getThing with
      | id | 1 |
    Then tolerated drift is found at "$.id"

  Scenario: A body is not text
    When we call getThing with
      | id | latin |

  Scenario: A body is cut
    When we call getThing with
      | id | half |

  Scenario: A value is refused
    When we call getThing with
      | id | 1 |
    And we remember "$.signed" as signed
    When we call createThing with
      | name | x        |
      | size | {signed} |
"#;

/// Runs everything against a partner that echoes, in every format.
fn echoed(auth: &str, variables: &[(&str, &str)], secrets: &'static [&'static str]) {
    let wire = Wire::new(|_, heard| echo(heard, secrets));
    everything_fails_in_silence(&wire, FEATURE, auth, variables, secrets);
    let signed: Vec<String> = wire
        .heard()
        .iter()
        .map(|heard| [heard.header("authorization"), heard.header("x-shop-key")].concat())
        .collect();
    let whole = match secrets {
        [user, password] => format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
        [only] if auth.contains("bearer") => format!("Bearer {only}"),
        _ => secrets.concat(),
    };
    assert!(signed.iter().all(|signed| *signed == whole), "the real secret is sent");
}

/// Runs a feature in every format; one of its scenarios passes, and none tells a secret.
fn everything_fails_in_silence(
    wire: &Wire,
    feature: &str,
    auth: &str,
    variables: &[(&str, &str)],
    secrets: &[&str],
) {
    let workspace = Workspace::new(&wire.url(), &format!("{auth}\n{FAST}"));
    let pads = [0, 1, 2, 3, 4, 5, 6, 7].map(|step| [step + 20, step * 3 + 60, step * 4 + 130]);
    let rows = pads.as_flattened().iter().fold(String::new(), |mut rows, pad| {
        let _ = writeln!(rows, "      | {pad} | name |\n      | {pad} | code |");
        rows
    });
    workspace.put("features/shop.things/echoes.feature", &feature.replace("PADS\n", &rows));
    for format in ["human", "json", "cucumber"] {
        let mut run = workspace.probe(["run", "--env", "test", "--format", format]);
        let ran = workspace.ran(run.envs(variables.iter().copied()).output().expect("it starts"));
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        let ends = ran.attempts();
        let passed = ends.iter().filter(|end| end.judgement.verdict == Verdict::Passed).count();
        assert_eq!((passed, ends.len()), (1, 61), "{}", ran.out);
        nothing_leaks(&ran, secrets);
    }
}

#[test]
fn a_bearer_token_stays_inside() {
    let auth = "auth: {scheme: bearer, secret: env:SHOP_TOKEN}";
    echoed(auth, &[("SHOP_TOKEN", BEARER)], &[BEARER]);
}

#[test]
fn a_user_and_a_password_stay_inside() {
    let auth = "auth: {scheme: basic, user: env:SHOP_USER, password: env:SHOP_PASSWORD}";
    echoed(auth, &[("SHOP_USER", USER), ("SHOP_PASSWORD", PASSWORD)], &[USER, PASSWORD]);
}

#[test]
fn an_api_key_stays_inside() {
    let auth = "auth: {scheme: api_key, header: X-Shop-Key, secret: env:SHOP_KEY}";
    echoed(auth, &[("SHOP_KEY", KEY)], &[KEY]);
}

/// What a partner issues is as secret as what we bring: a token in the member of its name, a
/// code in a redirect.
#[test]
fn what_a_partner_issues_stays_inside() {
    const CODE: &str = "cQ9f-3Lx_7Yt2Wz";
    let feature = FEATURE.replace(
        "\nFeature: Echoes\n",
        "\nFeature: Echoes\n\n  Background:\n    When we call createThing with\n      | name | x |\n    \
         And we remember \"$.access_token\" as token\n    And our access token is {token}\n",
    );
    let wire = Wire::new(|_, heard| {
        if heard.line.starts_with("GET") {
            return echo(heard, &[BEARER, CODE]);
        }
        let body = serde_json::json!({"id": "1", "name": "x", "access_token": BEARER});
        let there = format!("https://app.example/callback?code={CODE}&state=1");
        let fields = [("content-type", "application/json"), ("location", there.as_str())];
        Reply::Answer(answer(201, &fields, body.to_string().as_bytes()))
    });
    let auth = "operations: {getThing: {auth: {scheme: bearer}}}";
    everything_fails_in_silence(&wire, &feature, auth, &[], &[BEARER, CODE]);
    let heard = wire.heard();
    let signed = |line: &str| {
        let of_line = heard.iter().filter(|heard| heard.line.starts_with(line));
        of_line.map(|heard| heard.header("authorization").to_owned()).collect::<Vec<_>>()
    };
    assert!(signed("GET").iter().all(|signed| *signed == format!("Bearer {BEARER}")));
    assert!(signed("POST").iter().all(String::is_empty), "only where the record says so");
}

/// A token in a place of its own is known by the sentence that takes it, before that comes.
#[test]
fn a_token_in_a_header_of_its_own_stays_inside() {
    let feature = FEATURE.replace(
        "\nFeature: Echoes\n",
        "\nFeature: Echoes\n\n  Background:\n    When we call createThing with\n      | name | x |\n    \
         And we remember the header \"X-Session\" matching /^Sid (.+)$/ as token\n    \
         And our access token is {token}\n",
    );
    let wire = Wire::new(|_, heard| {
        if heard.line.starts_with("GET") {
            return echo(heard, &[BEARER]);
        }
        let session = format!("Sid {BEARER}");
        let fields = [("content-type", "application/json"), ("x-session", session.as_str())];
        Reply::Answer(answer(201, &fields, br#"{"id": "1", "name": "x"}"#))
    });
    let auth = "operations: {getThing: {auth: {scheme: bearer}}}";
    everything_fails_in_silence(&wire, &feature, auth, &[], &[BEARER]);
}

/// What is missing is named; what is there, or in the wrong form, is not shown.
#[test]
fn messages_about_secrets_hold_names_only() {
    let auth = "auth: {scheme: basic, user: env:SHOP_USER, password: env:SHOP_PASSWORD}";
    let workspace = Workspace::new("http://127.0.0.1:1", auth);
    workspace.scenario("When we call listThings");
    let broken = format!("{PASSWORD}\nmore");
    for (password, reason) in [
        (None, "the secret env:SHOP_PASSWORD is not set"),
        (Some(""), "the secret env:SHOP_PASSWORD is empty"),
        (
            Some(broken.as_str()),
            "the secret env:SHOP_PASSWORD holds a line break or another control character",
        ),
    ] {
        let mut run = workspace.probe(["run", "--env", "test"]);
        run.env("SHOP_USER", USER).envs(password.map(|value| ("SHOP_PASSWORD", value)));
        let ran = workspace.ran(run.output().expect("it starts"));
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        assert!(ran.err.contains(reason), "{}", ran.err);
        assert!(ran.folder.is_none(), "nothing was run");
        nothing_leaks(&ran, &[USER, PASSWORD]);
    }
}
