use super::{MOCK, parse, stand_in};
use crate::{evidence::Diagnostic, mock::MockFile};

/// What is said of a mock file: `line:column: title | expected | actual | help`.
fn problems(text: &str) -> Vec<String> {
    let told = match parse(text) {
        Err(problems) => problems,
        Ok(file) => stand_in(&file).map(|_| ()).unwrap_err(),
    };
    told.iter().map(line).collect()
}

fn line(problem: &Diagnostic) -> String {
    let place = problem.place().expect("a problem of a file has a place");
    assert_eq!(place.file, "mocks/acme.payments.yaml");
    let parts = [
        Some(problem.title.clone()),
        problem.expected.clone(),
        problem.actual.clone(),
        problem.help.first().cloned(),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}:{}: {}", place.line, place.column, parts.join(" | "))
}

/// The whole mock file with one text replaced.
fn mistake(from: &str, to: &str) -> Vec<String> {
    assert_eq!(MOCK.matches(from).count(), 1, "{from}");
    problems(&MOCK.replace(from, to))
}

#[test]
fn the_good_one_is_good() {
    let stand_in = stand_in(&parse(MOCK).unwrap()).unwrap();
    assert_eq!(stand_in.resources(), ["payment", "refund"]);
}

#[test]
fn unknown_names_are_told_with_the_nearest_known_one() {
    assert_eq!(
        mistake("  capturePayment:", "  capturePaymnt:"),
        ["20:3: payments/cards/v1 has no operation `capturePaymnt` \
             | one of: createPayment, GetPayment, capturePayment, createRefund \
             | capturePaymnt | did you mean `capturePayment`?"]
    );
    assert_eq!(
        mistake("{reads: payment}", "{reads: paiment}"),
        ["19:23: there is no resource `paiment` | one of: payment, refund | paiment \
             | did you mean `payment`?"]
    );
    assert_eq!(
        mistake("example: generic_decline", "example: generic_declined"),
        ["14:40: PostPayments has no example `generic_declined` for status 402 \
             | one of: generic_decline, insufficient_funds | generic_declined \
             | did you mean `generic_decline`?"]
    );
    assert_eq!(
        mistake("example: invalid_key", "example: expired"),
        ["36:40: payments/cards/v1 has no example `expired` for status 401 \
             | one of: invalid_key, no_key | expired | name one that exists"]
    );
    assert_eq!(
        mistake("{status: 402, example: generic_decline}", "{status: 403}"),
        ["14:26: PostPayments documents no answer with status 403 \
             | one of: 200, 400, 401, 402, 429, 5XX | 403 \
             | name a status that the contract documents, or document this one"]
    );
}

#[test]
fn expressions_are_compiled_when_the_file_is_read() {
    let help = "write it as in `body.amount > 100`, in texts as in `{{ body.amount }}`";
    assert_eq!(
        mistake("{{ resource.amount }}", "{{ resorce.amount }}"),
        [format!(
            "24:21: an expression is wrong | there is no variable `resorce`; known are `seq`, \
             `now`, `body`, `path`, `query`, `token`, `resource`, `needed`, \
             `bucket`, `item` | {help}"
        )]
    );
    assert_eq!(
        mistake("body.method == \"declined\"", "body.method = \"declined\""),
        [format!("13:15: an expression is wrong | unexpected input after expression | {help}")]
    );
    assert_eq!(
        mistake("captured: \"{{ body.amount }}\"", "captured: \"{{ resource.amount }}\""),
        ["18:44: there is no `resource` here \
             | `resource` only where the operation `reads` or `moves` one \
             | use a variable that is known here: `seq` and `now` always are"]
    );
    assert_eq!(
        problems("operations: {createPayment: {headers: {x-note: '{{ token.sub }}'}}}"),
        ["1:48: there is no `token` here \
             | `token` only where a scenario's token signs the operation \
             | use a variable that is known here: `seq` and `now` always are"]
    );
    assert_eq!(
        mistake("req_{{ seq }}", "req_{{ body.amount }}"),
        ["44:23: there is no `body` here | `body` not in header fields and answers to all \
             | use a variable that is known here: `seq` and `now` always are"]
    );
}

