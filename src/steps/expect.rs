//! Asks an expectation of what the scenario has seen. Pure, so that it can be
//! asked again.

use std::time::Duration;

use serde_json::Value;

use super::{
    cause::{self, Suspect},
    sentence::{Expectation, ExpectationKind},
    world::{Made, World, of_answer},
};
use crate::{
    contract::StatusPattern,
    evidence::{Cause, Diagnostic, DriftClass, Finding},
};

/// Nominal pause before an expectation is asked again.
pub(super) const ASK_AGAIN: Duration = Duration::from_millis(50);

/// What a sentence that holds has expected, so that the end of the scenario
/// does not complain of it.
pub(super) struct Claims {
    pub(super) call: Option<usize>,
    pub(super) status: bool,
    pub(super) silence: bool,
    pub(super) finding: Box<dyn Fn(&Finding) -> bool + Send>,
}

impl Claims {
    fn nothing() -> Self {
        Self { call: None, status: false, silence: false, finding: Box::new(|_| false) }
    }
}

/// Why an expectation does not hold.
pub(super) struct Miss {
    pub(super) suspect: Suspect,
    pub(super) diagnostic: Box<Diagnostic>,
    /// The call whose exchange is the evidence.
    pub(super) call: Option<usize>,
}

/// Asks once.
pub(super) fn ask(world: &World, expectation: &Expectation) -> Result<Claims, Miss> {
    match &expectation.kind {
        ExpectationKind::Holds { integration, count, resource } => {
            return holds(world, integration, *count, resource);
        }
        ExpectationKind::Received { operation, count } => {
            let id = &operation.partner.integration.id;
            let received = world.stand_ins.get(id).map(|r| r.received(operation.name()));
            return counted(received, *count, || {
                Diagnostic::error(format!("the partner did not receive {}", operation.name()))
                    .expected(format!("{count} {}", plural(*count, "time")))
            });
        }
        _ => {}
    }
    let Some((index, made)) = world.call_of(&expectation.subject) else {
        return Err(Miss {
            suspect: Suspect::Known(Cause::NotAllowed),
            diagnostic: Box::new(
                Diagnostic::error("nothing has been called yet")
                    .help("begin with `When we call ...`"),
            ),
            call: None,
        });
    };
    let claims = Claims { call: Some(index), ..Claims::nothing() };
    of_call(world, made, &expectation.kind, claims).map_err(|(suspect, diagnostic)| Miss {
        suspect,
        diagnostic: Box::new(made.with_answer(diagnostic)),
        call: Some(index),
    })
}

type Asked = Result<Claims, (Suspect, Diagnostic)>;

