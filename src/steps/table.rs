//! The vocabulary: one table of sentences and one of their parameters. `probe
//! steps` prints it, and `docs/vocabulary.md` is generated from it.

use super::{build, build::Builder, group::Group};

/// A sentence that people may write.
#[derive(Debug)]
pub struct Sentence {
    /// Text with parameters in braces; parentheses around what may be left out.
    pub pattern: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// What it means, in a sentence or two.
    pub meaning: &'static str,
    /// A use of it that compiles against the shipped catalog, keyword included.
    pub example: &'static str,
    /// Makes the action or expectation.
    pub(super) build: Builder,
}

/// A kind of value in a sentence.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in patterns.
    pub name: &'static str,
    /// What may stand there.
    pub meaning: &'static str,
    /// A value.
    pub example: &'static str,
    /// Regular expression without groups.
    pub(super) expression: &'static str,
}

/// The expression of an operation, which others hold too.
macro_rules! operation {
    () => {
        r#"(?:[a-z0-9][a-z0-9._-]*: )?(?:"[^"]+"|[A-Za-z][A-Za-z0-9_.-]*)"#
    };
}

/// Every parameter that patterns use.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "operation",
        meaning: "an operation of the contract, by the record's alias or the contract's name; \
                  qualified by its integration where the folder does not name one; quoted where \
                  it holds a space",
        example: "stripe.payments: createPaymentIntent",
        expression: operation!(),
    },
    Parameter {
        name: "calls",
        meaning: "the calls that the stand-in misbehaves on: the next one, so many of them, or every \
                  one; `of` and an operation leaves the others alone, and names the partner in a \
                  journey",
        example: "the next call, the next 2 calls of createPaymentIntent, every call",
        expression: concat!(
            "(?:the next(?: [0-9]{1,6})? calls?|every call)(?: of ",
            operation!(),
            ")?"
        ),
    },
    Parameter {
        name: "name",
        meaning: "a name that the scenario gives: a letter, then letters, digits and `_`",
        example: "payment",
        expression: "[A-Za-z][A-Za-z0-9_]*",
    },
    Parameter {
        name: "remembered",
        meaning: "a remembered value: its name in braces",
        example: "{token}",
        expression: r"\{[A-Za-z][A-Za-z0-9_]*\}",
    },
    Parameter {
        name: "argument",
        meaning: "an argument of the operation or of a URL, quoted; dotted for nested members",
        example: "\"amount\"",
        expression: r#""[^"]+""#,
    },
    Parameter {
        name: "path",
        meaning: "a JSONPath (RFC 9535) into the answer's body, quoted with \" or in backticks",
        example: "\"$.status\"",
        expression: r#""\$[^"]*"|`\$[^`]*`"#,
    },
    Parameter {
        name: "header",
        meaning: "the name of a header field, quoted",
        example: "\"Retry-After\"",
        expression: r#""[A-Za-z0-9!#$%&'*+.^_|~-]+""#,
    },
    Parameter {
        name: "expression",
        meaning: "a regular expression between slashes",
        example: "/^req_(.+)$/",
        expression: "/.+/",
    },
    Parameter {
        name: "matcher",
        meaning: "what a value must be; see Matchers",
        example: "is \"succeeded\"",
        expression: "(?:is|has|matches|contains)\\b.*",
    },
    Parameter {
        name: "status",
        meaning: "a status code or a class of them",
        example: "404 or 4XX",
        expression: "[1-5](?:[0-9]{2}|XX)",
    },
    Parameter {
        name: "code",
        meaning: "a status code",
        example: "503",
        expression: "[1-5][0-9]{2}",
    },
    Parameter {
        name: "media",
        meaning: "a media type, quoted",
        example: "\"text/html\"",
        expression: r#""[a-z]+/[A-Za-z0-9.+-]+""#,
    },
    Parameter { name: "n", meaning: "a whole number", example: "3", expression: "[0-9]{1,6}" },
    Parameter {
        name: "duration",
        meaning: "a time as people say it",
        example: "800 ms, 2 s, 5 minutes",
        expression: "[0-9]+(?:\\.[0-9]+)? ?[a-z]+",
    },
    Parameter {
        name: "durations",
        meaning: "times joined by commas and `and`",
        example: "1 s and 2 s",
        expression: "[0-9][0-9a-z., ]*",
    },
    Parameter {
        name: "reason",
        meaning: "why there is no answer: dns, refused, reset, timeout, tls, protocol",
        example: "timeout",
        expression: "[a-z]+",
    },
    Parameter {
        name: "drift",
        meaning: "how the answer drifts: is missing, is new, has another type, has an unknown value",
        example: "is missing",
        expression: "is [a-z]+|has [a-z ]+",
    },
    Parameter {
        name: "class",
        meaning: "a class of drift: breaking, additive or tolerated",
        example: "breaking",
        expression: "[a-z]+",
    },
    Parameter {
        name: "resource",
        meaning: "a resource of the stand-in's mock file, in singular or plural",
        example: "payment",
        expression: "[A-Za-z][A-Za-z0-9_-]*",
    },
];

