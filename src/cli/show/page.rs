//! The page of an integration, section by section.

use super::{facts, written::Written};
use crate::{catalog::Integration, cli::sheet::Sheet, run::Page};

/// The page of an integration. What the record does not say has no line.
pub(super) fn sheet(record: &Integration, page: &Page) -> Sheet {
    let written = Written(Some(&page.record));
    let about = written.at("about");
    let mut sheet = Sheet { title: record.id.clone(), ..Sheet::default() };
    sheet.lead.push(standing(record, about));
    let chosen = [
        page.environment.as_ref().map(|name| format!("in {name}")),
        page.instance.as_ref().map(|name| format!("for {name}")),
    ];
    let chosen: Vec<String> = chosen.into_iter().flatten().collect();
    if !chosen.is_empty() {
        sheet.lead.push(format!("As the record stands {}.", chosen.join(" ")));
    }
    sheet.lead.extend(about.at("purpose").text());
    for section in [
        facts::people(record, about),
        facts::trouble(page, about),
        facts::reach(record, written),
        facts::conduct(record, written),
        facts::promise(record, page, about),
        facts::webhooks(about),
        facts::aims(about),
        facts::scenarios(page),
        facts::future(page, about),
        facts::data(about),
        facts::more(about),
    ] {
        sheet.section(section);
    }
    sheet
}

/// Such as `ga; criticality high; sev 2; sink by rest; connector 1.4.0`.
fn standing(record: &Integration, about: Written<'_>) -> String {
    let mut parts = vec![record.status.word().to_owned()];
    if !record.left_out.contains(&"criticality") {
        parts.push(format!("criticality {}", record.criticality.word()));
    }
    parts.extend(about.named(&[
        ("sev", "sev "),
        ("direction", ""),
        ("kind", "by "),
        ("category", ""),
        ("vendor", ""),
        ("connector_version", "connector "),
        ("runtime", "in "),
        ("complexity", "complexity "),
    ]));
    parts.join("; ")
}
