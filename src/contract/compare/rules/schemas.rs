//! Rules about schemas: one for each kind of change that [`schema`](super::super::schema) tells.
//!
//! The levels of the table are what such a change mostly comes to; of each difference it is decided
//! anew whether the messages of one version are right by the other.

use super::rule::{Example, Frame::Schema, Rule};
use crate::contract::compare::difference::Level::{Breaking, Compatible, Unknown, Warning};

const BASE: Rule = Rule {
    id: "",
    first: Compatible,
    last: Compatible,
    reader_waits: Compatible,
    writer_waits: Compatible,
    mirror: "",
    doc: "",
    help: "",
    example: Example { frame: Schema, old: "", new: "" },
};

const READERS: &str = "readers have to take the new values before writers send them";
const WRITERS: &str = "writers have to keep to the new rule before readers insist on it";
const BOTH: &str = "neither side can go first: make a new version, or take both forms for a while";
const NOTHING: &str = "nothing to do";
const LOOK: &str = "see whether anything of ours relies on it";
const DECIDE: &str = "compare the two places by hand; approve the difference once it is understood";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "schema.type-widened",
        reader_waits: Breaking,
        mirror: "schema.type-narrowed",
        doc: "A value may be of more types than before.",
        help: READERS,
        example: Example { frame: Schema, old: "{type: integer}", new: "{type: number}" },
        ..BASE
    },
    Rule {
        id: "schema.type-narrowed",
        writer_waits: Breaking,
        mirror: "schema.type-widened",
        doc: "A value may be of fewer types than before.",
        help: WRITERS,
        example: Example { frame: Schema, old: "{type: number}", new: "{type: integer}" },
        ..BASE
    },
    Rule {
        id: "schema.type-changed",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "schema.type-changed",
        doc: "A value is of another type.",
        help: BOTH,
        example: Example { frame: Schema, old: "{type: integer}", new: "{type: boolean}" },
        ..BASE
    },
    Rule {
        id: "schema.null-allowed",
        reader_waits: Breaking,
        mirror: "schema.null-forbidden",
        doc: "A value may be null now.",
        help: READERS,
        example: Example { frame: Schema, old: "{type: string}", new: "{type: [string, 'null']}" },
        ..BASE
    },
    Rule {
        id: "schema.null-forbidden",
        writer_waits: Breaking,
        mirror: "schema.null-allowed",
        doc: "A value may no longer be null.",
        help: WRITERS,
        example: Example { frame: Schema, old: "{type: [string, 'null']}", new: "{type: string}" },
        ..BASE
    },
    Rule {
        id: "schema.value-added",
        reader_waits: Breaking,
        mirror: "schema.value-removed",
        doc: "There is one more value in a list of values.",
        help: READERS,
        example: Example { frame: Schema, old: "{enum: [a, b]}", new: "{enum: [a, b, c]}" },
        ..BASE
    },
    Rule {
        id: "schema.value-removed",
        writer_waits: Breaking,
        mirror: "schema.value-added",
        doc: "A value is gone from a list of values.",
        help: WRITERS,
        example: Example { frame: Schema, old: "{enum: [a, b, c]}", new: "{enum: [a, b]}" },
        ..BASE
    },
    Rule {
        id: "schema.values-opened",
        reader_waits: Breaking,
        mirror: "schema.values-closed",
        doc: "A list of values was given up: any value may come.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: string, enum: [a, b]}",
            new: "{type: string}",
        },
        ..BASE
    },
    Rule {
        id: "schema.values-closed",
        writer_waits: Breaking,
        mirror: "schema.values-opened",
        doc: "Only the values of a list are allowed now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: string}",
            new: "{type: string, enum: [a, b]}",
        },
        ..BASE
    },
    Rule {
        id: "schema.property-added",
        last: Warning,
        mirror: "schema.property-removed",
        doc: "A member is declared that was not before.",
        help: NOTHING,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string}, b: {type: string}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.property-removed",
        first: Warning,
        mirror: "schema.property-added",
        doc: "A member is no longer declared.",
        help: LOOK,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}, b: {type: string}}}",
            new: "{type: object, properties: {a: {type: string}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.became-required",
        writer_waits: Breaking,
        mirror: "schema.became-optional",
        doc: "A member has to be there now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string}}, required: [a]}",
        },
        ..BASE
    },
    Rule {
        id: "schema.became-optional",
        reader_waits: Breaking,
        mirror: "schema.became-required",
        doc: "A member may be missing now.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}, required: [a]}",
            new: "{type: object, properties: {a: {type: string}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.bound-loosened",
        reader_waits: Breaking,
        mirror: "schema.bound-tightened",
        doc: "A bound of a number, a length or a count allows more.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: string, maxLength: 10}",
            new: "{type: string, maxLength: 20}",
        },
        ..BASE
    },
    Rule {
        id: "schema.bound-tightened",
        writer_waits: Breaking,
        mirror: "schema.bound-loosened",
        doc: "A bound of a number, a length or a count allows less.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: string, maxLength: 20}",
            new: "{type: string, maxLength: 10}",
        },
        ..BASE
    },
    Rule {
        id: "schema.bound-changed",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "schema.bound-changed",
        doc: "A bound allows other values: some more, some less.",
        help: BOTH,
        example: Example {
            frame: Schema,
            old: "{type: integer, multipleOf: 2}",
            new: "{type: integer, multipleOf: 3}",
        },
        ..BASE
    },
    Rule {
        id: "schema.pattern-added",
        writer_waits: Breaking,
        mirror: "schema.pattern-removed",
        doc: "A text has to match a pattern now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: string}",
            new: "{type: string, pattern: '^a+$'}",
        },
        ..BASE
    },
    Rule {
        id: "schema.pattern-removed",
        reader_waits: Breaking,
        mirror: "schema.pattern-added",
        doc: "A text need not match a pattern any more.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: string, pattern: '^a+$'}",
            new: "{type: string}",
        },
        ..BASE
    },
    Rule {
        id: "schema.pattern-changed",
        reader_waits: Unknown,
        writer_waits: Unknown,
        mirror: "schema.pattern-changed",
        doc: "A text has to match another pattern.",
        help: DECIDE,
        example: Example {
            frame: Schema,
            old: "{type: string, pattern: '^a+$'}",
            new: "{type: string, pattern: '^b+$'}",
        },
        ..BASE
    },
    Rule {
        id: "schema.format-added",
        writer_waits: Breaking,
        mirror: "schema.format-removed",
        doc: "A text or number has to be of a format now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: string}",
            new: "{type: string, format: date}",
        },
        ..BASE
    },
    Rule {
        id: "schema.format-removed",
        reader_waits: Breaking,
        mirror: "schema.format-added",
        doc: "A text or number need not be of a format any more.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: string, format: date}",
            new: "{type: string}",
        },
        ..BASE
    },
    Rule {
        id: "schema.format-changed",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "schema.format-changed",
        doc: "A text or number is of another format.",
        help: BOTH,
        example: Example {
            frame: Schema,
            old: "{type: string, format: date}",
            new: "{type: string, format: date-time}",
        },
        ..BASE
    },
    Rule {
        id: "schema.unique-added",
        writer_waits: Breaking,
        mirror: "schema.unique-removed",
        doc: "The items of a list have to differ now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: array, items: {type: string}}",
            new: "{type: array, items: {type: string}, uniqueItems: true}",
        },
        ..BASE
    },
    Rule {
        id: "schema.unique-removed",
        reader_waits: Breaking,
        mirror: "schema.unique-added",
        doc: "The items of a list may be the same now.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: array, items: {type: string}, uniqueItems: true}",
            new: "{type: array, items: {type: string}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.object-opened",
        reader_waits: Warning,
        mirror: "",
        doc: "Members that are not declared may be there now.",
        help: NOTHING,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}, additionalProperties: false}",
            new: "{type: object, properties: {a: {type: string}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.object-closed",
        writer_waits: Breaking,
        mirror: "",
        doc: "Members that are not declared are refused now.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string}}, additionalProperties: false}",
        },
        ..BASE
    },
    Rule {
        id: "schema.branch-added",
        reader_waits: Breaking,
        mirror: "schema.branch-removed",
        doc: "There is one more variant.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{oneOf: [{type: object, properties: {kind: {const: a}}, required: [kind]}, {type: object, properties: {kind: {const: b}}, required: [kind]}]}",
            new: "{oneOf: [{type: object, properties: {kind: {const: a}}, required: [kind]}, {type: object, properties: {kind: {const: b}}, required: [kind]}, {type: object, properties: {kind: {const: c}}, required: [kind]}]}",
        },
        ..BASE
    },
    Rule {
        id: "schema.branch-removed",
        writer_waits: Breaking,
        mirror: "schema.branch-added",
        doc: "A variant is gone.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{oneOf: [{type: object, properties: {kind: {const: a}}, required: [kind]}, {type: object, properties: {kind: {const: b}}, required: [kind]}, {type: object, properties: {kind: {const: c}}, required: [kind]}]}",
            new: "{oneOf: [{type: object, properties: {kind: {const: a}}, required: [kind]}, {type: object, properties: {kind: {const: b}}, required: [kind]}]}",
        },
        ..BASE
    },
    Rule {
        id: "schema.rule-added",
        writer_waits: Breaking,
        mirror: "schema.rule-removed",
        doc: "One more condition has to hold.",
        help: WRITERS,
        example: Example {
            frame: Schema,
            old: "{type: array}",
            new: "{type: array, contains: {type: string}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.rule-removed",
        reader_waits: Breaking,
        mirror: "schema.rule-added",
        doc: "A condition need not hold any more.",
        help: READERS,
        example: Example {
            frame: Schema,
            old: "{type: array, contains: {type: string}}",
            new: "{type: array}",
        },
        ..BASE
    },
    Rule {
        id: "schema.rule-changed",
        reader_waits: Unknown,
        writer_waits: Unknown,
        mirror: "schema.rule-changed",
        doc: "A condition is another one.",
        help: DECIDE,
        example: Example {
            frame: Schema,
            old: "{type: array, contains: {type: string}}",
            new: "{type: array, contains: {type: boolean}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.default-changed",
        reader_waits: Warning,
        writer_waits: Warning,
        mirror: "schema.default-changed",
        doc: "What a value is where it is left out has changed.",
        help: LOOK,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string, default: x}}}",
            new: "{type: object, properties: {a: {type: string, default: y}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.read-only-changed",
        reader_waits: Warning,
        writer_waits: Warning,
        mirror: "schema.read-only-changed",
        doc: "Whether a member is for answers alone has changed.",
        help: LOOK,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string, readOnly: true}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.write-only-changed",
        reader_waits: Warning,
        writer_waits: Warning,
        mirror: "schema.write-only-changed",
        doc: "Whether a member is for requests alone has changed.",
        help: LOOK,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string, writeOnly: true}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.deprecated-changed",
        mirror: "schema.deprecated-changed",
        doc: "Whether a value is called deprecated has changed.",
        help: NOTHING,
        example: Example {
            frame: Schema,
            old: "{type: object, properties: {a: {type: string}}}",
            new: "{type: object, properties: {a: {type: string, deprecated: true}}}",
        },
        ..BASE
    },
    Rule {
        id: "schema.undecided",
        reader_waits: Unknown,
        writer_waits: Unknown,
        mirror: "schema.undecided",
        doc: "Whether the messages of one version are right by the other could not be decided.",
        help: DECIDE,
        example: Example {
            frame: Schema,
            old: "{$dynamicRef: '#/paths'}",
            new: "{$dynamicRef: '#/info'}",
        },
        ..BASE
    },
];
