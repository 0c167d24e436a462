//! From counts to families, in the order of the table of metrics.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::count::{Counts, Integration, NOT_SENT, Operation};
use super::text::Page;
use crate::evidence::{
    Judgement, RunFinished, RunPlanned, Verdict,
    metrics::{self as m, MetricSet},
};
use crate::report::table::percentile;

/// The metrics of a finished run; nothing where no run was planned.
pub(super) fn page(counts: &Counts, aliases: &[MetricSet]) -> String {
    let (Some(plan), Some(end)) = (&counts.plan, &counts.end) else { return String::new() };
    let profile = plan.profile.as_deref().unwrap_or_default();
    let mut page = Page::new(&plan.environment.name, profile);
    run(&mut page, counts, plan, end);
    integrations(&mut page, counts, plan);
    answers(&mut page, counts);
    operations(&mut page, counts);
    if aliases.contains(&MetricSet::Connector) {
        connectors(&mut page, counts);
    }
    if aliases.contains(&MetricSet::Integration) {
        services(&mut page, counts);
    }
    page.into_text()
}

fn run(page: &mut Page, counts: &Counts, plan: &RunPlanned, end: &RunFinished) {
    let one = |value: f64| [([""; 0], value)];
    let class = plan.environment.class.word();
    page.family(&m::RUN_INFO, [([class, &plan.probe_version], 1.0)]);
    let started = OffsetDateTime::parse(&plan.started_at, &Rfc3339).ok();
    let ended = started.map(|at| at.unix_timestamp_nanos() as f64 / 1e9 + end.took_ms / 1e3);
    page.family(&m::LAST_RUN, ended.map(|ended| ([""; 0], ended)));
    page.family(&m::RUN_DURATION, one(end.took_ms / 1e3));
    page.family(&m::RUN_EXIT_CODE, one(f64::from(end.exit_code)));
    let totals = &counts.totals;
    let by_verdict = [
        (Verdict::Passed, totals.passed),
        (Verdict::Failed, totals.failed),
        (Verdict::Errored, totals.errored),
        (Verdict::Inconclusive, totals.inconclusive),
        (Verdict::Skipped, totals.skipped),
    ];
    page.family(
        &m::RUN_SCENARIOS,
        by_verdict.map(|(verdict, number)| ([verdict.word()], f64::from(number))),
    );
    page.family(&m::TIMEOUT, plan.scenario_timeout_ms.map(|ms| ([""; 0], ms / 1e3)));
    page.family(&m::PARTNER_REQUESTS, one(counts.partner_requests as f64));
}

fn integrations(page: &mut Page, counts: &Counts, plan: &RunPlanned) {
    let mut infos: Vec<_> = plan.integrations.iter().collect();
    infos.sort_by(|a, b| a.id.cmp(&b.id));
    infos.dedup_by(|a, b| a.id == b.id);
    page.family(
        &m::INTEGRATION_INFO,
        infos.iter().map(|info| ([&info.id, &info.owner, &info.criticality, &info.contract], 1.0)),
    );
    let all = || counts.integrations.iter();
    page.family(
        &m::SUCCESS,
        all().filter_map(|(id, i)| success(counts, i).map(|won| ([id], f64::from(u8::from(won))))),
    );
    page.family(
        &m::DURATION,
        all().filter_map(|(id, i)| i.span_ms.map(|(from, to)| ([id], (to - from) / 1e3))),
    );
    page.family(&m::DNS_LOOKUP, all().filter_map(|(id, i)| i.dns.map(|(_, ms)| ([id], ms / 1e3))));
    // Each row of the law from the start: a series that begins with its first
    // failure has no ratio before, and `rate()` misses that failure.
    page.family(
        &m::SCENARIOS,
        all().flat_map(|(id, i)| {
            let judged = counts.judgements.iter().enumerate();
            judged.map(move |(index, judgement)| (judged_as(id, *judgement), i.count(index) as f64))
        }),
    );
    page.family(&m::FLAKY, all().map(|(id, i)| ([id], i.flaky as f64)));
}

/// Whether all that ran passed; `None` when nothing ran.
fn success(counts: &Counts, integration: &Integration) -> Option<bool> {
    let number = |wanted: &dyn Fn(Verdict) -> bool| -> u64 {
        let judged = counts.judgements.iter().enumerate();
        let judged = judged.filter(|(_, judgement)| wanted(judgement.verdict));
        judged.map(|(index, _)| integration.count(index)).sum()
    };
    let ran = number(&|verdict| verdict != Verdict::Skipped);
    (ran > 0).then(|| ran == number(&|verdict| verdict == Verdict::Passed))
}