/// Expectations about one call.
fn of_call(world: &World, made: &Made, kind: &ExpectationKind, claims: Claims) -> Asked {
    match kind {
        ExpectationKind::Status(pattern) => status(made, *pattern, claims),
        ExpectationKind::NoAnswer(reason) => no_answer(made, reason, claims),
        ExpectationKind::Faster(limit) => faster(world, made, *limit, claims),
        ExpectationKind::Attempts { count, same_key } => attempts(made, *count, *same_key, claims),
        ExpectationKind::Waited(fallbacks) => waited(made, fallbacks, claims),
        ExpectationKind::KeepsContract => {
            answered(made)?;
            match made.unclaimed(DriftClass::Breaking) {
                None => Ok(claims),
                Some(finding) => Err(contract_broken(finding)),
            }
        }
        ExpectationKind::BreaksContract => {
            answered(made)?;
            let broken = made.findings.iter().any(|(f, _)| is_drift(f, DriftClass::Breaking));
            if broken {
                let finding = Box::new(|f: &Finding| is_drift(f, DriftClass::Breaking));
                return Ok(Claims { finding, ..claims });
            }
            Err(expected_drift("the answer keeps the contract", "breaking drift", "none"))
        }
        ExpectationKind::Drift { class, path } => {
            answered(made)?;
            let (class, path) = (*class, path.clone());
            let at = move |f: &Finding| is_drift(f, class) && path.covers(&f.message_place.pointer);
            if made.findings.iter().any(|(f, _)| at(f)) {
                return Ok(Claims { finding: Box::new(at), ..claims });
            }
            Err(drift_not_found(made, kind))
        }
        ExpectationKind::NoDrift => {
            answered(made)?;
            match made.findings.iter().find(|(f, _)| of_answer(f)) {
                None => Ok(claims),
                Some((finding, _)) => Err(contract_broken(finding)),
            }
        }
        ExpectationKind::Body { path, every, if_any, matcher } => {
            answered(made)?;
            let values = made.body.as_ref().map(|body| path.query(body)).unwrap_or_default();
            let now = world.epoch_seconds();
            let accepts = |value: Option<&Value>| matcher.accepts(value, &world.names, now);
            let holds = match (every, values.as_slice()) {
                (true, []) => *if_any,
                (true, values) => values.iter().all(|v| accepts(Some(v))),
                (false, []) => accepts(None),
                (false, [value]) => accepts(Some(value)),
                (false, _) => false,
            };
            if holds {
                return Ok(claims);
            }
            let wrong: Vec<&Value> = match every {
                true => values.iter().copied().filter(|v| !accepts(Some(v))).collect(),
                false => values,
            };
            let diagnostic = Diagnostic::error(format!("{} is not as expected", path.text))
                .expected(matcher.expected(&world.names))
                .actual(describe_count(Some(&wrong), made));
            // Where the contract is broken at this very place, that is the reason.
            let broken = made.findings.iter().find(|(finding, claimed)| {
                !claimed
                    && is_drift(finding, DriftClass::Breaking)
                    && path.covers(&finding.message_place.pointer)
            });
            Err(match broken {
                Some((finding, _)) => (
                    Suspect::Known(Cause::ContractBroken),
                    diagnostic
                        .maybe_at(finding.contract_place.clone(), "promised here")
                        .note(&finding.message)
                        .help(&finding.help),
                ),
                None => (cause::of_missing_value(made), diagnostic),
            })
        }
        ExpectationKind::Header { name, matcher } => {
            answered(made)?;
            let value = made.exchange.response().and_then(|r| r.header(name)).map(Value::from);
            let now = world.epoch_seconds();
            let numeric = value.as_ref().and_then(|v| serde_json::from_str(v.as_str()?).ok());
            if matcher.accepts(value.as_ref(), &world.names, now)
                || numeric.as_ref().is_some_and(|v: &Value| {
                    v.is_number() && matcher.accepts(Some(v), &world.names, now)
                })
            {
                return Ok(claims);
            }
            let diagnostic = Diagnostic::error(format!("the header {name} is not as expected"))
                .expected(matcher.expected(&world.names))
                .actual(value.map_or("no such header field".to_owned(), |v| v.to_string()));
            Err((cause::of_missing_value(made), diagnostic))
        }
        ExpectationKind::Holds { .. } | ExpectationKind::Received { .. } => Ok(claims),
    }
}

/// Expectations about an answer need one.
fn answered(made: &Made) -> Result<(), (Suspect, Diagnostic)> {
    match made.exchange.no_answer() {
        None => Ok(()),
        Some(reason) => {
            let diagnostic = Diagnostic::error(format!("{} got no answer", made.operation.name()))
                .expected("an answer")
                .actual(reason.describe());
            Err((cause::of_answer(made), diagnostic))
        }
    }
}

