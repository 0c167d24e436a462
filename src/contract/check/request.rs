//! The request as sent.

use super::{
    body, header,
    report::{Found, Report, shown_unless},
    rules::{PARAMETER_MISSING, PARAMETER_VALUE},
    trace::is_marked,
};
use crate::{
    contract::{
        Contract, Kind, Operation, Parameter, ParameterPlace,
        codec::{media_type, parameter_text, parameter_value, query_pairs},
        route::Template,
    },
    evidence::{MASK, Request},
};

/// Judges parameters and body.
pub(super) fn check(report: &mut Report<'_>, operation: &Operation, request: &Request) {
    parameters(report, operation, request);
    let fields = || {
        let in_header = |parameter: &&Parameter| parameter.place == ParameterPlace::Header;
        operation.parameters.iter().filter(in_header).map(|parameter| &*parameter.name)
    };
    header::undeclared(report, &operation.pointer, "parameters", &request.headers, fields);
    request_body(report, operation, request);
}

fn parameters(report: &mut Report<'_>, operation: &Operation, request: &Request) {
    if operation.parameters.is_empty() {
        return;
    }
    let (path, query) = split(&request.url);
    let contract = report.contract;
    // A path of another shape was sent on purpose; what cannot be told apart is not judged.
    let bound = template(contract, operation).and_then(|template| template.matches_end(path));
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
        if let Some((promise, expected)) = header::breach(report, &parameter.schema, &value) {
            let location = location(parameter);
            let actual = match parameter_text(parameter, path, &request.headers) {
                Some(text) if parameter.place == ParameterPlace::Header => {
                    header::shown_field(report, &parameter.schema, &parameter.name, text)
                }
                _ => {
                    let personal = is_marked(contract, &parameter.schema);
                    shown_unless(personal, &parameter.name, &value)
                }
            };
            report.add(Found {
                rule: &PARAMETER_VALUE,
                message: format!("{}'s {location} breaks its schema", report.subject()),
                promise: &promise,
                location: &location,
                pointer: String::new(),
                place: String::new(),
                expected,
                actual,
            });
        }
    }
}

/// The template of an operation that has a path.
fn template<'c>(contract: &'c Contract, operation: &Operation) -> Option<&'c Template> {
    let in_path = |parameter: &Parameter| parameter.place == ParameterPlace::Path;
    if operation.kind != Kind::Http || !operation.parameters.iter().any(in_path) {
        return None;
    }
    let known = &contract.operations;
    let at = known.iter().position(|known| std::ptr::eq(known, operation));
    // An operation that is a copy is known by its place in the document.
    let at = at.or_else(|| known.iter().position(|known| known.pointer == operation.pointer));
    at.map(|at| contract.routes.template(at))
}

fn missing(report: &mut Report<'_>, parameter: &Parameter) {
    let location = location(parameter);
    report.add(Found {
        rule: &PARAMETER_MISSING,
        message: format!("{} lacks the {location}", report.subject()),
        promise: &parameter.pointer,
        location: &location,
        pointer: String::new(),
        place: String::new(),
        expected: format!("a {location}"),
        actual: "none".to_owned(),
    });
}

fn location(parameter: &Parameter) -> String {
    match parameter.place {
        ParameterPlace::Path => format!("path {}", parameter.name),
        ParameterPlace::Query => format!("query {}", parameter.name),
        ParameterPlace::Header => format!("header {}", parameter.name.to_ascii_lowercase()),
        ParameterPlace::Cookie => format!("cookie {}", parameter.name),
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
            body::missing(report, &base, "a body".to_owned());
        }
        return;
    }
    let content_type = request.header("content-type");
    let media = match content_type {
        Some(actual) => media_type(&described.content, actual),
        // Messages often leave it to their channel.
        None if matches!(operation.kind, Kind::Message | Kind::Payload) => {
            described.content.first()
        }
        None => None,
    };
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
