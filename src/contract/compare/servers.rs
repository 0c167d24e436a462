//! Where a contract is served: `servers` of `OpenAPI` and `AsyncAPI`.

use serde_json::Value;

use super::report::{Found, Report};
use crate::contract::Contract;

pub(super) fn compare(report: &mut Report<'_>) {
    let (old, new) = (addresses(report.old), addresses(report.new));
    if old.is_empty() || new.is_empty() {
        return;
    }
    let at = |address: &str| Found {
        message: String::new(),
        old_pointer: "/servers".to_owned(),
        new_pointer: "/servers".to_owned(),
        before: address.to_owned(),
        ..Found::default()
    };
    if !old.iter().any(|address| new.contains(address)) {
        report.add(Found {
            rule: "server.replaced",
            message: "none of the old addresses is left".to_owned(),
            after: new.join(", "),
            ..at(&old.join(", "))
        });
        return;
    }
    for address in old.iter().filter(|address| !new.contains(address)) {
        let message = format!("the address {address} is gone");
        report.add(Found {
            rule: "server.removed",
            message,
            after: "nothing".to_owned(),
            ..at(address)
        });
    }
    for address in new.iter().filter(|address| !old.contains(address)) {
        let message = format!("the address {address} is new");
        report.add(Found {
            rule: "server.added",
            message,
            after: address.clone(),
            ..at("nothing")
        });
    }
}

/// The addresses of a document, without a closing `/`.
fn addresses(contract: &Contract) -> Vec<String> {
    let servers: Vec<&Value> = match contract.document.get("servers") {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(Value::Object(members)) => members.values().collect(),
        _ => Vec::new(),
    };
    let said = |server: &Value, key: &str| {
        server.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    servers
        .into_iter()
        .map(|server| said(server, "url") + &said(server, "host") + &said(server, "pathname"))
        .map(|address| address.trim_end_matches('/').to_owned())
        .collect()
}