fn judged_as(id: &str, judgement: Judgement) -> [&str; 4] {
    let blame = judgement.blame.map_or("none", |blame| blame.label());
    let party = judgement.party.map_or("none", |party| party.label());
    [id, judgement.verdict.word(), blame, party]
}

/// Every operation with the names of its integration and its own.
fn each(counts: &Counts) -> impl Iterator<Item = ([&str; 2], &Operation)> {
    let integrations = counts.integrations.iter();
    integrations.flat_map(|(id, integration)| {
        let operations = integration.operations.iter();
        operations.map(move |(name, operation)| ([id.as_str(), name.as_str()], operation))
    })
}

/// What `blackbox_exporter` tells of the last answer.
fn answers(page: &mut Page, counts: &Counts) {
    let last = || each(counts).filter_map(|(names, o)| o.last.as_ref().map(|last| (names, last)));
    page.family(&m::HTTP_STATUS, last().map(|(names, last)| (names, f64::from(last.status))));
    page.family(
        &m::HTTP_DURATION,
        last().flat_map(|([id, name], last)| {
            let phases = &last.phases;
            let phases = [
                ("resolve", phases.dns),
                ("connect", phases.connect),
                ("tls", phases.tls),
                ("processing", phases.wait),
                ("transfer", phases.receive),
            ];
            let known = phases.into_iter().filter_map(|(phase, ms)| Some((phase, ms?)));
            known.map(move |(phase, ms)| ([id, name, phase], ms / 1e3))
        }),
    );
}

fn operations(page: &mut Page, counts: &Counts) {
    let each = || each(counts);
    page.family(&m::CALLS, each().map(|(names, o)| (names, o.calls as f64)));
    page.family(
        &m::ATTEMPTS,
        each().flat_map(|([id, name], o)| {
            let ended = o.ended.iter();
            ended.map(move |(outcome, all)| ([id, name, outcome], all.count() as f64))
        }),
    );
    page.family(&m::RETRIES, each().map(|(names, o)| (names, o.retries as f64)));
    page.family(&m::THROTTLED, each().map(|(names, o)| (names, o.throttled as f64)));
    page.family(&m::BACKOFF, each().map(|(names, o)| (names, o.backoff_ms / 1e3)));
    page.family(&m::LIMIT_WAIT, each().map(|(names, o)| (names, o.limit_wait_ms / 1e3)));
    page.family(
        &m::FINDINGS,
        each().flat_map(|([id, name], o)| {
            let classes = ["breaking", "additive", "tolerated"].into_iter().zip(o.findings);
            classes.map(move |(class, number)| ([id, name, class], number as f64))
        }),
    );
    page.histograms(&m::ATTEMPT_DURATION, 1.0, each().map(|(names, o)| (names, o.sent())));
}

/// The set of names for connectors.
fn connectors(page: &mut Page, counts: &Counts) {
    let sent = |i: &Integration| i.operations.values().map(|o| o.sent().count()).sum::<u64>();
    let wrong =
        |i: &Integration| -> u64 { i.operations.values().flat_map(|o| o.errors.values()).sum() };
    let all = || counts.integrations.iter();
    let some = || all().filter(|(_, i)| sent(i) > 0);
    page.family(&m::CONNECTOR_REQUESTS, all().map(|(id, i)| ([id], sent(i) as f64)));
    page.family(
        &m::CONNECTOR_ERRORS,
        some().map(|(id, i)| ([id], wrong(i) as f64 / sent(i) as f64)),
    );
    page.family(
        &m::CONNECTOR_LATENCY,
        all().filter_map(|(id, i)| {
            let mut durations = i.durations.clone();
            durations.sort_unstable_by(f32::total_cmp);
            percentile(&durations, 0.95).map(|ms| ([id], ms))
        }),
    );
    let backoff = |i: &Integration| i.operations.values().map(|o| o.backoff_ms / 1e3).sum::<f64>();
    page.family(&m::CONNECTOR_BACKOFF, all().map(|(id, i)| ([id], backoff(i))));
}

/// The set of names for integrations as services.
fn services(page: &mut Page, counts: &Counts) {
    page.histograms(
        &m::INTEGRATION_LATENCY,
        1e3,
        each(counts).flat_map(|([id, name], o)| {
            let sent = o.ended.iter().filter(|(outcome, _)| **outcome != NOT_SENT);
            sent.map(move |(outcome, durations)| ([id, name, outcome], *durations))
        }),
    );
    page.family(
        &m::INTEGRATION_ERRORS,
        counts.integrations.iter().flat_map(|(id, i)| {
            let mut kinds = std::collections::BTreeMap::new();
            for (kind, number) in i.operations.values().flat_map(|o| &o.errors) {
                *kinds.entry(*kind).or_insert(0) += number;
            }
            kinds.into_iter().map(move |(kind, number)| ([id.as_str(), kind], number as f64))
        }),
    );
}