#[test]
fn what_makes_no_sense_together_is_told() {
    assert_eq!(
        mistake("GetPayment: {reads: payment}", "GetPayment: {reads: payment, to: succeeded}"),
        ["19:32: `to` means nothing without `moves` | say `moves` too, or remove `to`"]
    );
    assert_eq!(
        mistake("GetPayment: {reads: payment}", "GetPayment: {reads: payment, moves: payment}"),
        ["19:32: an operation cannot both `reads` and `moves` \
             | keep the one that tells what it does"]
    );
    assert_eq!(
        mistake("GetPayment: {reads: payment}", "CapturePayment: {reads: payment}"),
        ["20:3: `capturePayment` and `CapturePayment` are the same operation \
             | say all of it under one name"]
    );
    assert_eq!(
        problems(
            "resources: {payment: {key: $.id, id: x}}\noperations: {createPayment: {reads: payment}}"
        ),
        ["2:37: it is not said which one PostPayments means | one path parameter, or `by` \
             | path parameters: none \
             | add `by:` with a path parameter's name or an expression such as `body.id`"]
    );
    assert_eq!(
        problems("resources: {payment: {key: \"$.a[0]\", id: x, seed: [{status: new}]}}"),
        [
            "1:28: `$.a[0]` does not name one member \
             | a path of member names, such as `$.id` or `$.shipment.id` \
             | name the one member that holds it",
            "1:52: a seed has no id | a member at `$.a[0]` \
             | give every seed the id by which scenarios call it",
        ]
    );
    assert_eq!(
        problems("headers: {\"a b\": x, ok: \"a\\nb\"}"),
        [
            "1:11: `a b` is not the name of a header field | use letters, digits and `-`",
            "1:25: the value of `ok` cannot travel in a header field \
             | write it on one line, without control characters",
        ]
    );
}

#[test]
fn the_form_of_the_file_is_strict() {
    for (text, said) in [
        ("resorces: {}", "1:1: unknown key `resorces` | did you mean `resources`?"),
        ("resources: {payment: {key: $.id}}", "1:13: missing key `id` | add `id`"),
        (
            "operations: {createPayment: {creates: [a]}}",
            "1:39: wrong type of `creates` | a string | a list",
        ),
        (
            "operations: {capturePayment: {from: 7}}",
            "1:37: wrong type of `from` | a string or a list of strings | the number 7",
        ),
        (
            "throttle: {status: fast}",
            "1:20: wrong type of `status` | a whole number from 0 to 65535 | the string `fast`",
        ),
    ] {
        assert_eq!(problems(text), [said]);
    }
    assert!(problems("resources: {")[0].starts_with("1:12: broken YAML | "));
    assert!(parse("x-note: ours").is_ok());
}

#[test]
fn a_file_need_not_be_there() {
    let workspace = tempfile::tempdir().unwrap();
    assert!(MockFile::load(workspace.path(), "acme.payments").unwrap().is_none());
    std::fs::create_dir(workspace.path().join("mocks")).unwrap();
    let path = workspace.path().join("mocks/acme.payments.yaml");
    std::fs::write(&path, MOCK).unwrap();
    assert!(MockFile::load(workspace.path(), "acme.payments").unwrap().is_some());
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    let told = MockFile::load(workspace.path(), "acme.payments").unwrap_err();
    assert_eq!(told[0].title, "mocks/acme.payments.yaml cannot be read");
}

const THROTTLE: &str =
    "throttle: {status: 429, example: rate_limit, headers: {retry-after: \"2\"}}";

#[test]
fn a_bucket_holds_and_leaks_something() {
    let bucket =
        |bucket: &str| mistake(THROTTLE, &format!("throttle: {{status: 429, bucket: {bucket}}}"));
    let help = "more than nothing | write it as the partner documents it";
    assert_eq!(
        bucket("{size: 0, leak: 0 per second}"),
        [
            format!("39:40: a bucket without size throttles for good | {help}"),
            format!("39:49: a bucket without leak throttles for good | {help}"),
        ]
    );
    assert_eq!(
        bucket("{size: 1, leak: 1 per second, cost: \"{{ bucket.size }}\"}"),
        [
            "39:69: there is no `bucket` here | `bucket` only in `throttle`, where there is a `bucket` \
         | use a variable that is known here: `seq` and `now` always are"
        ]
    );
    let good = "bucket: {size: 1, leak: 1 per second, headers: {x: \"{{ bucket.used }}\"}}";
    let file = MOCK.replace(THROTTLE, &format!("throttle: {{status: 429, {good}}}"));
    assert!(stand_in(&parse(&file).unwrap()).is_ok());
}

#[test]
fn a_list_says_where_it_stands() {
    let get = |get: &str| mistake("GetPayment: {reads: payment}", &format!("GetPayment: {get}"));
    assert_eq!(
        get("{lists: payment}"),
        ["19:16: it is not said where the list stands \
         | add `into: $.orders` with the place in the answer's body"]
    );
    assert_eq!(
        get("{lists: payment, into: $.data, page: {cursor: after, size: limit, default: 10}}"),
        [
            "19:61: GetPayment has no query parameter `after` | no query parameter is known | after \
             | name one that exists",
            "19:74: GetPayment has no query parameter `limit` | no query parameter is known | limit \
             | name one that exists",
        ]
    );
    assert_eq!(
        get("{reads: payment, into: $.data, page: {cursor: after, size: limit, default: 10}}"),
        [
            "19:32: `into` means nothing without `lists` or `counts` \
             | say `lists` or `counts` too, or remove `into`",
            "19:46: `page` means nothing without `lists` | say `lists` too, or remove `page`",
        ]
    );
    assert_eq!(
        get("{reads: payment, set: {id: \"{{ item.id }}\"}}"),
        ["19:42: there is no `item` here | `item` only in `where` \
         | use a variable that is known here: `seq` and `now` always are"]
    );
}
