//! What reports say of a scenario that did not pass: the same words in each.

use super::Answer;
use super::message::{Fact, draw};
use super::plain::one_line;
use super::tally::{Call, Try};
use crate::evidence::{Diagnostic, Party, PlannedScenario, RunPlanned, SafetyClass, Verdict};

/// The answer to "theirs or ours?". Where stand-ins play the partners, no partner is meant.
pub(super) fn whose(party: Party, class: SafetyClass) -> &'static str {
    match party {
        Party::Partner if class == SafetyClass::Mock => "the stand-in's",
        Party::Partner => "theirs",
        Party::Us => "ours",
        Party::Path => "the network's",
        Party::Probe => "probe's own",
        Party::Unknown => "theirs or the network's",
    }
}

/// Durations as people say them, or a placeholder where a screen must be the
/// same each time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    /// Whether to hide them.
    pub(super) redact: bool,
}

impl Times {
    /// A duration in milliseconds: `0.4 ms`, `12 ms`, `3.0 s`, `2 min 05 s`.
    pub(super) fn ms(self, ms: f64) -> String {
        if self.redact {
            return "[time]".to_owned();
        }
        match ms {
            ms if ms < 0.95 => format!("{ms:.1} ms"),
            ms if ms < 999.5 => format!("{ms:.0} ms"),
            ms if ms < 119_500.0 => format!("{:.1} s", ms / 1_000.0),
            ms => {
                let seconds = (ms / 1_000.0).round() as u64;
                format!("{} min {:02} s", seconds / 60, seconds % 60)
            }
        }
    }
}

/// A number with its word: `1 attempt`, `3 attempts`.
pub(super) fn count(number: u32, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

/// A call in one line: `POST https://.. -> 429, 3 attempts, 3.0 s nominal`.
pub(super) fn call_line(call: &Call, times: Times) -> String {
    let answer = match &call.answer {
        Answer::Status(status) => status.to_string(),
        Answer::None(reason) => one_line(reason).into_owned(),
    };
    format!(
        "{} -> {answer}, {}, {} nominal",
        one_line(&call.request),
        count(call.attempts, "attempt"),
        times.ms(call.nominal_ms)
    )
}

/// Why a scenario was not run, in one line.
pub(super) fn skip_reason(planned: &PlannedScenario, last: &Try) -> String {
    let reason = match (&last.problem, &planned.skip) {
        (Some(problem), _) => problem.diagnostic.title.as_str(),
        (None, Some(reason)) => reason.as_str(),
        (None, None) => "no reason was given",
    };
    one_line(reason).into_owned()
}

/// The command that runs just this scenario again, with the options that
/// shaped the run.
pub(super) fn again(plan: &RunPlanned, planned: &PlannedScenario) -> String {
    let mut words = vec!["probe run".to_owned()];
    words.extend(plan.settings.options.iter().map(|word| quoted(word)));
    // A recording may not say its options; where it ran is always known.
    let environment = &plan.environment;
    let by_default = environment.class == SafetyClass::Mock && environment.name == "mock";
    let said = |option: &str| plan.settings.options.iter().any(|word| word == option);
    if !by_default && !said("--env") {
        words.push(format!("--env {}", quoted(&environment.name)));
    }
    words.push(quoted(&format!("{}:{}", planned.file, planned.line)));
    words.join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let word = one_line(word);
    let simple = |c: char| c.is_alphanumeric() || "/._-:+@".contains(c);
    if word.chars().all(simple) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The whole message about an attempt: what went wrong and where, what was
/// called last, what to do, how to run it again.
pub(super) fn tell(
    plan: &RunPlanned,
    planned: &PlannedScenario,
    told: &Try,
    times: Times,
    color: bool,
) -> String {
    let mut facts = Vec::new();
    if let Some(call) = told.calls.last() {
        facts.push(Fact { label: "call", text: call_line(call, times) });
    }
    if told.attempt > 1 {
        facts.push(Fact { label: "attempts", text: format!("{}, none passed", told.attempt) });
    }
    let end = [Fact { label: "again", text: again(plan, planned) }];
    match &told.problem {
        Some(problem) => draw(&problem.diagnostic, &facts, &end, color),
        None => draw(&unexplained(told.judgement.verdict), &facts, &end, color),
    }
}

/// The message where an event gave none.
fn unexplained(verdict: Verdict) -> Diagnostic {
    Diagnostic::error(format!("{} without an explanation", verdict.word()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{evidence::Event, report::sample};

    #[test]
    fn durations_read_as_people_say_them() {
        let say = |ms| Times::default().ms(ms);
        assert_eq!(say(0.0), "0.0 ms");
        assert_eq!(say(0.44), "0.4 ms");
        assert_eq!(say(0.96), "1 ms");
        assert_eq!(say(999.4), "999 ms");
        assert_eq!(say(999.6), "1.0 s");
        assert_eq!(say(61_000.0), "61.0 s");
        assert_eq!(say(125_400.0), "2 min 05 s");
        assert_eq!(Times { redact: true }.ms(3.0), "[time]");
    }

    #[test]
    fn a_command_keeps_what_shaped_the_run() {
        let Some(Event::RunPlanned(plan)) = sample::events().into_iter().next() else {
            panic!("no plan");
        };
        let mut plan = plan.as_ref().clone();
        let planned = plan.scenarios[0].clone();
        let place = format!("{}:{}", planned.file, planned.line);
        assert_eq!(again(&plan, &planned), format!("probe run --env sandbox {place}"));
        plan.settings.options =
            ["--env", "sandbox", "--seed", "7", "--set", "a b"].map(str::to_owned).to_vec();
        let kept = "--env sandbox --seed 7 --set 'a b'";
        assert_eq!(again(&plan, &planned), format!("probe run {kept} {place}"));
    }

    #[test]
    fn a_command_survives_the_shell() {
        assert_eq!(quoted("features/a.b-c/x_1.feature:12"), "features/a.b-c/x_1.feature:12");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted("a;rm -rf\n/"), "'a;rm -rf /'");
    }
}
