//! Who is called.

use super::{Example, Level, Rule, Stage, judge::Judged, rule::record};

pub(super) const OWNER_MISSING: Rule = Rule {
    id: "owner-missing",
    level: Level::Error,
    from: Stage::Beta,
    meaning: "the record names no owner",
    why: "What nobody owns is mended by nobody. The owner stands in every report of a run.",
    help: "name the team that is called when it breaks: `owner: payments`",
    example: Example {
        bad: &[record("criticality: high\n")],
        good: &[record("owner: shop\ncriticality: high\n")],
    },
};

pub(super) const ESCALATION_MISSING: Rule = Rule {
    id: "escalation-missing",
    level: Level::Error,
    from: Stage::Ga,
    meaning: "the record does not say who responds, or who is called next",
    why: "Whoever is woken needs to know whom to wake when it is more than one person can mend; \
          looking for a number costs the minutes that count.",
    help: "say who answers, and who is called next: `about: {responder: .., escalation: [..]}`",
    example: Example {
        bad: &[record("about:\n  responder: shop on call\n")],
        good: &[record(
            "about:\n  responder: shop on call\n  escalation: [lead of shop, head of commerce]\n",
        )],
    },
};

pub(super) const SUPPORT_MISSING: Rule = Rule {
    id: "support-missing",
    level: Level::Warning,
    from: Stage::Ga,
    meaning: "the record does not say how the partner's support is reached",
    why: "Half of the incidents are the partner's. Then the only thing that helps is to reach the \
          partner, with an account number at hand.",
    help: "say how the partner is reached: `about: {support: ..}`",
    example: Example {
        bad: &[record("about:\n  vendor: Acme, orders API\n")],
        good: &[record(
            "about:\n  vendor: Acme, orders API\n  support: https://acme.example/support, customer 4711\n",
        )],
    },
};

pub(super) fn judge(judged: &mut Judged<'_>) {
    let record = judged.integration;
    if record.left_out.contains(&"owner") {
        judged.missing(&OWNER_MISSING, "/owner", "has no `owner`");
    }
    let about = &record.about;
    if about.responder.is_none() {
        judged.missing(&ESCALATION_MISSING, "/about/responder", "has no `responder`");
    }
    if about.escalation.as_ref().is_none_or(Vec::is_empty) {
        judged.missing(&ESCALATION_MISSING, "/about/escalation", "has no `escalation`");
    }
    if about.support.is_none() {
        judged.missing(&SUPPORT_MISSING, "/about/support", "has no `support`");
    }
}
