//! Rules about operations, who is let in, and where they are served.

use super::rule::{
    Example,
    Frame::{Document, Operation},
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
    example: Example { frame: Document, old: "", new: "" },
};

const GONE: &str = "keep it beside what replaces it until nobody uses it, and say `deprecated` and \
                    `x-sunset` first";
const NAMES: &str = "nothing on the wire changes; records and scenarios that use the old name do";
const SUNSET: &str = "keep the date that was promised, or agree on the new one with all who use it";
const LET_IN: &str = "accept the old way beside the new one until all have moved";

const NONE: &str =
    "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}}}}}";
const ONE_MORE: &str = "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}}}, \
                        delete: {operationId: dropThing, responses: {'200': {description: d}}}}}";
const ENDED: &str = "paths: {/things: {get: {operationId: getThing, responses: {'200': {description: d}}}, \
                     delete: {operationId: dropThing, deprecated: true, x-sunset: '2020-01-01', \
                     responses: {'200': {description: d}}}}}";
const MOVED: &str =
    "paths: {/items: {get: {operationId: getThing, responses: {'200': {description: d}}}}}";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "operation.added",
        last: Breaking,
        mirror: "operation.removed",
        doc: "An operation, webhook, callback, message or call is new.",
        help: "nothing to do for those who do not use it",
        example: Example { frame: Document, old: NONE, new: ONE_MORE },
        ..BASE
    },
    Rule {
        id: "operation.removed",
        first: Breaking,
        mirror: "operation.added",
        doc: "An operation, webhook, callback, message or call is gone.",
        help: GONE,
        example: Example { frame: Document, old: ONE_MORE, new: NONE },
        ..BASE
    },
    Rule {
        id: "operation.removed-after-sunset",
        first: Warning,
        doc: "An operation is gone that was deprecated, and whose announced day is over.",
        help: "see that nothing of ours calls it any more",
        example: Example { frame: Document, old: ENDED, new: NONE },
        ..BASE
    },
    Rule {
        id: "operation.moved",
        first: Breaking,
        last: Breaking,
        mirror: "operation.moved",
        doc: "An operation has another method, path, channel or address.",
        help: "serve the old address too until all have moved",
        example: Example { frame: Document, old: NONE, new: MOVED },
        ..BASE
    },
    Rule {
        id: "operation.renamed",
        mirror: "operation.renamed",
        doc: "An operation has another name in the document, such as `operationId`.",
        help: NAMES,
        example: Example {
            frame: Operation,
            old: "operationId: getThing",
            new: "operationId: fetchThing",
        },
        ..BASE
    },
    Rule {
        id: "operation.deprecated",
        mirror: "operation.reinstated",
        doc: "An operation is called deprecated now.",
        help: "plan its replacement; ask for its day of end where none is said",
        example: Example {
            frame: Operation,
            old: "operationId: getThing",
            new: "operationId: getThing, deprecated: true",
        },
        ..BASE
    },
    Rule {
        id: "operation.reinstated",
        mirror: "operation.deprecated",
        doc: "An operation is no longer called deprecated.",
        help: "nothing to do",
        example: Example {
            frame: Operation,
            old: "operationId: getThing, deprecated: true",
            new: "operationId: getThing",
        },
        ..BASE
    },
    Rule {
        id: "operation.sunset-announced",
        doc: "The end of an operation has a day now, or a later one than before.",
        help: "move before that day",
        example: Example {
            frame: Operation,
            old: "operationId: getThing, deprecated: true",
            new: "operationId: getThing, deprecated: true, x-sunset: '2999-01-01'",
        },
        ..BASE
    },
    Rule {
        id: "operation.sunset-near",
        first: Warning,
        doc: "The end of an operation was announced less than 90 days before.",
        help: SUNSET,
        example: Example {
            frame: Operation,
            old: "operationId: getThing",
            new: "operationId: getThing, deprecated: true, x-sunset: '2020-02-01'",
        },
        ..BASE
    },
    Rule {
        id: "operation.sunset-earlier",
        first: Breaking,
        doc: "The announced end of an operation was moved to an earlier day.",
        help: SUNSET,
        example: Example {
            frame: Operation,
            old: "operationId: getThing, deprecated: true, x-sunset: '2999-02-01'",
            new: "operationId: getThing, deprecated: true, x-sunset: '2999-01-01'",
        },
        ..BASE
    },
    Rule {
        id: "operation.sunset-removed",
        first: Breaking,
        doc: "An operation is still deprecated, and the day until which it was promised is gone.",
        help: SUNSET,
        example: Example {
            frame: Operation,
            old: "operationId: getThing, deprecated: true, x-sunset: '2999-01-01'",
            new: "operationId: getThing, deprecated: true",
        },
        ..BASE
    },
    Rule {
        id: "security.demanded",
        first: Breaking,
        mirror: "security.eased",
        doc: "A way to prove who one is, or a scope of it, does not suffice any more.",
        help: LET_IN,
        example: Example {
            frame: Operation,
            old: "operationId: getThing, security: []",
            new: "operationId: getThing, security: [{key: []}]",
        },
        ..BASE
    },
    Rule {
        id: "security.eased",
        last: Breaking,
        mirror: "security.demanded",
        doc: "There is another way to prove who one is, or a scope less is demanded.",
        help: "nothing to do for those who keep the old way",
        example: Example {
            frame: Operation,
            old: "operationId: getThing, security: [{key: []}]",
            new: "operationId: getThing, security: [{key: []}, {token: []}]",
        },
        ..BASE
    },
    Rule {
        id: "security.scheme-changed",
        first: Breaking,
        last: Breaking,
        mirror: "security.scheme-changed",
        doc: "A scheme that operations demand is of another kind, or travels elsewhere.",
        help: LET_IN,
        example: Example {
            frame: Document,
            old: "security: [{key: []}], components: {securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}}, \
                  paths: {/things: {get: {responses: {'200': {description: d}}}}}",
            new: "security: [{key: []}], components: {securitySchemes: {key: {type: http, scheme: bearer}}}, \
                  paths: {/things: {get: {responses: {'200': {description: d}}}}}",
        },
        ..BASE
    },
    Rule {
        id: "server.replaced",
        first: Breaking,
        last: Breaking,
        mirror: "server.replaced",
        doc: "None of the old addresses or base paths is left.",
        help: "serve the old address too until all have moved; `base_url` stands in the record",
        example: Example {
            frame: Document,
            old: "servers: [{url: 'https://api.test/v1'}], paths: {}",
            new: "servers: [{url: 'https://api.test/v2'}], paths: {}",
        },
        ..BASE
    },
    Rule {
        id: "server.added",
        last: Warning,
        mirror: "server.removed",
        doc: "There is one more address or base path.",
        help: "nothing to do for those who keep the old one",
        example: Example {
            frame: Document,
            old: "servers: [{url: 'https://a.test'}], paths: {}",
            new: "servers: [{url: 'https://a.test'}, {url: 'https://b.test'}], paths: {}",
        },
        ..BASE
    },
    Rule {
        id: "server.removed",
        first: Warning,
        mirror: "server.added",
        doc: "One of several addresses or base paths is gone.",
        help: "see in the records that none of ours is called there",
        example: Example {
            frame: Document,
            old: "servers: [{url: 'https://a.test'}, {url: 'https://b.test'}], paths: {}",
            new: "servers: [{url: 'https://a.test'}], paths: {}",
        },
        ..BASE
    },
];
