//! The rules of everything but bodies: status, header fields, parameters.

use super::rule::{
    BOTH, ELSEWHERE, Example, NEW, OURS, REQUEST, RESPONSE, Rule, Side, THEIRS, UNLISTED,
};

const TRACED: &str = "responses:
  '200':
    description: Done
    headers:
      Request-Id: {required: true, schema: {type: string, pattern: '^req_'}}";

const PAGED: &str = "parameters:
  - {name: limit, in: query, required: true, schema: {type: integer, maximum: 100}}
responses:
  '200': {description: The orders}";

const ANSWERED: &str = "responses:
  '201': {description: Made}
  '400': {description: Not understood}";

pub(in crate::contract::check) static CONTENT_TYPE: Rule = Rule {
    name: "content_type",
    parts: BOTH,
    read: Side::breaking(ELSEWHERE),
    written: Side::breaking(OURS),
    open: false,
    doc: "The body is of a media type that the contract does not name, or of none.",
    source: "RFC 9110, section 8.3; OpenAPI 3.1, section 4.8.14",
    example: Example {
        promise: "responses:
  '200':
    description: The order
    content:
      application/json:
        schema: {type: object}",
        bad: "HTTP/1.1 200\ncontent-type: text/csv\n\nid;total",
        good: "HTTP/1.1 200\ncontent-type: application/json; charset=utf-8\n\n{}",
    },
};

pub(in crate::contract::check) static HEADER_MISSING: Rule = Rule {
    name: "header.missing",
    parts: RESPONSE,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A header field that the contract demands is missing.",
    source: "OpenAPI 3.1, section 4.8.21",
    example: Example {
        promise: TRACED,
        bad: "HTTP/1.1 200\n",
        good: "HTTP/1.1 200\nrequest-id: req_1\n",
    },
};

pub(in crate::contract::check) static HEADER_UNDECLARED: Rule = Rule {
    name: "header.undeclared",
    parts: BOTH,
    read: Side::additive(NEW),
    written: Side::NONE,
    open: false,
    doc: "A header field came that the contract does not name. It is looked for only where the \
          contract names any, and never among the fields of HTTP itself, of browsers, proxies, \
          networks and tracing.",
    source: "RFC 9110, section 5.1",
    example: Example {
        promise: TRACED,
        bad: "HTTP/1.1 200\nrequest-id: req_1\norders-left: 12\n",
        good: "HTTP/1.1 200\nrequest-id: req_1\ncache-control: no-store\n",
    },
};

pub(in crate::contract::check) static HEADER_VALUE: Rule = Rule {
    name: "header.value",
    parts: RESPONSE,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "The value of a header field breaks its schema.",
    source: "OpenAPI 3.1, section 4.8.21",
    example: Example {
        promise: TRACED,
        bad: "HTTP/1.1 200\nrequest-id: 77\n",
        good: "HTTP/1.1 200\nrequest-id: req_1\n",
    },
};

pub(in crate::contract::check) static PARAMETER_MISSING: Rule = Rule {
    name: "parameter.missing",
    parts: REQUEST,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A path, query or header parameter that the contract demands is missing; of a message, a \
          header.",
    source: "OpenAPI 3.1, section 4.8.12; AsyncAPI 3.0, Message Object",
    example: Example {
        promise: PAGED,
        bad: "POST /orders HTTP/1.1\n",
        good: "POST /orders?limit=20 HTTP/1.1\n",
    },
};

pub(in crate::contract::check) static PARAMETER_VALUE: Rule = Rule {
    name: "parameter.value",
    parts: REQUEST,
    read: Side::breaking(THEIRS),
    written: Side::breaking(OURS),
    open: false,
    doc: "A path, query or header parameter breaks its schema; of a message, a header.",
    source: "OpenAPI 3.1, section 4.8.12; AsyncAPI 3.0, Message Object",
    example: Example {
        promise: PAGED,
        bad: "POST /orders?limit=500 HTTP/1.1\n",
        good: "POST /orders?limit=20 HTTP/1.1\n",
    },
};

pub(in crate::contract::check) static STATUS_UNDECLARED: Rule = Rule {
    name: "status.undeclared",
    parts: RESPONSE,
    read: Side::breaking(UNLISTED),
    written: Side::breaking("answer with a status that the contract promises"),
    open: true,
    doc: "A success or a redirect has a status that the contract does not promise for this \
          operation: what it promises instead is gone.",
    source: "OpenAPI 3.1, section 4.8.16",
    example: Example { promise: ANSWERED, bad: "HTTP/1.1 202\n", good: "HTTP/1.1 201\n" },
};

pub(in crate::contract::check) static STATUS_UNDECLARED_ERROR: Rule = Rule {
    name: "status.undeclared_error",
    parts: RESPONSE,
    read: Side::additive("describe this status in the contract if the partner means it"),
    written: Side::additive("answer with a status that the contract promises"),
    open: false,
    doc: "An error has a status that the contract does not promise for this operation. Readers take \
          an unknown 4XX for 400 and an unknown 5XX for 500. A scenario that did not expect the \
          error fails all the same.",
    source: "RFC 9110, section 15",
    example: Example { promise: ANSWERED, bad: "HTTP/1.1 409\n", good: "HTTP/1.1 400\n" },
};
