//! Builds answers: the contract's own, else plain problem details.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    contract::{
        Contract, Operation,
        generate::{self, Answer},
    },
    evidence::Headers,
    transport::listener::Reply,
};

/// What the contract promises for a status of an operation: its first example, else generated.
/// `None`: it promises nothing for it.
pub(super) fn documented(
    contract: &Contract,
    operation: &Operation,
    status: u16,
    seed: u64,
) -> Option<Answer> {
    generate::answer(contract, operation.response(status)?, status, None, seed)
}

/// The first of these statuses that the operation documents by its code, in its form.
pub(super) fn first_documented(
    contract: &Contract,
    operation: &Operation,
    statuses: &[u16],
    seed: u64,
) -> Option<Answer> {
    use crate::contract::StatusPattern::Exact;
    let exact = |status: &&u16| operation.responses.iter().any(|r| r.status == Exact(**status));
    let status = statuses.iter().find(exact).or_else(|| {
        // A range or `default` is a promise too, only a vaguer one.
        statuses.iter().find(|status| operation.response(**status).is_some())
    })?;
    documented(contract, operation, *status, seed)
}

/// A status in the contract's form; where the contract has none for it, an empty body of the
/// media type in which the operation tells of errors.
pub(super) fn status(contract: &Contract, operation: &Operation, status: u16, seed: u64) -> Answer {
    documented(contract, operation, status, seed).unwrap_or_else(|| {
        let success = operation.success().map(|r| r.status);
        let media = operation
            .responses
            .iter()
            .filter(|response| Some(response.status) != success)
            .flat_map(|response| &response.content)
            .find(|media| is_json(&media.name));
        let body = media.map(|media| (media.name.clone(), json!({})));
        Answer { status, headers: Headers::new(), body }
    })
}

/// Problem details (RFC 9457): for what no contract speaks of.
pub(super) fn problem(status: u16, title: &str, detail: &str) -> Answer {
    let body = json!({"type": "about:blank", "title": title, "status": status, "detail": detail});
    Answer {
        status,
        headers: Headers::new(),
        body: Some(("application/problem+json".to_owned(), body)),
    }
}

/// Sets a header field, in place of one of the same name.
pub(super) fn put(headers: &mut Headers, name: &str, value: String) {
    match headers.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => *old = value,
        None => headers.push((name.to_owned(), value)),
    }
}

/// The answer as bytes.
pub(super) fn reply(answer: Answer) -> Reply {
    let Answer { status, mut headers, body } = answer;
    let body = match body {
        None => Bytes::new(),
        Some((media, value)) => {
            let bytes = match value {
                Value::String(text) if !is_json(&media) => text.into(),
                value => value.to_string().into(),
            };
            put(&mut headers, "content-type", media);
            bytes
        }
    };
    Reply::Answer { status, headers, body }
}

/// Whether a media type is JSON, by name or by suffix (RFC 6839 section 3.1).
fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_written_by_their_media_type() {
        let said = |media: &str, value: Value| {
            let body = Some((media.to_owned(), value));
            match reply(Answer { status: 200, headers: Headers::new(), body }) {
                Reply::Answer { headers, body, .. } => (headers, body),
                other => panic!("an answer was expected, not {other:?}"),
            }
        };
        let (headers, body) = said("application/json", json!("a"));
        assert_eq!(body, r#""a""#);
        assert_eq!(headers, [("content-type".to_owned(), "application/json".to_owned())]);
        assert_eq!(said("text/csv", json!("a,b")).1, "a,b");
        assert_eq!(said("application/vnd.x+json", json!({"a": [1]})).1, r#"{"a":[1]}"#);
    }

    #[test]
    fn a_field_is_put_once() {
        let mut headers = vec![("a".to_owned(), "1".to_owned())];
        put(&mut headers, "a", "2".to_owned());
        put(&mut headers, "b", "3".to_owned());
        let expected = [("a", "2"), ("b", "3")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        assert_eq!(headers, expected);
    }
}
