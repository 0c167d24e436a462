//! What we say of a scenario, why, and whom we mean: the law of the product as
//! one table, and how verdicts add up to an exit code.

use serde::{Deserialize, Serialize};

/// What is said of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything held.
    Passed,
    /// A promise or an expectation is shown to be broken.
    Failed,
    /// We could not find out.
    Errored,
    /// We know why we may not judge.
    Inconclusive,
    /// Not run, with the reason.
    Skipped,
}

impl Verdict {
    /// The word for people and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
        }
    }
}

/// The area in which a verdict has its reason; a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The contract was broken.
    Contract,
    /// An expectation did not hold.
    Assertion,
    /// Too slow.
    Latency,
    /// An unexpected 5xx.
    ServerError,
    /// Throttled.
    RateLimit,
    /// Credentials.
    Auth,
    /// Name resolution.
    Dns,
    /// No connection.
    Connect,
    /// Handshake or certificate.
    Tls,
    /// Silence.
    Timeout,
    /// Broken HTTP.
    Protocol,
    /// A proxy or firewall answered in the partner's place.
    Edge,
    /// A webhook, message or file did not come as promised.
    Delivery,
    /// An object that the scenario took for granted.
    TestData,
    /// A scenario that this one depends on.
    Dependency,
    /// Our settings.
    Config,
    /// This tool or this machine.
    Harness,
}

impl Blame {
    /// The label of reports and metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Assertion => "assertion",
            Self::Latency => "latency",
            Self::ServerError => "server_error",
            Self::RateLimit => "rate_limit",
            Self::Auth => "auth",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Edge => "edge",
            Self::Delivery => "delivery",
            Self::TestData => "test_data",
            Self::Dependency => "dependency",
            Self::Config => "config",
            Self::Harness => "harness",
        }
    }
}

/// Whom we mean. At three in the morning the first question is "theirs or ours?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The other side of the integration.
    Partner,
    /// Our connector, credentials, settings or quota.
    Us,
    /// The network between.
    Path,
    /// This tool or this machine.
    Probe,
    /// Not to be told from here.
    Unknown,
}

impl Party {
    /// The label of reports and metrics.
    pub fn label(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Us => "us",
            Self::Path => "path",
            Self::Probe => "probe",
            Self::Unknown => "unknown",
        }
    }
}

/// Verdict, blame and party together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Judgement {
    /// What we say.
    pub verdict: Verdict,
    /// Why; absent when passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blame: Option<Blame>,
    /// Whom we mean; absent when passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
}

impl Judgement {
    /// Nothing to complain about.
    pub const PASSED: Self = Self { verdict: Verdict::Passed, blame: None, party: None };

    const fn new(verdict: Verdict, blame: Blame, party: Party) -> Self {
        Self { verdict, blame: Some(blame), party: Some(party) }
    }

    /// `errored.auth.us` and the like: the `type` of a JUnit failure or error.
    pub fn dotted(self) -> String {
        match (self.blame, self.party) {
            (Some(blame), Some(party)) => {
                format!("{}.{}.{}", self.verdict.word(), blame.label(), party.label())
            }
            _ => self.verdict.word().to_owned(),
        }
    }
}

/// What was observed; each cause has one row in [`TABLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The answer breaks the contract (breaking drift).
    ContractBroken,
    /// Our request breaks the contract, not on purpose.
    RequestBroken,
    /// An expectation about the partner does not hold.
    PartnerExpectation,
    /// An expectation about our own conduct does not hold.
    OurExpectation,
    /// Slower than expected, while our own scheduling delay was small.
    TooSlow,
    /// Slower than expected, but probe itself was starved (over a tenth of the limit).
    TooSlowStarved,
    /// A 5xx that the scenario did not expect.
    ServerError,
    /// Throttled, though we stayed below the recorded limit.
    ThrottledWithinLimit,
    /// Throttled, and we exceeded the recorded limit, or others share the credential.
    ThrottledOverLimit,
    /// Our credentials are refused, missing or expired.
    CredentialsRefused,
    /// Our client certificate is missing, expired or refused.
    ClientCertificate,
    /// The partner refuses a token that it has just issued.
    FreshTokenRefused,
    /// The name does not resolve, and a control target answers.
    DnsPartner,
    /// Connection refused or reset, and a control target answers.
    ConnectPartner,
    /// Silence, and a control target answers.
    TimeoutPartner,
    /// The name does not resolve, and the control target is dead too.
    DnsPath,
    /// Connection refused or reset, and the control target is dead too.
    ConnectPath,
    /// Silence, and the control target is dead too.
    TimeoutPath,
    /// The name does not resolve, and no control target is configured.
    DnsUnknown,
    /// Connection refused or reset, and no control target is configured.
    ConnectUnknown,
    /// Silence, and no control target is configured.
    TimeoutUnknown,
    /// The server certificate is expired, for another host, or of an unknown issuer.
    ServerCertificate,
    /// Our clock is off by more than the auth scheme bears.
    ClockOff,
    /// Broken HTTP, a body cut, endless or too large, invalid UTF-8.
    BrokenHttp,
    /// A proxy or firewall answered in the partner's place.
    EdgeAnswered,
    /// An object that this run created is gone.
    OwnObjectGone,
    /// An object that the scenario took for granted is missing.
    TestDataMissing,
    /// Announced maintenance of the partner.
    Maintenance,
    /// A webhook, message or file is missing, doubled, late or badly signed.
    DeliveryBroken,
    /// A fault was armed and never fired.
    FaultNeverFired,
    /// The scenario ran out of its time in our own code.
    ScenarioTimedOut,
    /// Planned, but the run ended without a verdict (a signal, or a shard is missing).
    NoVerdict,
    /// Refused before sending: a write against a live environment, or a request that cannot be built.
    NotAllowed,
    /// A scenario that this one depends on did not pass (the party is that one's).
    DependencyFailed,
    /// Not run in this environment, with the reason.
    NotRunnable,
    /// Not run: an earlier scenario did not pass (--fail-fast).
    Interrupted,
}

