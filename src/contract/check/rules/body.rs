//! The rules of bodies.

use super::rule::{BOTH, ELSEWHERE, Example, NEW, OURS, RESPONSE, Rule, Side, THEIRS, UNLISTED};

/// An answer of JSON with these properties of an object.
macro_rules! promises {
    ($schema:literal) => {
        concat!(
            "responses:\n  '200':\n    description: The order\n    content:\n      application/json:\n        schema:\n          ",
            $schema
        )
    };
}

/// An answer of JSON.
macro_rules! answers {
    ($body:literal) => {
        concat!("HTTP/1.1 200\ncontent-type: application/json\n\n", $body)
    };
}

pub(in crate::contract::check) static BODY_BOUNDS: Rule = Rule {
    name: "body.bounds",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A value is smaller, larger, shorter, longer or of another count than the contract says: \
          it may not fit where it is kept.",
    source: "JSON Schema Validation 2020-12, sections 6.2 to 6.5",
    example: Example {
        promise: promises!("{type: object, properties: {note: {type: string, maxLength: 10}}}"),
        bad: answers!(r#"{"note": "far too long a note"}"#),
        good: answers!(r#"{"note": "short"}"#),
    },
};

pub(in crate::contract::check) static BODY_DUPLICATE: Rule = Rule {
    name: "body.duplicate",
    parts: BOTH,
    read: Side::breaking("ask the partner which value is meant; readers disagree on it"),
    written: Side::breaking(OURS),
    open: false,
    doc: "A JSON object says the same member twice: one reader takes the first value, another the \
          last, a third refuses it.",
    source: "RFC 8259, section 4",
    example: Example {
        promise: promises!("{type: object, properties: {total: {type: integer}}}"),
        bad: answers!(r#"{"total": 1, "total": 2}"#),
        good: answers!(r#"{"total": 2}"#),
    },
};

pub(in crate::contract::check) static BODY_ENUM: Rule = Rule {
    name: "body.enum",
    parts: BOTH,
    read: Side::breaking(UNLISTED),
    written: Side::breaking(OURS),
    open: true,
    doc: "A value is not one of those that the contract lists: code that tells cases apart does not \
          know it. Additive where the list is open: by the record, or by the contract's \
          `x-extensible-enum`.",
    source: "JSON Schema Validation 2020-12, sections 6.1.2 and 6.1.3",
    example: Example {
        promise: promises!("{type: object, properties: {status: {enum: [open, paid]}}}"),
        bad: answers!(r#"{"status": "on_hold"}"#),
        good: answers!(r#"{"status": "paid"}"#),
    },
};

pub(in crate::contract::check) static BODY_FORMAT: Rule = Rule {
    name: "body.format",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A string or number is not in the format that the contract names: readers may fail to \
          parse it.",
    source: "JSON Schema Validation 2020-12, section 7; OpenAPI 3.1, section 4.4",
    example: Example {
        promise: promises!("{type: object, properties: {paid: {type: string, format: date-time}}}"),
        bad: answers!(r#"{"paid": "20.11.2026"}"#),
        good: answers!(r#"{"paid": "2026-11-20T10:15:00Z"}"#),
    },
};

pub(in crate::contract::check) static BODY_MALFORMED: Rule = Rule {
    name: "body.malformed",
    parts: BOTH,
    read: Side::breaking(
        "ask the partner what it means to send; the recorded exchange shows how it begins",
    ),
    written: Side::breaking(OURS),
    open: false,
    doc: "The body is not UTF-8, or is nested deeper or holds more values than we bear: no reader \
          can be expected to read it.",
    source: "RFC 8259, sections 8.1 and 9",
    example: Example {
        promise: promises!("{type: object, properties: {name: {type: string}}}"),
        bad: answers!("{\"name\": \"M\\xFCller\"}"),
        good: answers!(r#"{"name": "Miller"}"#),
    },
};

pub(in crate::contract::check) static BODY_MISSING: Rule = Rule {
    name: "body.missing",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A body is promised, and none came.",
    source: "OpenAPI 3.1, sections 4.8.13 and 4.8.17",
    example: Example {
        promise: promises!("{type: object, properties: {id: {type: string}}}"),
        bad: "HTTP/1.1 200\n",
        good: answers!(r#"{"id": "o_1"}"#),
    },
};

pub(in crate::contract::check) static BODY_NULL: Rule = Rule {
    name: "body.null",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "Null stands where the contract does not allow it.",
    source: "JSON Schema Validation 2020-12, section 6.1.1",
    example: Example {
        promise: promises!("{type: object, properties: {note: {type: string}}}"),
        bad: answers!(r#"{"note": null}"#),
        good: answers!(r#"{"note": "none"}"#),
    },
};

pub(in crate::contract::check) static BODY_PATTERN: Rule = Rule {
    name: "body.pattern",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A string does not match the contract's pattern.",
    source: "JSON Schema Validation 2020-12, section 6.3.3",
    example: Example {
        promise: promises!("{type: object, properties: {id: {type: string, pattern: '^o_'}}}"),
        bad: answers!(r#"{"id": "1000"}"#),
        good: answers!(r#"{"id": "o_1000"}"#),
    },
};

pub(in crate::contract::check) static BODY_REQUIRED: Rule = Rule {
    name: "body.required",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A member that the contract demands in every message is missing.",
    source: "JSON Schema Validation 2020-12, section 6.5.3",
    example: Example {
        promise: promises!("{type: object, required: [id], properties: {id: {type: string}}}"),
        bad: answers!("{}"),
        good: answers!(r#"{"id": "o_1"}"#),
    },
};

pub(in crate::contract::check) static BODY_SCHEMA: Rule = Rule {
    name: "body.schema",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "The body breaks its schema in a way that has no rule of its own, such as items that must \
          differ, or a value that two of several shapes fit.",
    source: "JSON Schema Core 2020-12, sections 10 and 11",
    example: Example {
        promise: promises!("{type: object, properties: {tags: {type: array, uniqueItems: true}}}"),
        bad: answers!(r#"{"tags": ["new", "new"]}"#),
        good: answers!(r#"{"tags": ["new"]}"#),
    },
};

pub(in crate::contract::check) static BODY_TYPE: Rule = Rule {
    name: "body.type",
    parts: BOTH,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A value is of another type than the contract says: a number as text, an array where there \
          was an object.",
    source: "JSON Schema Validation 2020-12, section 6.1.1",
    example: Example {
        promise: promises!("{type: object, properties: {total: {type: integer}}}"),
        bad: answers!(r#"{"total": "12"}"#),
        good: answers!(r#"{"total": 12}"#),
    },
};

pub(in crate::contract::check) static BODY_UNDECLARED: Rule = Rule {
    name: "body.undeclared",
    parts: BOTH,
    read: Side::additive(NEW),
    written: Side::breaking(OURS),
    open: false,
    doc: "A member came that the contract does not name, whether it forbids others or not. Careful \
          readers ignore it. What we send is judged only where the contract forbids others. An \
          object of which no member is described is free-form and has none.",
    source: "JSON Schema Core 2020-12, sections 10.3.2.3 and 11.3",
    example: Example {
        promise: promises!(
            "{type: object, additionalProperties: false, properties: {id: {type: string}}}"
        ),
        bad: answers!(r#"{"id": "o_1", "priority": 2}"#),
        good: answers!(r#"{"id": "o_1"}"#),
    },
};

pub(in crate::contract::check) static BODY_UNEXPECTED: Rule = Rule {
    name: "body.unexpected",
    parts: RESPONSE,
    read: Side::additive(NEW),
    written: Side::additive(OURS),
    open: false,
    doc: "A body came where none is described.",
    source: "OpenAPI 3.1, section 4.8.17",
    example: Example {
        promise: "responses:\n  '202':\n    description: It will be done",
        bad: "HTTP/1.1 202\ncontent-type: application/json\n\n{\"job\": 7}",
        good: "HTTP/1.1 202\n",
    },
};

pub(in crate::contract::check) static BODY_UNREADABLE: Rule = Rule {
    name: "body.unreadable",
    parts: BOTH,
    read: Side::breaking(ELSEWHERE),
    written: Side::breaking(OURS),
    open: false,
    doc: "The body cannot be read as its media type: HTML from a gateway, a message cut short, \
          `NaN`, which JSON does not know.",
    source: "RFC 8259, sections 2 and 6",
    example: Example {
        promise: promises!("{type: object, properties: {id: {type: string}}}"),
        bad: answers!("<html><h1>Bad gateway</h1></html>"),
        good: answers!(r#"{"id": "o_1"}"#),
    },
};

pub(in crate::contract::check) static BODY_UNSAFE_INTEGER: Rule = Rule {
    name: "body.unsafe_integer",
    parts: BOTH,
    read: Side::additive(
        "say `format: int64` in the contract once our code bears it; many readers round it",
    ),
    written: Side::additive(
        "say `format: int64` in the contract if the partner bears it; many readers round it",
    ),
    open: false,
    doc: "A whole number lies beyond 2^53, and the contract names neither `int64` nor a bound so \
          far out: readers that keep numbers as doubles round it to another one.",
    source: "RFC 8259, section 6",
    example: Example {
        promise: promises!("{type: object, properties: {id: {type: integer}}}"),
        bad: answers!(r#"{"id": 9007199254740993}"#),
        good: answers!(r#"{"id": 9007199254740991}"#),
    },
};

pub(in crate::contract::check) static FAILURE_INSIDE: Rule = Rule {
    name: "failure_inside",
    parts: RESPONSE,
    read: Side::breaking(
        "see what the partner complains of; a scenario that means it says `the answer tells of a \
         failure inside`",
    ),
    written: Side::breaking("answer with a status of failure, as callers go by it"),
    open: false,
    doc: "An answer has a status of success, and tells of a failure in its body. Looked for where the \
          record (`failure_inside`) or the contract's operation (`x-failure-inside`) declares how. It \
          is no drift: a scenario fails by it as by an error that it did not expect.",
    source: "RFC 9110, section 15.3",
    example: Example {
        promise: "x-failure-inside: [{at: $.ok, is: [false], message: $.error}]
responses:
  '200':
    description: Done, or not
    content:
      application/json:
        schema: {type: object, properties: {ok: {type: boolean}, error: {type: string}}}",
        bad: answers!(r#"{"ok": false, "error": "channel_not_found"}"#),
        good: answers!(r#"{"ok": true}"#),
    },
};
