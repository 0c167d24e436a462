//! The sections of the page: which facts, in which words.

use std::collections::BTreeSet;

use super::written::Written;
use crate::{
    catalog::{Auth, Integration},
    cli::sheet::{Said, Section},
    contract::source::format_duration,
    evidence::SafetyClass,
    run::{ModeState, OperationSummary, Page, Repeat, ScenarioSummary},
};

pub(super) fn people(record: &Integration, about: Written<'_>) -> Section {
    let mut section = Section::new("Who is called");
    section.line("owner", Some(record.owner.clone()));
    section.line("responder", about.at("responder").text());
    section.fact("escalation", [about.at("escalation").steps()]);
    section.line("runbook", about.at("runbook").text());
    section.line("partner's support", about.at("support").text());
    section.line("customers", about.at("affects/customers").text());
    section.line("sites", about.at("affects/sites").text());
    section.line("critical flows", about.at("critical_flows").text());
    let needs = about.at("depends_on").each().flat_map(|each| {
        each.members().filter_map(|(kind, name)| {
            let name = name.text()?;
            Some(if kind == "integration" { name } else { format!("{name} ({kind})") })
        })
    });
    section.line("depends on", Some(needs.collect::<Vec<String>>().join(", ")));
    section.line("backlog", about.at("backlog").text());
    section
}

pub(super) fn trouble(page: &Page, about: Written<'_>) -> Section {
    let mut section = Section::new("How it breaks");
    for mode in &page.failure_modes {
        let notes = about.at("failure_modes").at(&mode.name);
        let state = match (mode.state, &mode.reason, &mode.until) {
            (ModeState::Excused, Some(reason), Some(until)) => {
                format!("{}; excused until {until}: {reason}", mode.meaning)
            }
            (state, ..) => format!("{}; {}", mode.meaning, state.word()),
        };
        let told = notes.named(&[
            ("detection", "seen by: "),
            ("impact", "impact: "),
            ("customers_see", "customers see: "),
        ]);
        let help = notes.named(&[("mitigation", "what helps: ")]);
        let said = [Said::Line(state)].into_iter().chain(told.into_iter().map(Said::Line));
        let said = said.chain([notes.at("triage").steps()]).chain(help.into_iter().map(Said::Line));
        section.fact(&mode.name, said);
    }
    for (code, what) in about.at("errors").members() {
        section.line(format!("error {code}"), what.text());
    }
    section
}

pub(super) fn reach(record: &Integration, written: Written<'_>) -> Section {
    let mut section = Section::new("How it is reached");
    for (name, environment) in &record.environments {
        let line = match (&environment.base_url, environment.class) {
            (_, SafetyClass::Mock) => "embedded stand-in".to_owned(),
            (Some(url), class) => format!("{url} (class {})", class.word()),
            (None, class) => format!("no address (class {})", class.word()),
        };
        let writes = (environment.class == SafetyClass::Live)
            .then_some(if environment.allow_writes { "writes allowed" } else { "no writes" });
        let mut said = vec![Said::Line(line)];
        said.extend(writes.map(|word| Said::Line(word.to_owned())));
        let notes = written.at("about/environments").at(name);
        let notes = notes.named(&[
            ("region", "region: "),
            ("network", "network: "),
            ("limitations", "limitations: "),
        ]);
        said.extend(notes.into_iter().map(Said::Line));
        section.fact(name, said);
    }
    section.line("instances", Some(record.instances.join(", ")));
    section.line("auth", Some(auth(&record.auth)));
    let secrets = record.auths().flat_map(|(auth, _)| auth.secrets());
    let secrets: BTreeSet<String> = secrets.map(ToString::to_string).collect();
    for name in secrets {
        let age = written.at("about/secrets").at(&name);
        let age = age.named(&[("rotate_every", "rotated every "), ("rotated", "last on ")]);
        let age = if age.is_empty() { "age not recorded".to_owned() } else { age.join(", ") };
        section.line(name, Some(age));
    }
    section
}

