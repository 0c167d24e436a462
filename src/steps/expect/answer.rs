//! Expectations of the partner's answer.

use std::time::Duration;

use serde_json::Value;

use super::{Asked, Claims, answered, contract::is_drift};
use crate::{
    contract::StatusPattern,
    evidence::{Cause, Diagnostic, DriftClass, nearest},
    steps::{
        cause::{self, Suspect},
        jsonpath::BodyPath,
        made::Made,
        matcher::Matcher,
        redirect,
        world::World,
    },
};

pub(super) fn status(made: &Made, pattern: StatusPattern, claims: Claims) -> Asked {
    answered(made)?;
    let status = made.exchange.response().map_or(0, |r| r.status);
    let (holds, expected) = match pattern {
        StatusPattern::Exact(code) => (status == code, code.to_string()),
        StatusPattern::Range(digit) => (status / 100 == u16::from(digit), format!("{digit}XX")),
        StatusPattern::Default => (true, "any".to_owned()),
    };
    if holds {
        // That a success status is expected does not say that a refusal under it is.
        return Ok(Claims { status: status >= 400 || !made.throttled(), ..claims });
    }
    let diagnostic =
        Diagnostic::error(format!("{} was answered with another status", made.operation.name()))
            .expected(expected)
            .actual(made.describe_answer());
    let suspect = match status {
        // A success where an error was expected is a matter of that expectation.
        0..=399 => Suspect::Known(Cause::PartnerExpectation),
        _ => cause::of_answer(made),
    };
    Err((suspect, diagnostic))
}

pub(super) fn throttled(made: &Made, claims: Claims) -> Asked {
    answered(made)?;
    if made.throttled() {
        // Told under a status of success it is a failure inside as well.
        let claims = claims.of(Box::new(cause::is_failure_inside));
        return Ok(Claims { status: true, ..claims });
    }
    let integration = &made.operation.partner.integration;
    let forms: Vec<String> =
        integration.limits.throttled_by.iter().map(ToString::to_string).collect();
    let diagnostic = Diagnostic::error(format!("{} was not throttled", made.operation.name()))
        .expected(forms.join(", or "))
        .actual(made.describe_answer())
        .help(format!("the forms stand in {}: `limits.throttled_by`", integration.source.path));
    let suspect = match made.exchange.response() {
        Some(response) if response.status >= 400 => cause::of_answer(made),
        _ => Suspect::Known(Cause::PartnerExpectation),
    };
    Err((suspect, diagnostic))
}

pub(super) fn no_answer(made: &Made, reason: &str, claims: Claims) -> Asked {
    match made.exchange.no_answer() {
        Some(found) if found.word() == reason => Ok(Claims { silence: true, ..claims }),
        found => {
            let diagnostic = Diagnostic::error("the call ended in another way")
                .expected(format!("no answer: {reason}"))
                .actual(found.map_or_else(
                    || made.describe_answer(),
                    |r| format!("no answer: {} ({})", r.word(), r.describe()),
                ));
            let suspect = match found {
                Some(_) => cause::of_answer(made),
                None => Suspect::Known(Cause::PartnerExpectation),
            };
            Err((suspect, diagnostic))
        }
    }
}

pub(super) fn faster(world: &World, made: &Made, limit: Duration, claims: Claims) -> Asked {
    let took = made.exchange.nominal_ms();
    let limit_ms = limit.as_secs_f64() * 1e3;
    if took < limit_ms {
        return Ok(claims);
    }
    if made.is_trouble() {
        // Slow because it failed and was repeated: the failure is the reason.
        let diagnostic = Diagnostic::error(format!("{} was too slow", made.operation.name()))
            .expected(format!("less than {limit_ms:.0} ms"))
            .actual(format!("{took:.0} ms, and no success"));
        return Err((cause::of_answer(made), diagnostic));
    }
    // Over a tenth of the limit of our own delay, the figure says nothing of the partner.
    let delay = world.setting.starvation.worst_within(made.started.elapsed());
    let starved = delay.as_secs_f64() * 1e3 > limit_ms / 10.0;
    let cause = if starved { Cause::TooSlowStarved } else { Cause::TooSlow };
    let mut diagnostic = Diagnostic::error(format!("{} was too slow", made.operation.name()))
        .expected(format!("less than {limit_ms:.0} ms"))
        .actual(format!("{took:.0} ms"));
    if starved {
        diagnostic = diagnostic
            .note(format!(
                "probe itself was scheduled up to {:.0} ms late",
                delay.as_secs_f64() * 1e3
            ))
            .help("run on a less loaded machine, or with a lower --concurrency");
    }
    Err((Suspect::Known(cause), diagnostic))
}

