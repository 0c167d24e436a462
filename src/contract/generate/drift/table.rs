//! Every way in which a partner's next release is made up, as one table.

use super::Class::{self, Additive, Breaking, Presence, Unseen};

/// A way in which a partner's answer drifts.
#[derive(Debug)]
pub struct Mutation {
    /// Its id: `remove-required`.
    pub id: &'static str,
    /// What the partner does.
    pub doc: &'static str,
    /// Where it really happened.
    pub precedent: &'static str,
    /// An answer before and after.
    pub example: Example,
}

/// An answer before and after a mutation, as JSON texts.
#[derive(Debug)]
pub struct Example {
    /// What the contract says: the body's schema, or the `responses` of an operation.
    pub promise: &'static str,
    /// The body before; with `responses`, the whole answer.
    pub before: &'static str,
    /// And after.
    pub after: &'static str,
    /// Where it stands in the body; else the part of the answer.
    pub place: &'static str,
    /// How it weighs there.
    pub class: Class,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    RemoveRequired,
    RemoveOptional,
    Rename,
    ExtraMember,
    ExtraNesting,
    NumberToString,
    StringToNumber,
    BooleanToString,
    ScalarToObject,
    ScalarToArray,
    ArrayToSingle,
    ObjectToArray,
    ObjectToString,
    Null,
    UnknownEnum,
    DateFormat,
    FormatChanged,
    PatternChanged,
    PastSafeInteger,
    NumberPastBound,
    StringPastBound,
    EmptyArray,
    StatusChanged,
    HeaderDropped,
    ContentType,
    ErrorShape,
}

impl Kind {
    /// Its row.
    pub(super) fn row(self) -> &'static Mutation {
        // The rows stand in the order of the kinds: else their examples were not true.
        &MUTATIONS[self as usize]
    }

    /// The rule of the check that a value breaks after it, without the side of the message.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::RemoveRequired | Self::RemoveOptional | Self::Rename | Self::ExtraNesting => {
                "body.required"
            }
            Self::ExtraMember => "body.undeclared",
            Self::Null => "body.null",
            Self::UnknownEnum => "body.enum",
            Self::DateFormat | Self::FormatChanged => "body.format",
            Self::PatternChanged => "body.pattern",
            Self::PastSafeInteger
            | Self::NumberPastBound
            | Self::StringPastBound
            | Self::EmptyArray => "body.bounds",
            Self::StatusChanged => "status.undeclared",
            Self::HeaderDropped => "header.missing",
            Self::ContentType => "content_type",
            _ => "body.type",
        }
    }
}

const ONE: &str = r#"{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "note": {"type": "string"}}}"#;