fn status(made: &Made, pattern: StatusPattern, claims: Claims) -> Asked {
    answered(made)?;
    let status = made.exchange.response().map_or(0, |r| r.status);
    let (holds, expected) = match pattern {
        StatusPattern::Exact(code) => (status == code, code.to_string()),
        StatusPattern::Range(digit) => (status / 100 == u16::from(digit), format!("{digit}XX")),
        StatusPattern::Default => (true, "any".to_owned()),
    };
    if holds {
        return Ok(Claims { status: true, ..claims });
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

fn no_answer(made: &Made, reason: &str, claims: Claims) -> Asked {
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

fn faster(world: &World, made: &Made, limit: Duration, claims: Claims) -> Asked {
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

fn attempts(made: &Made, count: u32, same_key: bool, claims: Claims) -> Asked {
    let attempts = &made.exchange.attempts;
    if attempts.len() != count as usize {
        let retry = made.operation.partner.integration.retry.is_some();
        let mut diagnostic = Diagnostic::error("we made another number of attempts")
            .expected(format!("{count} {}", plural(count as usize, "attempt")))
            .actual(attempts.len().to_string());
        if !retry {
            diagnostic = diagnostic.help(format!(
                "{} has no `retry:`; without it nothing is repeated",
                made.operation.partner.integration.source.path
            ));
        }
        return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
    }
    if same_key {
        let first = attempts.first().and_then(|a| a.idempotency_key.as_deref());
        let same =
            first.is_some() && attempts.iter().all(|a| a.idempotency_key.as_deref() == first);
        if !same {
            let keys: Vec<&str> =
                attempts.iter().map(|a| a.idempotency_key.as_deref().unwrap_or("none")).collect();
            let diagnostic = Diagnostic::error("the attempts carried no common idempotency key")
                .expected("one and the same key on each attempt")
                .actual(keys.join(", "))
                .help("give the operation `idempotency: {header: ...}` in the record");
            return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
        }
    }
    Ok(claims)
}

fn waited(made: &Made, fallbacks: &[Duration], claims: Claims) -> Asked {
    let pairs = made.exchange.attempts.windows(2);
    for (number, pair) in pairs.enumerate() {
        let fallback = fallbacks.get(number).or(fallbacks.last()).copied().unwrap_or_default();
        let wanted = pair[0].asked_wait_ms.unwrap_or(fallback.as_secs_f64() * 1e3);
        // Half a millisecond for the clock's own grain.
        if pair[1].waited_ms + 0.5 < wanted {
            let who = if pair[0].asked_wait_ms.is_some() {
                "as the partner asked"
            } else {
                "as the sentence says"
            };
            let diagnostic = Diagnostic::error(format!(
                "we did not wait long enough before attempt {}",
                pair[1].number
            ))
            .expected(format!("at least {wanted:.0} ms, {who}"))
            .actual(format!("{:.0} ms", pair[1].waited_ms));
            return Err((Suspect::Known(Cause::OurExpectation), diagnostic));
        }
    }
    Ok(claims)
}

fn holds(world: &World, integration: &str, count: usize, resource: &str) -> Result<Claims, Miss> {
    let held = match world.stand_ins.get(integration).map(|r| r.holds(resource)) {
        Some(Ok(held)) => Some(held),
        Some(Err(reason)) => {
            return Err(Miss {
                suspect: Suspect::Known(Cause::NotAllowed),
                diagnostic: Box::new(Diagnostic::error(reason)),
                call: None,
            });
        }
        None => None,
    };
    counted(held, count, || {
        Diagnostic::error(format!("the partner holds another number of {resource} objects"))
            .expected(count.to_string())
    })
}

/// Compares a stand-in's count. What reached the partner is our conduct.
fn counted(
    found: Option<usize>,
    wanted: usize,
    diagnostic: impl Fn() -> Diagnostic,
) -> Result<Claims, Miss> {
    match found {
        Some(found) if found == wanted => Ok(Claims::nothing()),
        Some(found) => Err(Miss {
            suspect: Suspect::Known(Cause::OurExpectation),
            diagnostic: Box::new(diagnostic().actual(found.to_string())),
            call: None,
        }),
        None => Err(Miss {
            suspect: Suspect::Known(Cause::NotAllowed),
            diagnostic: Box::new(
                diagnostic()
                    .actual("no stand-in plays this partner here")
                    .help("tag the scenario @only:mock"),
            ),
            call: None,
        }),
    }
}

fn is_drift(finding: &Finding, class: DriftClass) -> bool {
    finding.class == class && of_answer(finding)
}

fn contract_broken(finding: &Finding) -> (Suspect, Diagnostic) {
    let mut diagnostic = finding.diagnostic();
    diagnostic.severity = crate::evidence::Severity::Error;
    (Suspect::Known(Cause::ContractBroken), diagnostic)
}

fn expected_drift(title: &str, expected: &str, actual: &str) -> (Suspect, Diagnostic) {
    let diagnostic = Diagnostic::error(title).expected(expected).actual(actual);
    (Suspect::Known(Cause::PartnerExpectation), diagnostic)
}

fn drift_not_found(made: &Made, kind: &ExpectationKind) -> (Suspect, Diagnostic) {
    let ExpectationKind::Drift { class, path } = kind else {
        return expected_drift("no drift is found", "drift", "none");
    };
    let found: Vec<String> = made
        .findings
        .iter()
        .filter(|(f, _)| of_answer(f))
        .map(|(f, _)| format!("{} drift at {}", f.class.word(), f.where_in_message()))
        .collect();
    expected_drift(
        &format!("no {} drift is found at {}", class.word(), path.text),
        &format!("{} drift at {}", class.word(), path.text),
        &if found.is_empty() { "no drift at all".to_owned() } else { found.join("; ") },
    )
}

/// What stands at a path: the value, how many there are, or what is near.
pub(super) fn describe_count(values: Option<&[&Value]>, made: &Made) -> String {
    match (values, &made.body) {
        (_, None) => "the answer has no JSON body".to_owned(),
        (Some([value]), _) => clip(&value.to_string(), 120),
        (Some([]) | None, Some(Value::Object(members))) => {
            let names: Vec<&str> = members.keys().map(String::as_str).take(8).collect();
            format!("nothing there; the body has {}", names.join(", "))
        }
        (Some([]) | None, Some(_)) => "nothing there".to_owned(),
        (Some(values), _) => {
            let shown: Vec<String> =
                values.iter().take(3).map(|v| clip(&v.to_string(), 40)).collect();
            format!(
                "{} values: {}{}",
                values.len(),
                shown.join(", "),
                if values.len() > 3 { ", ..." } else { "" }
            )
        }
    }
}

/// The text on one line, cut at so many characters.
pub(super) fn clip(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line,
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
