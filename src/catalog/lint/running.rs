//! What is needed to run an integration: runbook, dashboards, alerts.

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};
use crate::{catalog::About, contract::source::member_pointer};

pub(super) const RUNBOOK_MISSING: Rule = Rule {
    id: "runbook-missing",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record names no runbook, or one that is not there",
    why: "At 3 a.m. nobody thinks well. The first steps have to be written down before, where the \
          record says they are.",
    help: "write it, and name it: `about: {runbook: docs/runbooks/<id>.md}`",
    example: Example {
        bad: &[record("about:\n  runbook: docs/runbooks/acme.order.md\n")],
        good: &[record("about:\n  runbook: docs/runbooks/acme.orders.md\n")],
    },
};

pub(super) const DASHBOARD_MISSING: Rule = Rule {
    id: "dashboard-missing",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record names no dashboard, or a file that is not there",
    why: "Whether it is one customer or all of them is seen on a dashboard in seconds, and from \
          logs in an hour.",
    help: "name where to look: `about: {dashboards: {calls: https://…}}`",
    example: Example {
        bad: &[record("about:\n  dashboards: {}\n")],
        good: &[record("about:\n  dashboards: {calls: https://grafana.example/d/acme}\n")],
    },
};

pub(super) const ALERT_MISSING: Rule = Rule {
    id: "alert-missing",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record names no alert",
    why: "An outage that no alert tells is told by customers.",
    help: "name what wakes somebody: `about: {alerts: {errors: {when: .., severity: critical}}}`",
    example: Example {
        bad: &[record("about:\n  alerts: {}\n")],
        good: &[record(
            "about:\n  alerts:\n    errors: {when: over 5 % of calls fail, for: 5 minutes, severity: critical}\n",
        )],
    },
};

pub(super) fn judge(judged: &mut Judged<'_>) {
    let about = &judged.integration.about;
    match &about.runbook {
        Some(path) => judged.document(&RUNBOOK_MISSING, "/about/runbook", "runbook", path),
        None => judged.missing(&RUNBOOK_MISSING, "/about/runbook", "has no `runbook`"),
    }
    let pointer = About::pointer("dashboards");
    match about.dashboards.as_ref().filter(|named| !named.is_empty()) {
        Some(named) => {
            for (name, path) in named {
                let what = format!("dashboard `{name}`");
                judged.document(&DASHBOARD_MISSING, &member_pointer(&pointer, name), &what, path);
            }
        }
        None => judged.missing(&DASHBOARD_MISSING, &pointer, "has no `dashboards`"),
    }
    if about.alerts.as_ref().is_none_or(std::collections::BTreeMap::is_empty) {
        judged.missing(&ALERT_MISSING, "/about/alerts", "has no `alerts`");
    }
}