/// One row of the law.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The cause that the code names.
    pub cause: Cause,
    /// The cause in words.
    pub observed: &'static str,
    /// What follows from it.
    pub judgement: Judgement,
}

const fn rule(
    cause: Cause,
    verdict: Verdict,
    blame: Blame,
    party: Party,
    observed: &'static str,
) -> Rule {
    Rule { cause, observed, judgement: Judgement::new(verdict, blame, party) }
}

/// The law, a row for each [`Cause`] in the order of its variants. `probe
/// explain verdicts` prints it.
#[rustfmt::skip]
pub const TABLE: &[Rule] = {
    use Blame as B;
    use Cause as C;
    use Party as P;
    use Verdict as V;
    &[
        rule(C::ContractBroken,       V::Failed,       B::Contract,    P::Partner, "the answer breaks the contract (breaking drift)"),
        rule(C::RequestBroken,        V::Errored,      B::Config,      P::Us,      "our request breaks the contract, not on purpose"),
        rule(C::PartnerExpectation,   V::Failed,       B::Assertion,   P::Partner, "an expectation about the partner does not hold"),
        rule(C::OurExpectation,       V::Failed,       B::Assertion,   P::Us,      "an expectation about our own conduct does not hold"),
        rule(C::TooSlow,              V::Failed,       B::Latency,     P::Partner, "slower than expected, while our own scheduling delay was small"),
        rule(C::TooSlowStarved,       V::Inconclusive, B::Harness,     P::Probe,   "slower than expected, but probe itself was starved (over a tenth of the limit)"),
        rule(C::ServerError,          V::Failed,       B::ServerError, P::Partner, "a 5xx that the scenario did not expect"),
        rule(C::ThrottledWithinLimit, V::Failed,       B::RateLimit,   P::Partner, "throttled, though we stayed below the recorded limit"),
        rule(C::ThrottledOverLimit,   V::Inconclusive, B::RateLimit,   P::Us,      "throttled, and we exceeded the recorded limit, or others share the credential"),
        rule(C::CredentialsRefused,   V::Errored,      B::Auth,        P::Us,      "our credentials are refused, missing or expired"),
        rule(C::ClientCertificate,    V::Errored,      B::Tls,         P::Us,      "our client certificate is missing, expired or refused"),
        rule(C::FreshTokenRefused,    V::Failed,       B::Auth,        P::Partner, "the partner refuses a token that it has just issued"),
        rule(C::DnsPartner,           V::Failed,       B::Dns,         P::Partner, "the name does not resolve, and a control target answers"),
        rule(C::ConnectPartner,       V::Failed,       B::Connect,     P::Partner, "connection refused or reset, and a control target answers"),
        rule(C::TimeoutPartner,       V::Failed,       B::Timeout,     P::Partner, "silence, and a control target answers"),
        rule(C::DnsPath,              V::Errored,      B::Dns,         P::Path,    "the name does not resolve, and the control target is dead too"),
        rule(C::ConnectPath,          V::Errored,      B::Connect,     P::Path,    "connection refused or reset, and the control target is dead too"),
        rule(C::TimeoutPath,          V::Errored,      B::Timeout,     P::Path,    "silence, and the control target is dead too"),
        rule(C::DnsUnknown,           V::Failed,       B::Dns,         P::Unknown, "the name does not resolve, and no control target is configured"),
        rule(C::ConnectUnknown,       V::Failed,       B::Connect,     P::Unknown, "connection refused or reset, and no control target is configured"),
        rule(C::TimeoutUnknown,       V::Failed,       B::Timeout,     P::Unknown, "silence, and no control target is configured"),
        rule(C::ServerCertificate,    V::Failed,       B::Tls,         P::Partner, "the server certificate is expired, for another host, or of an unknown issuer"),
        rule(C::ClockOff,             V::Errored,      B::Config,      P::Us,      "our clock is off by more than the auth scheme bears"),
        rule(C::BrokenHttp,           V::Failed,       B::Protocol,    P::Partner, "broken HTTP, a body cut, endless or too large, invalid UTF-8"),
        rule(C::EdgeAnswered,         V::Errored,      B::Edge,        P::Path,    "a proxy or firewall answered in the partner's place"),
        rule(C::OwnObjectGone,        V::Failed,       B::Assertion,   P::Partner, "an object that this run created is gone"),
        rule(C::TestDataMissing,      V::Errored,      B::TestData,    P::Unknown, "an object that the scenario took for granted is missing"),
        rule(C::Maintenance,          V::Inconclusive, B::ServerError, P::Partner, "announced maintenance of the partner"),
        rule(C::DeliveryBroken,       V::Failed,       B::Delivery,    P::Partner, "a webhook, message or file is missing, doubled, late or badly signed"),
        rule(C::FaultNeverFired,      V::Errored,      B::Harness,     P::Probe,   "a fault was armed and never fired"),
        rule(C::ScenarioTimedOut,     V::Errored,      B::Harness,     P::Probe,   "the scenario ran out of its time in our own code"),
        rule(C::NoVerdict,            V::Errored,      B::Harness,     P::Probe,   "planned, but the run ended without a verdict (a signal, or a shard is missing)"),
        rule(C::NotAllowed,           V::Errored,      B::Config,      P::Us,      "refused before sending: a write against a live environment, or a request that cannot be built"),
        rule(C::DependencyFailed,     V::Skipped,      B::Dependency,  P::Unknown, "a scenario that this one depends on did not pass (the party is that one's)"),
        rule(C::NotRunnable,          V::Skipped,      B::Config,      P::Us,      "not run in this environment, with the reason"),
        rule(C::Interrupted,          V::Skipped,      B::Harness,     P::Probe,   "not run: an earlier scenario did not pass (--fail-fast)"),
    ]
};

