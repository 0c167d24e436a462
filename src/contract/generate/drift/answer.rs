//! The mutants of a whole answer: its body, and status, header fields and media type.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    Class, Label,
    body::each_of_body,
    table::{Kind, MUTATIONS},
};
use crate::contract::{
    Contract, MediaType, Operation, ResponseSpec,
    codec::{is_json, media_type},
    generate::{Answer, reading::Reading},
};

/// Statuses of each class that partners move between.
const STATUSES: &[u16] = &[200, 201, 202, 203, 400, 403, 404, 409, 410, 422, 500, 502, 503, 504];
/// Media types that come in another's place.
const MEDIA_TYPES: &[&str] = &["text/plain", "text/html", "application/xml", "application/cbor"];

/// Every mutant of an answer that keeps this promise. `answer` is lent with the change in it and
/// comes back as it was. Gives how many changes were left out because this reading of the schemas
/// cannot tell what they mean.
pub fn each_of_answer(
    contract: &Contract,
    operation: &Operation,
    promised: &ResponseSpec,
    answer: &mut Answer,
    seed: u64,
    visit: &mut dyn FnMut(&Label<'_>, &mut Answer),
) -> usize {
    let mut rng = Rng::with_seed(seed);
    status(operation, answer, &mut rng, visit);
    headers(promised, answer, visit);
    content_type(promised, answer, &mut rng, visit);
    let media = answer
        .body
        .as_ref()
        .filter(|(name, _)| is_json(name))
        .and_then(|(name, _)| media_type(&promised.content, name));
    let Some(media) = media else { return 0 };
    error_shape(contract, media, answer, &mut rng, visit);
    let Some(schema) = &media.schema else { return 0 };
    let Some((name, mut body)) = answer.body.take() else { return 0 };
    let undecided = each_of_body(contract, schema, &mut body, seed, &mut |label, body| {
        answer.body = Some((name.clone(), body.take()));
        visit(label, answer);
        *body = answer.body.take().map_or(Value::Null, |(_, body)| body);
    });
    answer.body = Some((name, body));
    undecided
}

/// A label for a part outside the body, with the class that the table says.
fn label(kind: Kind, location: &str) -> Label<'_> {
    let mutation = &MUTATIONS[kind as usize];
    let class = mutation.example.class;
    Label { mutation, class, rule: kind.rule(), location, changed: "", place: "", choice: None }
}

fn status(
    operation: &Operation,
    answer: &mut Answer,
    rng: &mut Rng,
    visit: &mut dyn FnMut(&Label<'_>, &mut Answer),
) {
    let first = rng.usize(..STATUSES.len());
    let another = (0..STATUSES.len())
        .map(|at| STATUSES[(first + at) % STATUSES.len()])
        .find(|s| s / 100 == answer.status / 100 && operation.response(*s).is_none());
    let Some(another) = another else { return };
    let before = std::mem::replace(&mut answer.status, another);
    let told = label(Kind::StatusChanged, "status");
    // Readers take an unknown error for the first of its class (RFC 9110 section 15).
    let told = match another {
        400.. => Label { class: Class::Additive, rule: "status.undeclared_error", ..told },
        _ => told,
    };
    visit(&told, answer);
    answer.status = before;
}

fn headers(
    promised: &ResponseSpec,
    answer: &mut Answer,
    visit: &mut dyn FnMut(&Label<'_>, &mut Answer),
) {
    for header in &promised.headers {
        let at =
            answer.headers.iter().position(|(name, _)| name.eq_ignore_ascii_case(&header.name));
        let Some(at) = at else { continue };
        let before = answer.headers.remove(at);
        let location = format!("header {}", header.name);
        let class = if header.required { Class::Breaking } else { Class::Presence };
        visit(&Label { class, ..label(Kind::HeaderDropped, &location) }, answer);
        answer.headers.insert(at, before);
    }
}

fn content_type(
    promised: &ResponseSpec,
    answer: &mut Answer,
    rng: &mut Rng,
    visit: &mut dyn FnMut(&Label<'_>, &mut Answer),
) {
    let Some((name, _)) = &mut answer.body else { return };
    let first = rng.usize(..MEDIA_TYPES.len());
    let another = (0..MEDIA_TYPES.len())
        .map(|at| MEDIA_TYPES[(first + at) % MEDIA_TYPES.len()])
        .find(|other| media_type(&promised.content, other).is_none());
    let Some(another) = another else { return };
    let before = std::mem::replace(name, another.to_owned());
    visit(&label(Kind::ContentType, "header content-type"), answer);
    if let Some((name, _)) = &mut answer.body {
        *name = before;
    }
}

/// The forms in which errors are told, RFC 9457's first.
fn error_forms(status: u16) -> [Value; 3] {
    [
        json!({"type": "about:blank", "title": "Bad Request", "status": status}),
        json!({"errors": [{"code": "invalid", "detail": "not possible"}]}),
        json!({"fault": {"faultstring": "not possible", "detail": {"errorcode": "invalid"}}}),
    ]
}

fn error_shape(
    contract: &Contract,
    media: &MediaType,
    answer: &mut Answer,
    rng: &mut Rng,
    visit: &mut dyn FnMut(&Label<'_>, &mut Answer),
) {
    let Some(schema) = media.schema.as_ref().filter(|_| answer.status >= 400) else { return };
    if !answer.body.as_ref().is_some_and(|(_, body)| body.is_object()) {
        return;
    }
    let mut reading = Reading::of(contract);
    let root = reading.root(schema);
    let forms = error_forms(answer.status);
    let first = rng.usize(..forms.len());
    for at in 0..forms.len() {
        let form = &forms[(first + at) % forms.len()];
        let applied = reading.applied(&[root], form);
        // Where branches decide, no single place says what is wrong.
        if applied.ambiguous || !reading.judge(&[root], form).breaks {
            continue;
        }
        let facts = applied.nodes.iter().map(|id| &reading.node(*id).facts);
        let mut required = facts.flat_map(|facts| &facts.required);
        let Some(missing) = required.find(|name| form.get(**name).is_none()) else { continue };
        let place = format!("/{}", crate::contract::pointer::escape(missing));
        let Some((_, body)) = &mut answer.body else { return };
        let before = std::mem::replace(body, form.clone());
        let rule = "body.required";
        visit(&Label { rule, place: &place, ..label(Kind::ErrorShape, "body") }, answer);
        if let Some((_, body)) = &mut answer.body {
            *body = before;
        }
        return;
    }
}