fn auth(auth: &Auth) -> String {
    match auth {
        Auth::None => "none".to_owned(),
        Auth::Bearer { secret } => format!("bearer, {secret}"),
        Auth::ScenarioToken => "bearer, with a token that the scenario got".to_owned(),
        Auth::Basic { user, password: Some(password) } => {
            format!("basic, user {user}, password {password}")
        }
        Auth::Basic { user, password: None } => format!("basic, user {user}, no password"),
        Auth::ApiKey { header, secret } => format!("API key in {header}, {secret}"),
    }
}

pub(super) fn conduct(record: &Integration, written: Written<'_>) -> Section {
    let mut section = Section::new("How we call it");
    let limits = &record.limits;
    let rate = written.at("limits/rate").text().unwrap_or_else(|| "no rate recorded".to_owned());
    let mut line = format!("{rate}; burst {}; {} at once", limits.burst, limits.concurrency);
    if limits.shared {
        line.push_str("; others use the same credential");
    }
    section.line("limits", Some(line));
    section.line("throttled by", written.at("limits/throttled_by").text());
    let by_default = if record.left_out.contains(&"timeout") { ", by default" } else { "" };
    section.line("timeout", Some(format!("{}{by_default}", format_duration(record.timeout))));
    let retry = written.at("retry");
    let mut retried = retry.named(&[("attempts", "attempts in all: "), ("on", "on ")]);
    let backoff = [("exponential", "first wait "), ("cap", "at most "), ("jitter", "jitter ")];
    retried.extend(retry.at("backoff").named(&backoff));
    let retried = if retried.is_empty() { "never".to_owned() } else { retried.join("; ") };
    section.line("repeated", Some(retried));
    section.line("breaker", written.at("about/breaker").text());
    section.line("caching", written.at("about/caching").text());
    for waiver in written.at("tolerate").each() {
        let words = waiver.named(&[("reason", ""), ("owner", "owner "), ("expires", "until ")]);
        let at = waiver.at("at").text().unwrap_or_default();
        section.fact("tolerated", [Said::Line(at), Said::Line(words.join("; "))]);
    }
    section
}

pub(super) fn promise(record: &Integration, page: &Page, about: Written<'_>) -> Section {
    let mut section = Section::new("What is promised");
    section.line("contract", Some(record.contract.current.clone()));
    section.line("previous", record.contract.previous.clone());
    match &page.contract {
        Some(contract) => section.line("document", Some(contract.file.clone())),
        None => section.line("document", Some("cannot be read; see `probe check`".to_owned())),
    }
    for operation in page.contract.iter().flat_map(|contract| &contract.operations) {
        let OperationSummary { name, method, path, .. } = operation;
        let notes = about.at("operations").at(name).named(&[
            ("priority", "priority "),
            ("rate", ""),
            ("compensation", "compensation: "),
            ("fallback", "meanwhile: "),
        ]);
        let mut conduct = vec![operation.effect.to_owned()];
        conduct.extend(operation.repeat.as_ref().map(repeat));
        if operation.repeat.is_none() {
            conduct.push("must not be repeated".to_owned());
        }
        conduct.extend(operation.undo.as_ref().map(|undo| format!("undone by {undo}")));
        let settings = record.settings(name);
        let timeout = settings.timeout;
        conduct.extend(timeout.map(|timeout| format!("timeout {}", format_duration(timeout))));
        conduct.extend(settings.auth.map(|own| format!("auth {}", auth(&own))));
        let called = operation.called == Some(false);
        conduct.extend(called.then(|| "called by no scenario".to_owned()));
        let said = [format!("{method} {path}"), conduct.join("; "), notes.join("; ")];
        section.fact(name, said.map(Said::Line));
    }
    section
}

fn repeat(repeat: &Repeat) -> String {
    match repeat {
        Repeat::Method => "may be repeated".to_owned(),
        Repeat::Header(name) => format!("repeated with its key in {name}"),
        Repeat::BuiltIn => "a second call does no harm".to_owned(),
        Repeat::Guard(operation) => format!("repeated only after {operation}"),
    }
}