macro_rules! sentence {
    ($group:ident, $build:ident, $pattern:literal, $meaning:literal, $example:literal) => {
        Sentence {
            pattern: $pattern,
            group: Group::$group,
            meaning: $meaning,
            example: $example,
            build: build::$build,
        }
    };
}

/// The vocabulary.
pub const SENTENCES: &[Sentence] = &[
    sentence!(
        Arrange,
        wrong_credentials,
        "our credentials are wrong",
        "The calls that follow carry well-formed credentials that the partner does not know.",
        "Given our credentials are wrong"
    ),
    sentence!(
        Arrange,
        missing_credentials,
        "our credentials are missing",
        "The calls that follow carry no credentials at all.",
        "Given our credentials are missing"
    ),
    sentence!(
        Arrange,
        token,
        "our access token is {remembered}",
        "The calls that follow carry this token, where the record says `auth: {scheme: bearer}` of \
         their operation and names no secret. It is masked in everything that is written down.",
        "And we remember \"$.id\" as token\nAnd our access token is {token}"
    ),
    sentence!(
        Arrange,
        token_expired,
        "our access token has expired",
        "The stand-in takes every access token that it has issued so far for expired, and refuses \
         it in the partner's own words.",
        "And we remember \"$.id\" as token\nAnd our access token is {token}\nBut our access token has expired"
    ),
    sentence!(
        Arrange,
        throttle,
        "the partner throttles {calls}",
        "The stand-in throttles in the partner's own form: its status, headers and body. Where calls \
         draw on a bucket, others have filled it: it leaks only while we wait.",
        "Given the partner throttles the next 2 calls"
    ),
    sentence!(
        Arrange,
        room,
        "the partner has room for {n} more call(s) of {operation}",
        "Others use up the bucket that calls of the operation draw on, but for so many of them. \
         What comes after is throttled until enough has leaked; the mock file says how fast.",
        "Given the partner has room for 1 more call of shopify.connector: listOrders"
    ),
    sentence!(
        Arrange,
        answer_with,
        "the partner answers {calls} with {code}",
        "The stand-in answers with this status in the contract's form for it, and does nothing else.",
        "Given the partner answers the next call with 503"
    ),
    sentence!(
        Arrange,
        silence,
        "the partner stays silent for {calls}",
        "The stand-in does what was asked and never answers, so that our timeout must end the wait.",
        "Given the partner stays silent for the next call"
    ),
    sentence!(
        Arrange,
        slow,
        "the partner takes {duration} for {calls}",
        "The stand-in does what was asked, and answers so much later. The time counts in full, though it \
         passes faster; beyond our timeout it is silence.",
        "Given the partner takes 3 s for the next call"
    ),
    sentence!(
        Arrange,
        drops,
        "the partner answers {calls} in drops, a byte every {duration}",
        "The stand-in does what was asked, and sends the answer's body a byte at a time: our timeout must \
         hold for the whole answer, not from one byte to the next.",
        "Given the partner answers the next call in drops, a byte every 1 s"
    ),
    sentence!(
        Arrange,
        reset_before_acting,
        "the partner cuts the connection before it carries out {calls}",
        "The stand-in reads the request and resets the connection; nothing has been done.",
        "Given the partner cuts the connection before it carries out the next call"
    ),
    sentence!(
        Arrange,
        reset_before_answering,
        "the partner cuts the connection before it answers {calls}",
        "The stand-in does what was asked and resets the connection: done, and we cannot know.",
        "Given the partner cuts the connection before it answers the next call"
    ),
    sentence!(
        Arrange,
        reset_in_head,
        "the partner cuts the connection in the headers of its answer to {calls}",
        "The stand-in does what was asked, and resets the connection after the first bytes of its answer.",
        "Given the partner cuts the connection in the headers of its answer to the next call"
    ),
    sentence!(
        Arrange,
        reset_in_body,
        "the partner cuts the connection in the body of its answer to {calls}",
        "The stand-in does what was asked, and resets the connection after half of its answer's body.",
        "Given the partner cuts the connection in the body of its answer to the next call"
    ),
    sentence!(
        Arrange,
        cut_short,
        "the partner's answer to {calls} is cut short",
        "The stand-in does what was asked, sends half of the body that it announced, and ends the \
         connection as if that were all.",
        "Given the partner's answer to the next call is cut short"
    ),
    sentence!(
        Arrange,
        media_type,
        "the partner answers {calls} as {media}",
        "The stand-in does what was asked, and says that its answer is of this media type.",
        "Given the partner answers the next call as \"text/html\""
    ),
    sentence!(
        Arrange,
        page,
        "the partner answers {calls} with an HTML page",
        "The stand-in answers 200 with a page for people, as a portal in front of the partner would, and \
         does nothing else.",
        "Given the partner answers the next call with an HTML page"
    ),
    sentence!(
        Arrange,
        maintenance,
        "the partner is down for maintenance for {calls}",
        "The stand-in answers 503 with a page for people and asks to come back after 30 s, and does nothing \
         else.",
        "Given the partner is down for maintenance for the next call"
    ),
    sentence!(
        Arrange,
        megabytes,
        "the partner answers {calls} with {n} MB",
        "The stand-in answers 200 with a JSON text of this size, and does nothing else.",
        "Given the partner answers the next call with 50 MB"
    ),
    sentence!(
        Arrange,
        levels,
        "the partner answers {calls} with {n} levels of nesting",
        "The stand-in answers 200 with JSON arrays one within the other, and does nothing else.",
        "Given the partner answers the next call with 10000 levels of nesting"
    ),
    sentence!(
        Arrange,
        invalid_utf8,
        "the partner answers {calls} with invalid UTF-8",
        "The stand-in answers 200 with JSON that is not UTF-8, and does nothing else.",
        "Given the partner answers the next call with invalid UTF-8"
    ),
    sentence!(
        Arrange,
        bomb,
        "the partner answers {calls} with a compressed bomb",
        "The stand-in answers 200 with a gzip body that would fill a gigabyte, and does nothing else.",
        "Given the partner answers the next call with a compressed bomb"
    ),
    sentence!(
        Arrange,
        drift,
        "the partner's answer(s)( to {operation}) drift(s): {path} {drift}",
        "Successful answers of the stand-in break away from the contract at this place: the member \
         is missing, is new, has another type, or has an unknown value.",
        "Given the partner's answer drifts: \"$.status\" has an unknown value"
    ),
    sentence!(
        Act,
        call,
        "we call {operation}( as {name})( with)",
        "Calls the operation. The arguments stand in a table of name and value, typed by the \
         contract, or the body in a JSON doc string. `as` names the call for later sentences. The \
         answer must keep the contract, unless the scenario says otherwise.",
        "When we call createPaymentIntent as authorization with\n  | amount   | 2000 |\n  | currency | eur  |"
    ),
    sentence!(
        Act,
        call_wrongly,
        "we wrongly call {operation}( as {name}) with",
        "Calls with arguments that need not fit the contract; the check of our request is silent.",
        "When we wrongly call createPaymentIntent with\n  | amount | many |"
    ),
    sentence!(
        Act,
        call_without,
        "we wrongly call {operation}( as {name}) without {argument}",
        "Calls with the contract's example arguments, or those of a table, except for this one.",
        "When we wrongly call createPaymentIntent without \"amount\""
    ),
    sentence!(
        Act,
        repeat,
        "we repeat the call( as {name})",
        "Sends the last call again: same arguments, same idempotency key.",
        "When we repeat the call"
    ),
    sentence!(
        Act,
        repeat_but,
        "we repeat the call( as {name}), but",
        "Sends the last call again with the table's arguments changed, and the same idempotency key.",
        "When we repeat the call, but\n  | amount | 2100 |"
    ),
    sentence!(
        Act,
        remember,
        "we remember {path} as {name}",
        "Keeps a value of the last answer; later sentences, cells and doc strings say it as {name} in braces.",
        "And we remember \"$.id\" as payment"
    ),
    sentence!(
        Act,
        remember_header,
        "we remember the header {header} as {name}",
        "Keeps the value of a header field of the last answer.",
        "And we remember the header \"request-id\" as request"
    ),
    sentence!(
        Act,
        remember_redirect,
        "we remember the redirect's {argument} as {name}",
        "Keeps an argument of the URL that the last answer redirects to (`Location`). A redirect is \
         never followed.",
        "And we remember the redirect's \"code\" as code"
    ),
    sentence!(
        Act,
        remember_part,
        "we remember the header {header} matching {expression} as {name}",
        "Keeps the part of a header field's value that the one group of the expression matches.",
        "And we remember the header \"Link\" matching /page_info=([^>&]+)>; rel=\"next\"/ as next"
    ),
    sentence!(
        Answer,
        status,
        "the answer is {status}",
        "The last answer has this status. An error status that no sentence expects does not pass.",
        "Then the answer is 200"
    ),
    sentence!(
        Answer,
        throttled,
        "the answer is throttled",
        "The last answer says that we are throttled, in one of the forms that the record knows \
         (`limits.throttled_by`): by its status, by a header field, or by a code under status 200.",
        "Then the answer is throttled"
    ),
    sentence!(
        Answer,
        body,
        "{path} {matcher}",
        "The one value at this place of the JSON body is as the matcher says.",
        "Then \"$.status\" is \"succeeded\""
    ),
    sentence!(
        Answer,
        body_every_if_any,
        "every {path} {matcher}, if any",
        "Each value at this place is as the matcher says; there may be none.",
        "Then every \"$.messages[*].type\" is a string, if any"
    ),
    sentence!(
        Answer,
        body_every,
        "every {path} {matcher}",
        "Each value at this place is as the matcher says; at least one must be there.",
        "Then every \"$.rates[*].currency\" is \"USD\""
    ),
    sentence!(
        Answer,
        header,
        "the header {header} {matcher}",
        "The header field of the last answer is as the matcher says.",
        "Then the header \"request-id\" is present"
    ),
    sentence!(
        Answer,
        redirect,
        "the redirect's {argument} {matcher}",
        "The argument of the URL that the last answer redirects to (`Location`) is as the matcher says.",
        "Then the redirect's \"state\" is \"af0ifjsldkj\""
    ),
    sentence!(
        Answer,
        faster,
        "it took less than {duration}",
        "The last call, with all its attempts and the waits between them, was faster than this. \
         Waits that `probe` itself scales in class `mock` count in full; what our own rate limit \
         held back before it does not count.",
        "And it took less than 800 ms"
    ),
    sentence!(
        Answer,
        no_answer,
        "there is no answer: {reason}",
        "The last call got no answer, for this reason.",
        "Then there is no answer: timeout"
    ),
    sentence!(
        Contract,
        keeps,
        "the answer keeps the contract",
        "The last answer has no breaking drift. Implied after every call; saying it reads well.",
        "Then the answer keeps the contract"
    ),
    sentence!(
        Contract,
        breaks,
        "the answer breaks the contract",
        "The last answer has breaking drift, wherever it is; all of it is expected.",
        "Then the answer breaks the contract"
    ),
    sentence!(
        Contract,
        drift_found,
        "{class} drift is found at {path}",
        "The last answer differs from its contract at this place, in this class; expected there.",
        "Then breaking drift is found at \"$.status\""
    ),
    sentence!(
        Contract,
        failure_inside,
        "the answer tells of a failure inside",
        "The last answer has a status of success and tells of a failure in its body, in one of the \
         ways that the record (`failure_inside`) or the contract (`x-failure-inside`) declares. \
         Unexpected it fails the scenario as an error does.",
        "Then the answer tells of a failure inside"
    ),
    sentence!(
        Contract,
        no_drift,
        "no drift is found",
        "The last answer does not differ from its contract in any class.",
        "Then no drift is found"
    ),
    sentence!(
        Conduct,
        attempts,
        "we made {n} attempt(s)",
        "The last call took this many attempts.",
        "Then we made 3 attempts"
    ),
    sentence!(
        Conduct,
        attempts_same_key,
        "we made {n} attempts, each with the same idempotency key",
        "As above, and every attempt carried one and the same key.",
        "Then we made 3 attempts, each with the same idempotency key"
    ),
    sentence!(
        Conduct,
        waited,
        "we waited at least as long as the partner asked, or {durations} where it said nothing",
        "Before each further attempt of the last call we waited at least what the answer asked, \
         by `Retry-After` or as the record's `limits.wait_by` says; else the duration in this \
         place of the list.",
        "Then we waited at least as long as the partner asked, or 1 s and 2 s where it said nothing"
    ),
    sentence!(
        StandIn,
        holds,
        "the partner holds {n} {resource}",
        "The stand-in holds this many objects of a resource that this scenario made.",
        "Then the partner holds 1 payment"
    ),
    sentence!(
        StandIn,
        received,
        "the partner received {operation} {n} time(s)",
        "This many requests for the operation reached the stand-in, refused ones included.",
        "Then the partner received createPaymentIntent 3 times"
    ),
    sentence!(
        Time,
        frame,
        "within {duration}, ...",
        "The expectation that follows comes true at the latest after this time; it is asked again until then.",
        "Then within 2 s, the partner holds 1 payment"
    ),
    sentence!(
        Time,
        frame,
        "..., and it stays so for {duration}",
        "The expectation before holds, and keeps holding for this time.",
        "Then the partner holds 1 payment, and it stays so for 1 s"
    ),
    sentence!(
        Time,
        frame,
        "the {name}'s ...",
        "The expectation that follows is about an earlier call, by the name that `as` gave it.",
        "Then the authorization's \"$.status\" is \"requires_capture\""
    ),
];