impl Cause {
    /// What the table says of this cause.
    pub fn judgement(self) -> Judgement {
        TABLE[self as usize].judgement
    }

    /// What to do about it, where the message itself does not say.
    #[rustfmt::skip]
    pub fn advice(self) -> &'static str {
        match self {
            Self::ContractBroken => "ask the partner whether this is meant; then correct the contract, or tolerate it in the record",
            Self::RequestBroken => "mend the scenario, or the contract where it asks for too much",
            Self::PartnerExpectation => "ask the partner whether this is meant, or mend the expectation",
            Self::OurExpectation => "look at the record: retry, limits, timeout and idempotency decide what we do",
            Self::TooSlow => "look at the phases in the report; compare with earlier runs",
            Self::TooSlowStarved => "run on a less loaded machine, or with a lower --concurrency",
            Self::ServerError => "look at the partner's status page; give their support the request id",
            Self::Maintenance => "run it again when the maintenance is over",
            Self::ThrottledWithinLimit => "ask the partner for the limit that holds; then correct `limits` in the record",
            Self::ThrottledOverLimit => "lower `limits` in the record, or run fewer scenarios at the same time",
            Self::FreshTokenRefused => "give the partner's support the request id: the token was issued in this very scenario",
            Self::CredentialsRefused => "check the value of the secret that the record's `auth` names, and its rights",
            Self::ClientCertificate => "check our client certificate and the CA certificates of this machine",
            Self::ServerCertificate => "show the partner the certificate that their server sends",
            Self::DnsPartner | Self::ConnectPartner | Self::TimeoutPartner => "look at the partner's status page; our own network is alive",
            Self::DnsPath | Self::ConnectPath | Self::TimeoutPath => "mend our own network first: the control target does not answer either",
            Self::DnsUnknown | Self::ConnectUnknown | Self::TimeoutUnknown => "name a control target in probe.toml, to tell the partner's trouble from the network's",
            Self::ClockOff => "set the clock of this machine",
            Self::BrokenHttp => "show the partner the answer in the report",
            Self::EdgeAnswered => "look at proxy, firewall and allow-list between us and the partner",
            Self::OwnObjectGone => "ask the partner why what was just made is gone",
            Self::TestDataMissing => "make the object in the partner's system, or name one that is there",
            Self::DeliveryBroken => "ask the partner for their delivery log",
            Self::FaultNeverFired => "call the operation that the fault is for, or drop the sentence that arms it",
            Self::ScenarioTimedOut => "raise --scenario-timeout, or cut the scenario in two",
            Self::NoVerdict => "run it again",
            Self::NotAllowed => "allow it where it is meant, or mend the request",
            Self::DependencyFailed => "mend the scenario that this one depends on",
            Self::NotRunnable => "run it in an environment that has what it needs",
            Self::Interrupted => "mend the scenario that did not pass, or run without --fail-fast",
        }
    }

    /// The cause in words.
    pub fn observed(self) -> &'static str {
        TABLE[self as usize].observed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_cause_in_order() {
        for (index, rule) in TABLE.iter().enumerate() {
            assert_eq!(rule.cause as usize, index, "{:?} stands in the wrong row", rule.cause);
            assert!(!rule.observed.is_empty());
            assert_ne!(rule.judgement.verdict, Verdict::Passed);
        }
        // The last variant closes the set: one more would have no row.
        assert_eq!(TABLE.len(), Cause::Interrupted as usize + 1);
    }
}
