//! Rules about parameters, header fields and statuses.

use super::rule::{
    Example,
    Frame::{Answer, Document, Operation},
    Rule,
};
use crate::contract::compare::difference::Level::{Breaking, Compatible, Warning};

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

const OPTIONAL: &str = "make it optional, with a default, until all writers send it";
const PROMISED: &str = "go on sending it until no reader relies on it";
const UNUSED: &str = "take it out of the requests; some applications refuse what they do not know";
const ANSWERED: &str = "see that readers tell this status from the others";
const NOTHING: &str = "nothing to do";

const PLAIN: &str = "operationId: getThing";
const WITH: &str =
    "operationId: getThing, parameters: [{name: limit, in: query, schema: {type: integer}}]";
const DEMANDED: &str = "operationId: getThing, parameters: [{name: limit, in: query, required: true, schema: {type: integer}}]";
const OLD_NAME: &str = "paths: {'/things/{id}': {get: {operationId: getThing, parameters: \
                        [{name: id, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}}";
const NEW_NAME: &str = "paths: {'/things/{thing}': {get: {operationId: getThing, parameters: \
                        [{name: thing, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}}";
const OK: &str =
    "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}}}}}";
const OK_CREATED: &str = "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}, '201': {description: d}}}}}";
const OK_REFUSED: &str = "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}, '409': {description: d}}}}}";
const NO_HEADER: &str = "headers: {}";
const HEADER: &str = "headers: {X-Rate: {schema: {type: integer}}}";
const HEADER_ALWAYS: &str = "headers: {X-Rate: {required: true, schema: {type: integer}}}";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "parameter.added",
        last: Warning,
        mirror: "parameter.removed",
        doc: "A parameter is new and may be left out.",
        help: NOTHING,
        example: Example { frame: Operation, old: PLAIN, new: WITH },
        ..BASE
    },
    Rule {
        id: "parameter.added-required",
        last: Warning,
        writer_waits: Breaking,
        mirror: "parameter.removed-required",
        doc: "A parameter is new and has to be there.",
        help: OPTIONAL,
        example: Example { frame: Operation, old: PLAIN, new: DEMANDED },
        ..BASE
    },
    Rule {
        id: "parameter.removed",
        first: Warning,
        mirror: "parameter.added",
        doc: "A parameter that could be left out is gone.",
        help: UNUSED,
        example: Example { frame: Operation, old: WITH, new: PLAIN },
        ..BASE
    },
    Rule {
        id: "parameter.removed-required",
        first: Warning,
        reader_waits: Breaking,
        mirror: "parameter.added-required",
        doc: "A parameter that had to be there is gone.",
        help: UNUSED,
        example: Example { frame: Operation, old: DEMANDED, new: PLAIN },
        ..BASE
    },
    Rule {
        id: "parameter.became-required",
        writer_waits: Breaking,
        mirror: "parameter.became-optional",
        doc: "A parameter has to be there now.",
        help: OPTIONAL,
        example: Example { frame: Operation, old: WITH, new: DEMANDED },
        ..BASE
    },
    Rule {
        id: "parameter.became-optional",
        reader_waits: Breaking,
        mirror: "parameter.became-required",
        doc: "A parameter may be left out now.",
        help: NOTHING,
        example: Example { frame: Operation, old: DEMANDED, new: WITH },
        ..BASE
    },
    Rule {
        id: "parameter.moved",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "parameter.moved",
        doc: "A parameter travels elsewhere: in the path, the query, a header field or a cookie.",
        help: "accept it at the old place too until all writers have moved",
        example: Example {
            frame: Operation,
            old: WITH,
            new: "operationId: getThing, parameters: [{name: limit, in: header, schema: {type: integer}}]",
        },
        ..BASE
    },
    Rule {
        id: "parameter.renamed",
        mirror: "parameter.renamed",
        doc: "A parameter of the path has another name at the same place; the wire does not show it.",
        help: "scenarios that give it by the old name need the new one",
        example: Example { frame: Document, old: OLD_NAME, new: NEW_NAME },
        ..BASE
    },
    Rule {
        id: "parameter.style-changed",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "parameter.style-changed",
        doc: "The value of a parameter is written otherwise: another `style`, `explode`, `collectionFormat` or media type.",
        help: "accept the old form too until all writers have moved",
        example: Example {
            frame: Operation,
            old: "operationId: getThing, parameters: [{name: ids, in: query, schema: {type: array, items: {type: string}}}]",
            new: "operationId: getThing, parameters: [{name: ids, in: query, explode: false, schema: {type: array, items: {type: string}}}]",
        },
        ..BASE
    },
    Rule {
        id: "parameter.default-changed",
        reader_waits: Breaking,
        writer_waits: Breaking,
        mirror: "parameter.default-changed",
        doc: "What a parameter means where it is left out has changed.",
        help: "send the value that is meant instead of relying on the default",
        example: Example {
            frame: Operation,
            old: "operationId: getThing, parameters: [{name: limit, in: query, schema: {type: integer, default: 10}}]",
            new: "operationId: getThing, parameters: [{name: limit, in: query, schema: {type: integer, default: 20}}]",
        },
        ..BASE
    },
    Rule {
        id: "parameter.deprecated",
        doc: "A parameter is called deprecated now.",
        help: "plan to do without it",
        example: Example {
            frame: Operation,
            old: WITH,
            new: "operationId: getThing, parameters: [{name: limit, in: query, deprecated: true, schema: {type: integer}}]",
        },
        ..BASE
    },
    Rule {
        id: "header.added",
        last: Warning,
        mirror: "header.removed",
        doc: "A header field of an answer is new and may be missing.",
        help: NOTHING,
        example: Example { frame: Answer, old: NO_HEADER, new: HEADER },
        ..BASE
    },
    Rule {
        id: "header.added-required",
        last: Warning,
        writer_waits: Breaking,
        mirror: "header.removed-required",
        doc: "A header field of an answer is new and always there.",
        help: NOTHING,
        example: Example { frame: Answer, old: NO_HEADER, new: HEADER_ALWAYS },
        ..BASE
    },
    Rule {
        id: "header.removed",
        first: Warning,
        mirror: "header.added",
        doc: "A header field of an answer that could be missing is gone.",
        help: PROMISED,
        example: Example { frame: Answer, old: HEADER, new: NO_HEADER },
        ..BASE
    },
    Rule {
        id: "header.removed-required",
        first: Warning,
        reader_waits: Breaking,
        mirror: "header.added-required",
        doc: "A header field of an answer that was always there is gone.",
        help: PROMISED,
        example: Example { frame: Answer, old: HEADER_ALWAYS, new: NO_HEADER },
        ..BASE
    },
    Rule {
        id: "header.became-required",
        writer_waits: Breaking,
        mirror: "header.became-optional",
        doc: "A header field of an answer is always there now.",
        help: NOTHING,
        example: Example { frame: Answer, old: HEADER, new: HEADER_ALWAYS },
        ..BASE
    },
    Rule {
        id: "header.became-optional",
        reader_waits: Breaking,
        mirror: "header.became-required",
        doc: "A header field of an answer may be missing now.",
        help: PROMISED,
        example: Example { frame: Answer, old: HEADER_ALWAYS, new: HEADER },
        ..BASE
    },
    Rule {
        id: "response.success-added",
        first: Warning,
        last: Breaking,
        mirror: "response.success-removed",
        doc: "There is one more status of success, which nothing promised before.",
        help: ANSWERED,
        example: Example { frame: Document, old: OK, new: OK_CREATED },
        ..BASE
    },
    Rule {
        id: "response.success-removed",
        first: Breaking,
        last: Warning,
        mirror: "response.success-added",
        doc: "A status of success is no longer promised.",
        help: "see which status is sent instead, and whether readers take it for success",
        example: Example { frame: Document, old: OK_CREATED, new: OK },
        ..BASE
    },
    Rule {
        id: "response.refusal-added",
        mirror: "response.refusal-removed",
        doc: "There is one more status that is no success.",
        help: ANSWERED,
        example: Example { frame: Document, old: OK, new: OK_REFUSED },
        ..BASE
    },
    Rule {
        id: "response.refusal-removed",
        mirror: "response.refusal-added",
        doc: "A status that is no success is no longer promised.",
        help: "see which status is sent instead",
        example: Example { frame: Document, old: OK_REFUSED, new: OK },
        ..BASE
    },
];
