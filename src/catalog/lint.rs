//! Is a record complete? Judges records only.

use super::{Integration, Status, problems::Problems};
use crate::evidence::{Diagnostic, SafetyClass};

/// What a complete record says, and why.
const NEEDED: &[(&str, &str)] = &[
    ("owner", "name the team that is called when it breaks: `owner: payments`"),
    ("criticality", "say how grave a failure is: `criticality: high`, `medium` or `low`"),
    ("limits", "say how fast we may call: `limits: {rate: 25 per second}`"),
    ("timeout", "say how long one attempt may take: `timeout: 10 s`"),
    ("failure_modes", "name at least one way to break: `failure_modes: {timeout: {}}`"),
];

/// What a record that is not a draft lacks, and what in it has expired by
/// `today` (`YYYY-MM-DD`).
pub fn lint(integration: &Integration, today: &str) -> Vec<Diagnostic> {
    if integration.status == Status::Draft {
        return Vec::new();
    }
    let mut problems = Problems::new(&integration.source);
    let id = &integration.id;
    for (key, help) in NEEDED.iter().filter(|(key, _)| integration.left_out.contains(key)) {
        let problem = problems.key("", format!("`{id}` has no `{key}`")).help(*help);
        problems.push(problem);
    }
    if integration.environments.values().all(|e| e.class == SafetyClass::Mock) {
        let problem = problems
            .key("/environments", format!("`{id}` names no system of the partner"))
            .expected("at least one environment of class test or live")
            .actual("only the stand-in")
            .help("add one: `environments: {sandbox: {class: test, base_url: https://…}}`");
        problems.push(problem);
    }
    for deadline in integration.deadlines.iter().filter(|deadline| deadline.date.as_str() < today) {
        let problem = problems
            .value(&deadline.pointer, format!("{} has expired", deadline.what))
            .expected(format!("a date from {today} on"))
            .actual(&deadline.date)
            .help("mend what it excuses, or agree on a new date");
        problems.push(problem);
    }
    problems.sorted()
}
