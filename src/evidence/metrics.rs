//! The names under which a run is told to Prometheus, as one table. Where
//! `blackbox_exporter` has a name for something, its name and meaning are taken.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;

/// What a metric's samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Counts what happened in the run; begins at 0 with each run.
    Counter,
    /// A value as it was at the end of the run.
    Gauge,
    /// Counts in buckets, with their sum.
    Histogram,
}

impl MetricKind {
    /// The word of the text format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Whose names they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetricSet {
    /// Our own, always told.
    #[serde(skip)]
    Probe,
    /// `connector_*`, of teams that watch connectors; told when asked for.
    Connector,
    /// `integration_*`, of teams that watch integrations as services; told when
    /// asked for.
    Integration,
}

impl MetricSet {
    /// The sets that are told when asked for.
    pub const ALIASES: [Self; 2] = [Self::Connector, Self::Integration];

    /// The word of options and settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Connector => "connector",
            Self::Integration => "integration",
        }
    }
}

/// A metric: a row of [`METRICS`].
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What its samples are.
    pub kind: MetricKind,
    /// Unit of its values; empty where it counts things or says yes and no.
    pub unit: &'static str,
    /// Meaning, in one line.
    pub help: &'static str,
    /// Labels in the order in which they stand; each is one of [`LABELS`].
    pub labels: &'static [&'static str],
    /// The set that it belongs to.
    pub set: MetricSet,
}

/// What each label means. All have few values: none holds an id of a run, a
/// scenario or a request, and none a text that a partner sends.
pub const LABELS: &[(&str, &str)] = &[
    ("environment", "the environment of the run by its name; `mock` is our own stand-ins"),
    ("profile", "the profile of the run; empty where none was chosen"),
    (
        "class",
        "of the environment: mock, test or live; of a finding: breaking, additive or tolerated",
    ),
    ("version", "version of probe"),
    ("integration", "id of the record"),
    ("owner", "who owns the integration, as the record says"),
    ("criticality", "how grave its failure is, as the record says"),
    ("contract", "id of the contract in use"),
    ("operation", "name of the operation, as the contract or the record gives it"),
    ("verdict", "passed, failed, errored, inconclusive or skipped"),
    ("blame", "the area of the reason (`probe explain verdicts`); `none` when passed"),
    ("party", "partner, us, path, probe or unknown; `none` when passed"),
    (
        "outcome",
        "class of the answer's status (2xx), or why there is none: dns, refused, reset, timeout, tls, protocol, not_sent",
    ),
    ("phase", "resolve, connect, tls, processing (until the answer's head) or transfer"),
    ("connector", "id of the record, where a set of names calls it so"),
    ("service", "id of the record, where a set of names calls it so"),
    ("endpoint", "name of the operation, where a set of names calls it so"),
    ("status", "the outcome, where a set of names calls it so"),
    ("error_type", "throttled, 5xx, or why there is no answer"),
];

const RUN: &[&str] = &["environment", "profile"];
const INTEGRATION: &[&str] = &["integration", "environment", "profile"];
const OPERATION: &[&str] = &["integration", "operation", "environment", "profile"];

const fn metric(
    name: &'static str,
    kind: MetricKind,
    unit: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind, unit, help, labels, set: MetricSet::Probe }
}

impl Metric {
    const fn of(mut self, set: MetricSet) -> Self {
        self.set = set;
        self
    }
}

/// Declares each metric under the name that code uses, and [`METRICS`].
macro_rules! table {
    ($($constant:ident = $metric:expr;)*) => {
        $(
            #[doc = concat!("The row of [`METRICS`] for `", stringify!($constant), "`.")]
            pub const $constant: Metric = $metric;
        )*

        /// All metrics, in the order in which they are told.
        pub const METRICS: &[Metric] = &[$($constant),*];
    };
}

use MetricKind::{Counter, Gauge, Histogram};
use MetricSet as Set;