pub(super) fn webhooks(about: Written<'_>) -> Section {
    let mut section = Section::new("What it sends us");
    let webhooks = about.at("webhooks");
    for (name, what) in webhooks.at("events").members() {
        section.line(name, what.text());
    }
    for key in ["signature", "replay", "delivery", "answer_within"] {
        section.line(key.replace('_', " "), webhooks.at(key).text());
    }
    section
}

pub(super) fn aims(about: Written<'_>) -> Section {
    let mut section = Section::new("What it is held to");
    for (name, value) in about.at("objectives").members() {
        section.line(name.replace('_', " "), value.text());
    }
    for (name, alert) in about.at("alerts").members() {
        let words = [("severity", ""), ("when", ""), ("for", "for "), ("to", "to ")];
        section.line(format!("alert {name}"), Some(alert.named(&words).join("; ")));
    }
    for (name, kpi) in about.at("kpis").members() {
        let words = [("meaning", ""), ("threshold", "not good "), ("source", "from ")];
        section.line(name, Some(kpi.named(&words).join("; ")));
    }
    for (name, place) in about.at("dashboards").members() {
        section.line(format!("dashboard {name}"), place.text());
    }
    section
}

/// By feature file, with the tags that all of a file have beside its name; the
/// rows of an outline count as one.
pub(super) fn scenarios(page: &Page) -> Section {
    let mut section = Section::new("What is tried");
    let all: Vec<&ScenarioSummary> = page.scenarios.iter().flatten().collect();
    for told in all.chunk_by(|a, b| a.file == b.file) {
        let shared = |tag: &&String| told.iter().all(|scenario| scenario.tags.contains(tag));
        let (first, mut items) = (told[0], Vec::new());
        for rows in told.chunk_by(|a, b| a.name == b.name && a.tags == b.tags) {
            let mut line = rows[0].name.clone();
            if rows.len() > 1 {
                line = format!("{line} ({} rows)", rows.len());
            }
            for tag in rows[0].tags.iter().filter(|tag| !shared(tag)) {
                line = format!("{line} {tag}");
            }
            items.push(line);
        }
        let mut label = first.file.clone();
        for tag in first.tags.iter().filter(shared) {
            label = format!("{label} {tag}");
        }
        section.fact(label, [Said::Items(items)]);
    }
    section
}

pub(super) fn future(page: &Page, about: Written<'_>) -> Section {
    let mut section = Section::new("What will change");
    let changes = about.at("planned_changes").each().map(|change| {
        // Sorts behind all dates.
        let on = change.at("on").text().unwrap_or_else(|| "some day".to_owned());
        (on, change.named(&[("what", ""), ("plan", "plan: ")]))
    });
    let deadlines = page.deadlines.iter();
    let deadlines = deadlines.map(|d| (d.date.clone(), vec![format!("{} ends", d.what)]));
    let mut all: Vec<(String, Vec<String>)> = changes.chain(deadlines).collect();
    all.sort();
    for (on, said) in all {
        section.fact(on, said.into_iter().map(Said::Line));
    }
    section.line("deprecation", about.at("deprecation").text());
    section
}

pub(super) fn data(about: Written<'_>) -> Section {
    let mut section = Section::new("Data");
    section.line("compliance", about.at("compliance").text());
    section.line("about persons", about.at("pii/data").text());
    let approved = about.at("pii/approved").named(&[("by", "by "), ("date", "on ")]);
    section.line("approved", Some(approved.join(" ")));
    section.line("protection", about.at("protection").text());
    section
}

pub(super) fn more(about: Written<'_>) -> Section {
    let mut section = Section::new("Good to know");
    section.fact("facts", [Said::Items(about.at("facts").items())]);
    section.fact("sandbox", [Said::Items(about.at("sandbox").items())]);
    for (name, place) in about.at("documents").members() {
        section.line(name, place.text());
    }
    section.line("reviewed", about.at("reviewed").text());
    let signed = about.at("sign_offs").each();
    let signed = signed.map(|each| each.named(&[("role", ""), ("date", "on ")]).join(" "));
    section.line("signed off by", Some(signed.collect::<Vec<_>>().join(", ")));
    section
}
