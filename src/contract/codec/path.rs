//! From a request's method and path to its operation.

use crate::contract::{Contract, Kind, Operation};

/// Operations that a message names.
const CLOSEST: usize = 3;

/// A request found to belong to an operation.
#[derive(Debug)]
pub struct Matched<'c> {
    /// The operation.
    pub operation: &'c Operation,
    /// Path parameters, decoded.
    pub path: Vec<(String, String)>,
}

/// Finds the operation of a request: method and path (without query) against the templates,
/// literal segments winning over parameters. Err: one line that names the
/// closest operations and which part did not match.
pub fn find<'c>(contract: &'c Contract, method: &str, path: &str) -> Result<Matched<'c>, String> {
    for index in contract.routes.candidates(path) {
        let operation = &contract.operations[*index];
        if operation.method != method || operation.kind != Kind::Http {
            continue;
        }
        if let Some(path) = contract.routes.template(*index).matches(path) {
            return Ok(Matched { operation, path });
        }
    }
    Err(no_match(contract, method, path))
}

fn no_match(contract: &Contract, method: &str, path: &str) -> String {
    let other_methods: Vec<&Operation> = contract
        .routes
        .candidates(path)
        .iter()
        .filter(|index| contract.routes.template(**index).matches(path).is_some())
        .map(|index| &contract.operations[*index])
        .filter(|operation| operation.kind == Kind::Http)
        .collect();
    let path = crate::contract::schema::clip(path, 200);
    if !other_methods.is_empty() {
        let known: Vec<String> =
            other_methods.iter().map(|o| format!("{} ({})", o.method, o.name)).collect();
        return format!("no operation {method} {path}: this path knows {}", known.join(", "));
    }
    let mut ranked: Vec<(usize, Option<String>, &Operation)> = contract
        .operations
        .iter()
        .enumerate()
        .filter(|(_, operation)| operation.kind == Kind::Http)
        .map(|(index, operation)| {
            let (fits, differs) = contract.routes.template(index).first_difference(&path);
            (fits, differs, operation)
        })
        .collect();
    ranked
        .sort_by_key(|(fits, _, operation)| (std::cmp::Reverse(*fits), operation.method != method));
    let closest: Vec<String> = ranked
        .iter()
        .take(CLOSEST)
        .map(|(_, differs, o)| {
            let why = match differs {
                Some(segment) => format!("`{segment}` does not fit"),
                None => "a segment is missing".to_owned(),
            };
            format!("{} {} ({why})", o.method, o.path)
        })
        .collect();
    format!("no operation {method} {path}; the closest are {}", closest.join(", "))
}