table! {
    RUN_INFO = metric("probe_run_info", Gauge, "", &["environment", "profile", "class", "version"],
        "Always 1: what ran, and where.");
    LAST_RUN = metric("probe_last_run_timestamp_seconds", Gauge, "seconds", RUN,
        "When the run ended, in seconds since 1970.");
    RUN_DURATION = metric("probe_run_duration_seconds", Gauge, "seconds", RUN,
        "How long the run took, as measured.");
    RUN_EXIT_CODE = metric("probe_run_exit_code", Gauge, "", RUN,
        "Exit code of the run.");
    RUN_SCENARIOS = metric("probe_run_scenarios", Gauge, "", &["verdict", "environment", "profile"],
        "Scenarios of the run by verdict, each counted once.");
    TIMEOUT = metric("probe_timeout_seconds", Gauge, "seconds", RUN,
        "Limit of one attempt at a scenario.");
    PARTNER_REQUESTS = metric("probe_partner_requests_total", Counter, "", RUN,
        "Requests that were sent to a real partner; 0 where all partners were stand-ins.");
    INTEGRATION_INFO = metric("probe_integration_info", Gauge, "",
        &["integration", "environment", "profile", "owner", "criticality", "contract"],
        "Always 1: what the record says of an integration.");
    SUCCESS = metric("probe_success", Gauge, "", INTEGRATION,
        "1 when every scenario of the integration that ran passed, else 0; absent when none ran.");
    DURATION = metric("probe_duration_seconds", Gauge, "seconds", INTEGRATION,
        "From the start of the integration's first scenario to the end of its last, as measured.");
    DNS_LOOKUP = metric("probe_dns_lookup_time_seconds", Gauge, "seconds", INTEGRATION,
        "Time of the last name resolution, as measured; absent when there was none.");
    SCENARIOS = metric("probe_scenarios_total", Counter, "",
        &["integration", "verdict", "blame", "party", "environment", "profile"],
        "Scenarios by verdict; one over several integrations counts for each of them.");
    FLAKY = metric("probe_flaky_scenarios_total", Counter, "", INTEGRATION,
        "Scenarios that passed on a later attempt.");
    HTTP_STATUS = metric("probe_http_status_code", Gauge, "", OPERATION,
        "Status of the last answer; 0 when the last attempt got none.");
    HTTP_DURATION = metric("probe_http_duration_seconds", Gauge, "seconds",
        &["integration", "operation", "phase", "environment", "profile"],
        "Duration of the last attempt by phase, as measured; phases that did not happen are absent.");
    CALLS = metric("probe_calls_total", Counter, "", OPERATION,
        "Calls of an operation, each counted once however often it was sent.");
    ATTEMPTS = metric("probe_attempts_total", Counter, "",
        &["integration", "operation", "outcome", "environment", "profile"],
        "Attempts at getting an answer, by how they ended.");
    RETRIES = metric("probe_retries_total", Counter, "", OPERATION,
        "Attempts after the first of a call.");
    THROTTLED = metric("probe_throttled_total", Counter, "", OPERATION,
        "Attempts that the partner throttled, in whatever form the record says.");
    BACKOFF = metric("probe_backoff_seconds_total", Counter, "seconds", OPERATION,
        "Waits before attempts after the first, in nominal time: back-off, and what the partner asked for.");
    LIMIT_WAIT = metric("probe_limit_wait_seconds_total", Counter, "seconds", OPERATION,
        "Waits before the first attempt of a call, in nominal time: our own rate limit.");
    FINDINGS = metric("probe_findings_total", Counter, "",
        &["integration", "operation", "class", "environment", "profile"],
        "Differences between exchanges and the contract, expected ones included.");
    ATTEMPT_DURATION = metric("probe_attempt_duration_seconds", Histogram, "seconds", OPERATION,
        "Duration of attempts that were sent, without waits before them, in nominal time.");

    CONNECTOR_REQUESTS = metric("connector_request_total", Counter, "",
        &["connector", "environment", "profile"],
        "Requests that were sent, each attempt counted.").of(Set::Connector);
    CONNECTOR_ERRORS = metric("connector_error_ratio", Gauge, "ratio",
        &["connector", "environment", "profile"],
        "Share of the requests that were throttled, answered with 5xx, or got no answer.").of(Set::Connector);
    CONNECTOR_LATENCY = metric("connector_latency_ms_p95", Gauge, "milliseconds",
        &["connector", "environment", "profile"],
        "95th percentile of the duration of requests, in nominal time.").of(Set::Connector);
    CONNECTOR_BACKOFF = metric("connector_backoff_seconds_total", Counter, "seconds",
        &["connector", "environment", "profile"],
        "Waits before repeated requests, in nominal time.").of(Set::Connector);
    INTEGRATION_LATENCY = metric("integration_latency_ms", Histogram, "milliseconds",
        &["service", "endpoint", "status", "environment", "profile"],
        "Duration of requests, in nominal time.").of(Set::Integration);
    INTEGRATION_ERRORS = metric("integration_errors_total", Counter, "",
        &["service", "error_type", "environment", "profile"],
        "Requests that were throttled, answered with 5xx, or got no answer.").of(Set::Integration);
}

/// Upper bounds of the buckets of durations, in seconds: those that
/// OpenTelemetry sets for `http.client.request.duration`, and two more, since
/// timeouts of partners are long.
pub const DURATION_BUCKETS: [f64; 16] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0, 60.0];