/// How many values an expectation is about.
#[derive(Clone, Copy)]
pub(super) struct Many {
    /// All of them, not just one.
    pub(super) every: bool,
    /// There may be none.
    pub(super) if_any: bool,
}

pub(super) fn body(
    world: &World,
    made: &Made,
    path: &BodyPath,
    many: Many,
    matcher: &Matcher,
    claims: Claims,
) -> Asked {
    answered(made)?;
    let values = made.body.as_ref().map(|body| path.query(body)).unwrap_or_default();
    let now = world.epoch_seconds();
    let accepts = |value: Option<&Value>| matcher.accepts(value, &world.names, now);
    let holds = match (many.every, values.as_slice()) {
        (true, []) => many.if_any,
        (true, values) => values.iter().all(|v| accepts(Some(v))),
        (false, []) => accepts(None),
        (false, [value]) => accepts(Some(value)),
        (false, _) => false,
    };
    if holds {
        return Ok(claims);
    }
    let mut wrong = values;
    if many.every {
        wrong.retain(|value| !accepts(Some(value)));
    }
    let diagnostic = Diagnostic::error(format!("{} is not as expected", path.text))
        .expected(matcher.expected(&world.names))
        .actual(made.describe_values(Some(&wrong)));
    // Where the contract is broken at this very place, that is the reason.
    let broken = made.findings.iter().find(|(finding, claimed)| {
        !claimed
            && is_drift(finding, DriftClass::Breaking)
            && path.covers(&finding.message_place.pointer)
    });
    Err(match broken {
        Some((finding, _)) => (
            cause::of_drift(made, finding),
            diagnostic
                .maybe_at(finding.contract_place.clone(), "promised here")
                .note(&finding.message)
                .help(&finding.help),
        ),
        None => (cause::of_missing_value(made), hinted(diagnostic, made, path, &wrong)),
    })
}

/// Adds what may be meant: the name of a member that is there, or a value
/// without its quotes.
fn hinted(diagnostic: Diagnostic, made: &Made, path: &BodyPath, wrong: &[&Value]) -> Diagnostic {
    if let ([value], Some(expected)) = (wrong, diagnostic.expected.as_deref())
        && !value.is_string()
        && expected == format!("\"{value}\"")
    {
        return diagnostic.help("one is a text, the other is not: write the value without quotes");
    }
    let (Some(Value::Object(members)), [], Some(pointer)) = (&made.body, wrong, &path.pointer)
    else {
        return diagnostic;
    };
    let name = pointer.trim_start_matches('/');
    match nearest(name, members.keys().map(String::as_str)) {
        Some(near) if near != name => diagnostic.help(format!("did you mean $.{near}?")),
        _ => diagnostic,
    }
}

pub(super) fn header(
    world: &World,
    made: &Made,
    name: &str,
    matcher: &Matcher,
    claims: Claims,
) -> Asked {
    answered(made)?;
    let value = made.exchange.response().and_then(|r| r.header(name)).map(Value::from);
    let now = world.epoch_seconds();
    let numeric = value.as_ref().and_then(|v| serde_json::from_str(v.as_str()?).ok());
    if matcher.accepts(value.as_ref(), &world.names, now)
        || numeric
            .as_ref()
            .is_some_and(|v: &Value| v.is_number() && matcher.accepts(Some(v), &world.names, now))
    {
        return Ok(claims);
    }
    let diagnostic = Diagnostic::error(format!("the header {name} is not as expected"))
        .expected(matcher.expected(&world.names))
        .actual(value.map_or("no such header field".to_owned(), |v| v.to_string()));
    Err((cause::of_missing_value(made), diagnostic))
}

pub(super) fn redirect(
    world: &World,
    made: &Made,
    argument: &str,
    matcher: &Matcher,
    claims: Claims,
) -> Asked {
    answered(made)?;
    let found = match made.exchange.response() {
        Some(response) => redirect::argument(response, argument),
        None => Err("no answer".to_owned()),
    };
    let value = found.as_ref().ok().map(|text| Value::from(text.as_str()));
    if matcher.accepts(value.as_ref(), &world.names, world.epoch_seconds()) {
        return Ok(claims);
    }
    let diagnostic = Diagnostic::error(format!("the redirect's {argument} is not as expected"))
        .expected(matcher.expected(&world.names))
        .actual(match (found, value) {
            (Err(why), _) => why,
            (Ok(_), value) => value.unwrap_or_default().to_string(),
        });
    let complaint = made.exchange.response().and_then(redirect::complaint);
    let diagnostic = complaint.into_iter().fold(diagnostic, Diagnostic::note);
    Err((cause::of_missing_value(made), diagnostic))
}
