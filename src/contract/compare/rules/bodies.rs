//! Rules about bodies and their media types.

use super::rule::{
    Example,
    Frame::{Answer, Operation},
    Rule,
};
use crate::contract::compare::difference::Level::{Breaking, Compatible};

const BASE: Rule = Rule {
    id: "",
    first: Compatible,
    last: Compatible,
    reader_waits: Compatible,
    writer_waits: Compatible,
    mirror: "",
    doc: "",
    help: "",
    example: Example { frame: Operation, old: "", new: "" },
};

const ACCEPT: &str = "accept and send the old media type too until all have moved";
const NOTHING: &str = "nothing to do";
const PLAIN: &str = "operationId: getThing";
const BODY: &str =
    "operationId: getThing, requestBody: {content: {application/json: {schema: {type: object}}}}";
const BODY_ALWAYS: &str = "operationId: getThing, requestBody: {required: true, content: {application/json: {schema: {type: object}}}}";
const TWO: &str = "operationId: getThing, requestBody: {content: {application/json: {schema: {type: object}}, \
                   application/xml: {schema: {type: object}}}}";
const ANY: &str =
    "operationId: getThing, requestBody: {content: {application/*: {schema: {type: object}}}}";
const NO_ANSWER: &str = "content: {}";
const JSON: &str = "content: {application/json: {schema: {type: object}}}";
const JSON_XML: &str = "content: {application/json: {schema: {type: object}}, application/xml: {schema: {type: object}}}";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "request.body-added",
        last: Breaking,
        mirror: "request.body-removed",
        doc: "A request may have a body now.",
        help: NOTHING,
        example: Example { frame: Operation, old: PLAIN, new: BODY },
        ..BASE
    },
    Rule {
        id: "request.body-added-required",
        last: Breaking,
        writer_waits: Breaking,
        mirror: "request.body-removed-required",
        doc: "A request has to have a body now.",
        help: "take requests without a body until all writers send one",
        example: Example { frame: Operation, old: PLAIN, new: BODY_ALWAYS },
        ..BASE
    },
    Rule {
        id: "request.body-removed",
        first: Breaking,
        mirror: "request.body-added",
        doc: "A request has no body any more, where it could have one.",
        help: "see where what the body said is to be said now",
        example: Example { frame: Operation, old: BODY, new: PLAIN },
        ..BASE
    },
    Rule {
        id: "request.body-removed-required",
        first: Breaking,
        reader_waits: Breaking,
        mirror: "request.body-added-required",
        doc: "A request has no body any more, where it had to have one.",
        help: "see where what the body said is to be said now",
        example: Example { frame: Operation, old: BODY_ALWAYS, new: PLAIN },
        ..BASE
    },
    Rule {
        id: "request.body-became-required",
        writer_waits: Breaking,
        mirror: "request.body-became-optional",
        doc: "The body of a request has to be there now.",
        help: "take requests without a body until all writers send one",
        example: Example { frame: Operation, old: BODY, new: BODY_ALWAYS },
        ..BASE
    },
    Rule {
        id: "request.body-became-optional",
        reader_waits: Breaking,
        mirror: "request.body-became-required",
        doc: "The body of a request may be missing now.",
        help: NOTHING,
        example: Example { frame: Operation, old: BODY_ALWAYS, new: BODY },
        ..BASE
    },
    Rule {
        id: "request.media-type-added",
        reader_waits: Breaking,
        mirror: "request.media-type-removed",
        doc: "A request or message may come in one more media type.",
        help: NOTHING,
        example: Example { frame: Operation, old: BODY, new: TWO },
        ..BASE
    },
    Rule {
        id: "request.media-type-removed",
        writer_waits: Breaking,
        mirror: "request.media-type-added",
        doc: "A request or message may no longer come in a media type.",
        help: ACCEPT,
        example: Example { frame: Operation, old: TWO, new: BODY },
        ..BASE
    },
    Rule {
        id: "media-type.widened",
        reader_waits: Breaking,
        mirror: "media-type.narrowed",
        doc: "A media type became a range of media types.",
        help: ACCEPT,
        example: Example { frame: Operation, old: BODY, new: ANY },
        ..BASE
    },
    Rule {
        id: "media-type.narrowed",
        writer_waits: Breaking,
        mirror: "media-type.widened",
        doc: "A range of media types became one of them.",
        help: ACCEPT,
        example: Example { frame: Operation, old: ANY, new: BODY },
        ..BASE
    },
    Rule {
        id: "response.media-type-added",
        last: Breaking,
        mirror: "response.media-type-removed",
        doc: "An answer may come in one more media type, for those who ask for it.",
        help: NOTHING,
        example: Example { frame: Answer, old: JSON, new: JSON_XML },
        ..BASE
    },
    Rule {
        id: "response.media-type-removed",
        first: Breaking,
        mirror: "response.media-type-added",
        doc: "An answer no longer comes in a media type.",
        help: ACCEPT,
        example: Example { frame: Answer, old: JSON_XML, new: JSON },
        ..BASE
    },
    Rule {
        id: "response.body-added",
        last: Breaking,
        mirror: "response.body-removed",
        doc: "An answer has a body now.",
        help: NOTHING,
        example: Example { frame: Answer, old: NO_ANSWER, new: JSON },
        ..BASE
    },
    Rule {
        id: "response.body-removed",
        first: Breaking,
        mirror: "response.body-added",
        doc: "An answer has no body any more.",
        help: "go on sending it until no reader relies on it",
        example: Example { frame: Answer, old: JSON, new: NO_ANSWER },
        ..BASE
    },
];