/// The table as a page in Markdown: `docs/metrics.md`, which a test compares.
pub fn page() -> String {
    let mut page = String::from(
        "# Metrics\n\n\
         Generated by `probe explain metrics`. Each run writes `metrics.prom` into its folder, in the\n\
         Prometheus text format; `--metrics FILE` writes it to a fixed place too, whole or not at all,\n\
         and `probe report --metrics FILE` makes it again from a recorded run.\n\n\
         - A run is a batch: counters begin at 0 with each run and tell that run alone. Compare runs\n  \
         by their ratios; `rate()` over several runs is meaningless.\n\
         - Durations are nominal where the text says so: inserted waits that stand-ins scale down in\n  \
         class mock count in full. Outside of class mock nominal and measured are the same. The\n  \
         label `environment` stands on every sample, so that the two are never mixed.\n\
         - Samples carry no time stamps. What is not known is absent, never 0.\n\
         - Times and counts of a partner are those of attempts as they were sent.\n",
    );
    let mut set = None;
    for metric in METRICS {
        if set != Some(metric.set) {
            set = Some(metric.set);
            page.push_str(match metric.set {
                MetricSet::Probe => "\n## Always\n",
                MetricSet::Connector => {
                    "\n## With `--metric-aliases connector`\n\n\
                     Names that dashboards of connectors use already; `[metrics] aliases = [\"connector\"]` in\n\
                     probe.toml asks for them always. `webhook_validation_fail_total` is not among them: a run\n\
                     receives no webhooks. `promtool check metrics` warns of the unit in the name of one.\n"
                }
                MetricSet::Integration => {
                    "\n## With `--metric-aliases integration`\n\n\
                     As above, for dashboards of services. `circuit_breaker_state` is not among them: there\n\
                     is no breaker. `promtool check metrics` warns of the unit in the name of one.\n"
                }
            });
        }
        let unit =
            if metric.unit.is_empty() { String::new() } else { format!(" of {}", metric.unit) };
        let _ = write!(
            page,
            "\n### {}\n\n{}{unit}, by {}\n\n{}\n",
            metric.name,
            metric.kind.word(),
            metric.labels.join(", "),
            metric.help
        );
    }
    page.push_str("\n## Labels\n\n| label | meaning |\n|---|---|\n");
    for (label, meaning) in LABELS {
        let _ = writeln!(page, "| {label} | {meaning} |");
    }
    let bounds: Vec<String> = DURATION_BUCKETS.iter().map(ToString::to_string).collect();
    let _ = write!(page, "\nBuckets of durations, in seconds: {}.\n", bounds.join(", "));
    page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Names as Prometheus wants them: <https://prometheus.io/docs/practices/naming/>.
    #[test]
    fn names_units_and_kinds_agree() {
        let mut names = BTreeSet::new();
        for metric in METRICS {
            let name = metric.name;
            assert!(names.insert(name), "{name} stands twice");
            assert!(name.starts_with(metric.set.word()), "{name}");
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            );
            assert_eq!(name.ends_with("_total"), metric.kind == Counter, "{name}");
            let bare = name.strip_suffix("_total").unwrap_or(name);
            match metric.unit {
                "" => assert!(!bare.ends_with("_seconds") && !bare.ends_with("_ratio"), "{name}"),
                "milliseconds" => {
                    assert!(bare.contains("_ms") && metric.set != Set::Probe, "{name}");
                }
                unit => assert!(bare.ends_with(unit), "{name}"),
            }
            for ending in ["_count", "_sum", "_bucket"] {
                assert!(!name.ends_with(ending), "{name} looks like a part of a histogram");
            }
            assert!(metric.help.ends_with('.') && !metric.help.contains('\n'), "{name}");
        }
    }

    #[test]
    fn labels_are_a_closed_set_and_each_is_used() {
        let explained: BTreeSet<&str> = LABELS.iter().map(|(name, _)| *name).collect();
        let mut used = BTreeSet::new();
        for metric in METRICS {
            let own: BTreeSet<&str> = metric.labels.iter().copied().collect();
            assert_eq!(own.len(), metric.labels.len(), "{} has a label twice", metric.name);
            assert!(own.contains("environment") && own.contains("profile"), "{}", metric.name);
            assert!(!own.contains("le"), "histograms have it by themselves");
            used.extend(own);
        }
        assert_eq!(used, explained);
        assert_eq!(LABELS.len(), explained.len());
    }

    #[test]
    fn sets_stand_together_and_ours_first() {
        let mut order: Vec<_> = METRICS.iter().map(|metric| metric.set).collect();
        order.dedup();
        assert_eq!(order, [Set::Probe, Set::Connector, Set::Integration]);
        for set in Set::ALIASES {
            let word = format!("{:?}", set.word());
            assert_eq!(serde_json::from_str::<Set>(&word).expect("its word"), set);
        }
        assert!(serde_json::from_str::<Set>("\"probe\"").is_err(), "ours are always told");
    }

    #[test]
    fn buckets_rise() {
        assert!(DURATION_BUCKETS.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
