//! The request as sent.

use super::{
    body, header,
    report::{Found, Report, shown, shown_header},
};
use crate::{
    contract::{
        Operation, Parameter, ParameterPlace,
        codec::{media_type, parameter_text, parameter_value, query_pairs},
    },
    evidence::{MASK, MessagePart, Request},
};

/// Judges parameters and body.
pub(super) fn check(report: &mut Report<'_>, operation: &Operation, request: &Request) {
    report.part(MessagePart::Request, &operation.pointer);
    parameters(report, operation, request);
    request_body(report, operation, request);
}

fn parameters(report: &mut Report<'_>, operation: &Operation, request: &Request) {
    if operation.parameters.is_empty() {
        return;
    }
    let (path, query) = split(&request.url);
    let contract = report.contract;
    let of_contract = |same: &dyn Fn(&Operation) -> bool| contract.operations.iter().position(same);
    // Mostly it is one of them itself, which is told without reading ten thousand pointers.
    let index = of_contract(&|known| std::ptr::eq(known, operation))
        .or_else(|| of_contract(&|known| known.pointer == operation.pointer));
    let template = index.map(|index| contract.routes.template(index));
    // A path of another shape was sent on purpose; what cannot be told apart is not judged.
    let bound = template.and_then(|template| template.matches_end(path));
    let query = query_pairs(query).unwrap_or_default();
    for parameter in &operation.parameters {
        let path = match (&bound, parameter.place) {
            (None, ParameterPlace::Path) => continue,
            (bound, _) => bound.as_deref().unwrap_or_default(),
        };
        let value = parameter_value(contract, parameter, path, &query, &request.headers);
        let Some(value) = value else {
            if parameter.required {
                missing(report, parameter);
            }
            continue;
        };
        if value.as_str().is_some_and(|text| text.contains(MASK)) {
            continue;
        }
        let actual = match parameter_text(parameter, path, &request.headers) {
            Some(text) if parameter.place == ParameterPlace::Header => {
                shown_header(&parameter.name, text)
            }
            _ => shown(&parameter.name, &value),
        };
        if let Some((promise, expected)) = header::breach(report, &parameter.schema, &value) {
            let location = location(parameter);
            report.add(Found {
                rule: "parameter.value",
                message: format!("the request's {location} breaks its schema"),
                promise: &promise,
                location: &location,
                pointer: String::new(),
                expected,
                actual,
            });
        }
    }
}

fn missing(report: &mut Report<'_>, parameter: &Parameter) {
    let location = location(parameter);
    report.add(Found {
        rule: "parameter.missing",
        message: format!("the request lacks the {location}"),
        promise: &parameter.pointer,
        location: &location,
        pointer: String::new(),
        expected: format!("a {location}"),
        actual: "none".to_owned(),
    });
}

fn location(parameter: &Parameter) -> String {
    match parameter.place {
        ParameterPlace::Path => format!("path {}", parameter.name),
        ParameterPlace::Query => format!("query {}", parameter.name),
        ParameterPlace::Header => format!("header {}", parameter.name.to_ascii_lowercase()),
    }
}

/// Path and query of an absolute URL.
fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find('/').map_or("/", |at| &rest[at..]);
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    rest.split_once('?').unwrap_or((rest, ""))
}

fn request_body(report: &mut Report<'_>, operation: &Operation, request: &Request) {
    let Some(described) = &operation.request_body else { return };
    let base = format!("{}/requestBody", operation.pointer);
    if request.body.is_empty() {
        if described.required {
            report.add(Found {
                rule: "body.missing",
                message: "the request has no body".to_owned(),
                promise: &base,
                location: "body",
                pointer: String::new(),
                expected: "a body".to_owned(),
                actual: "none".to_owned(),
            });
        }
        return;
    }
    let content_type = request.header("content-type");
    let media = content_type.and_then(|actual| media_type(&described.content, actual));
    let Some(media) = media else {
        header::content_type(report, &described.content, &base, content_type);
        return;
    };
    let Some(bytes) = request.body.bytes() else { return };
    let name = content_type.unwrap_or(&media.name);
    body::judge(report, media, name, &bytes, None);
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn urls_are_split() {
        assert_eq!(split("https://h:1/v1/a?b=c#d"), ("/v1/a", "b=c"));
        assert_eq!(split("https://h"), ("/", ""));
        assert_eq!(split("/v1/a"), ("/v1/a", ""));
    }
}
