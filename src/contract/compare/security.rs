//! Who is let in.

use std::collections::BTreeSet;

use super::report::{Found, Report};
use crate::contract::{Operation, SecurityRequirement};

/// The ways into an operation: each way of the old version has to suffice in the new one.
pub(super) fn compare(report: &mut Report<'_>, old: &Operation, new: &Operation) {
    let (ways, others) = (ways(old), ways(new));
    let lost: Vec<_> = ways.iter().filter(|way| !suffices(way, &others)).collect();
    let gained: Vec<_> = others.iter().filter(|way| !suffices(way, &ways)).collect();
    for (rule, changed, message) in [
        ("security.demanded", &lost, "no longer lets anybody in"),
        ("security.eased", &gained, "lets in now"),
    ] {
        let Some(way) = changed.first() else { continue };
        report.add(Found {
            rule,
            message: format!("{} {message}", words(way)),
            old_pointer: old.pointer.clone(),
            new_pointer: new.pointer.clone(),
            before: all(&ways),
            after: all(&others),
            ..Found::default()
        });
    }
}

type Way<'o> = &'o [SecurityRequirement];

/// The ways in; one that demands nothing where nothing is demanded.
fn ways(operation: &Operation) -> Vec<Way<'_>> {
    if operation.security.is_empty() {
        vec![&[]]
    } else {
        operation.security.iter().map(Vec::as_slice).collect()
    }
}

/// Whether whoever meets `way` meets one of the others too.
fn suffices(way: &Way<'_>, others: &[Way<'_>]) -> bool {
    let met = |wanted: &SecurityRequirement| {
        way.iter().any(|has| {
            has.scheme == wanted.scheme && wanted.scopes.iter().all(|s| has.scopes.contains(s))
        })
    };
    others.iter().any(|other| other.iter().all(met))
}

fn words(way: &Way<'_>) -> String {
    if way.is_empty() {
        return "nothing".to_owned();
    }
    let one = |requirement: &SecurityRequirement| match requirement.scopes.as_slice() {
        [] => format!("`{}`", requirement.scheme),
        scopes => format!("`{}` with {}", requirement.scheme, scopes.join(", ")),
    };
    way.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn all(ways: &[Way<'_>]) -> String {
    ways.iter().map(words).collect::<Vec<_>>().join(", or ")
}

/// Schemes that operations of both versions demand by the same name, and that are not the same.
pub(super) fn schemes(report: &mut Report<'_>) {
    let (old, new) = (report.old, report.new);
    let demanded: BTreeSet<&str> = old
        .operations
        .iter()
        .flat_map(|operation| operation.security.iter().flatten())
        .map(|requirement| requirement.scheme.as_str())
        .collect();
    for was in old.security_schemes.iter().filter(|s| demanded.contains(s.name.as_str())) {
        let Some(is) = new.security_schemes.iter().find(|is| is.name == was.name) else { continue };
        if is.means != was.means {
            report.add(Found {
                rule: "security.scheme-changed",
                message: format!("the scheme `{}` is another one", was.name),
                old_pointer: was.pointer.clone(),
                new_pointer: is.pointer.clone(),
                before: was.means.clone(),
                after: is.means.clone(),
                ..Found::default()
            });
        }
    }
}