/// All of them.
pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        id: "remove-required",
        doc: "A member that was promised in every answer is left out.",
        precedent: "QuickBooks drops the entity's key from an empty query result",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a", "note": "b"}"#,
            after: r#"{"note": "b"}"#,
            place: "/id",
            class: Breaking,
        },
    },
    Mutation {
        id: "remove-optional",
        doc: "A member that need not be there is no longer sent.",
        precedent: "Workday leaves empty columns out; bol leaves out `violations`",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a", "note": "b"}"#,
            after: r#"{"id": "a"}"#,
            place: "/note",
            class: Presence,
        },
    },
    Mutation {
        id: "rename",
        doc: "A member gets another name.",
        precedent: "DHL: `statusCode` became `status`; Slack: `authed_users` became `authorizations`",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a"}"#,
            after: r#"{"id_v2": "a"}"#,
            place: "/id",
            class: Breaking,
        },
    },
    Mutation {
        id: "extra-member",
        doc: "A member comes that nobody described.",
        precedent: "Xero's CREDITNOTE event gained `data`; Stripe added `cancellation_reason`",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a"}"#,
            after: r#"{"id": "a", "metadata_version": 2}"#,
            place: "/metadata_version",
            class: Additive,
        },
    },
    Mutation {
        id: "extra-nesting",
        doc: "An object moves one level down, into an envelope.",
        precedent: "Intuit's webhook left its `eventNotifications` for CloudEvents with `data`",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a"}"#,
            after: r#"{"data": {"id": "a"}}"#,
            place: "/id",
            class: Breaking,
        },
    },
    Mutation {
        id: "number-to-string",
        doc: "A number comes as text.",
        precedent: "UPS sends `expires_in` as a string; Google Drive's `size` is one",
        example: Example {
            promise: r#"{"type": "integer"}"#,
            before: "7",
            after: r#""7""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "string-to-number",
        doc: "A text comes as a number.",
        precedent: "OpenID Connect's `updated_at` is a number here, an ISO text there",
        example: Example {
            promise: r#"{"type": "string"}"#,
            before: r#""7""#,
            after: "7",
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "boolean-to-string",
        doc: "True and false come as text.",
        precedent: "OpenID providers that send `email_verified` as \"true\"",
        example: Example {
            promise: r#"{"type": "boolean"}"#,
            before: "true",
            after: r#""true""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "scalar-to-object",
        doc: "A plain value becomes an object that holds it.",
        precedent: "SAP: `message` is a text in OData v4, an object in v2",
        example: Example {
            promise: r#"{"type": "number"}"#,
            before: "7.5",
            after: r#"{"value": 7.5}"#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "scalar-to-array",
        doc: "A plain value becomes a list of one.",
        precedent: "OpenID Connect's `aud`, SendGrid's `category`: a text or a list of them",
        example: Example {
            promise: r#"{"type": "string"}"#,
            before: r#""a""#,
            after: r#"["a"]"#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "array-to-single",
        doc: "A list of one comes as its only item.",
        precedent: "Workday's reports give a single child as an object instead of a list",
        example: Example {
            promise: r#"{"type": "array", "items": {"type": "object"}}"#,
            before: r#"[{"a": 1}]"#,
            after: r#"{"a": 1}"#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "object-to-array",
        doc: "An object comes as a list of one.",
        precedent: "Intuit's webhook object became a list of CloudEvents",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a"}"#,
            after: r#"[{"id": "a"}]"#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "object-to-string",
        doc: "An object shrinks to a text, such as its id.",
        precedent: "EasyPost's `message` is a text, a list or an object",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a", "note": "b"}"#,
            after: r#""a""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "null",
        doc: "Null stands where a value was promised.",
        precedent: "SendGrid's errors come with `field` null",
        example: Example {
            promise: ONE,
            before: r#"{"id": "a"}"#,
            after: r#"{"id": null}"#,
            place: "/id",
            class: Breaking,
        },
    },
    Mutation {
        id: "unknown-enum",
        doc: "A value that is not on the list.",
        precedent: "Mews added `RoomingList`; Twilio's channel `rbm` is in one list and not in the other",
        example: Example {
            promise: r#"{"enum": ["open", "closed"]}"#,
            before: r#""open""#,
            after: r#""open_v2""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "date-format",
        doc: "A date or time is written in another way.",
        precedent: "UPS: `20210210`; SAP: `/Date(ms)/`; Xero: no zone; Twilio: RFC 2822",
        example: Example {
            promise: r#"{"type": "string", "format": "date-time"}"#,
            before: r#""2026-01-31T07:13:56Z""#,
            after: r#""2026-01-31T07:13:56""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "format-changed",
        doc: "A text leaves its format: an id that is no UUID, a URI without its scheme.",
        precedent: "bol's problem types are `http:` here and `https:` there, PostNL's dates `dd-MM-yyyy`",
        example: Example {
            promise: r#"{"type": "string", "format": "uuid"}"#,
            before: r#""123e4567-e89b-42d3-a456-426614174000""#,
            after: r#""123e4567e89b42d3a456426614174000""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "pattern-changed",
        doc: "A text is built in another way, such as an id with another prefix.",
        precedent: "Auth0's event `source` went from a URL to a URN",
        example: Example {
            promise: r#"{"type": "string", "pattern": "^pi_"}"#,
            before: r#""pi_1""#,
            after: r#""urn:pi_1""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "past-safe-integer",
        doc: "A number grows past 2^53, beyond which many readers round it (RFC 8259 section 6).",
        precedent: "Twitter's ids grew past 53 bits in 2010, and `id_str` had to be added",
        example: Example {
            promise: r#"{"type": "integer", "maximum": 100}"#,
            before: "7",
            after: "9007199254740993",
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "number-past-bound",
        doc: "A number is just above its largest or below its smallest value.",
        precedent: "Sift scores 0 to 1 in one place and 0 to 100 in another",
        example: Example {
            promise: r#"{"type": "number", "maximum": 1}"#,
            before: "0.5",
            after: "2",
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "string-past-bound",
        doc: "A text is one character longer than promised, or shorter where only that is bounded.",
        precedent: "GitHub's tokens grew from 40 characters and may have 255",
        example: Example {
            promise: r#"{"type": "string", "maxLength": 3}"#,
            before: r#""ab""#,
            after: r#""abab""#,
            place: "",
            class: Breaking,
        },
    },
    Mutation {
        id: "empty-array",
        doc: "A list comes empty.",
        precedent: "EasyPost answers 201 with no rates, and says why in `messages`",
        example: Example {
            promise: r#"{"type": "array", "items": {}}"#,
            before: "[1]",
            after: "[]",
            place: "",
            class: Unseen,
        },
    },
    Mutation {
        id: "status-changed",
        doc: "The same outcome comes with another status of its class.",
        precedent: "Teams: connectors answered 200, Workflows answer 202",
        example: Example {
            promise: r#"{"200": {"description": "a"}}"#,
            before: r#"{"status": 200}"#,
            after: r#"{"status": 202}"#,
            place: "status",
            class: Breaking,
        },
    },
    Mutation {
        id: "header-dropped",
        doc: "A header field is left out.",
        precedent: "SendGrid's `X-RateLimit-*` fields are missing from mail/send",
        example: Example {
            promise: r#"{"200": {"description": "a", "headers": {"Etag": {"required": true, "schema": {"type": "string"}}}}}"#,
            before: r#"{"status": 200, "headers": {"etag": "a"}}"#,
            after: r#"{"status": 200}"#,
            place: "header etag",
            class: Breaking,
        },
    },
    Mutation {
        id: "content-type",
        doc: "The body is announced as another media type.",
        precedent: "Teams' connectors answer with plain text, errors included",
        example: Example {
            promise: r#"{"200": {"description": "a", "content": {"application/json": {"schema": {}}}}}"#,
            before: r#"{"status": 200, "content_type": "application/json", "body": {}}"#,
            after: r#"{"status": 200, "content_type": "text/plain", "body": {}}"#,
            place: "header content-type",
            class: Breaking,
        },
    },
    Mutation {
        id: "error-shape",
        doc: "An error is told in another form.",
        precedent: "DHL's errors moved to RFC 9457; QuickBooks says `Fault` here and `fault` there",
        example: Example {
            promise: r#"{"400": {"description": "a", "content": {"application/json": {"schema": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}}}}}"#,
            before: r#"{"status": 400, "content_type": "application/json", "body": {"error": "a"}}"#,
            after: r#"{"status": 400, "content_type": "application/json", "body": {"type": "about:blank", "title": "Bad Request", "status": 400}}"#,
            place: "/error",
            class: Breaking,
        },
    },
];
