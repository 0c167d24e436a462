//! What becomes of arguments on the wire: a form or a query string keeps no types, so that a case
//! is only what the reader of the request makes of it.

use crate::contract::{
    Contract, Kind, Operation, Parameter,
    codec::{Arguments, decode_request, encode, find},
};

/// The arguments as whoever reads the request gets them; `None` where they make no request of
/// this operation.
pub(super) fn travelled(
    contract: &Contract,
    operation: &Operation,
    arguments: &Arguments,
) -> Option<Arguments> {
    if operation.kind != Kind::Http {
        return Some(arguments.clone());
    }
    let encoded = encode(contract, operation, arguments).ok()?;
    let (path, query) =
        encoded.path_and_query.split_once('?').unwrap_or((&encoded.path_and_query, ""));
    let matched = find(contract, &operation.method, path).ok()?;
    if matched.operation.pointer != operation.pointer {
        return None;
    }
    decode_request(contract, &matched, query, &encoded.headers, &encoded.body).ok()
}

/// Whether arguments keep the operation's schemas, and all are there that must be.
pub(super) fn keeps_its_way(
    contract: &Contract,
    operation: &Operation,
    arguments: &Arguments,
) -> bool {
    let parameter =
        |parameter: &Parameter| match arguments.parameter(parameter.place, &parameter.name) {
            Some(value) => contract.schemas.is_valid(&parameter.schema, value),
            None => !parameter.required,
        };
    let body = match (&operation.request_body, &arguments.body) {
        (Some(described), Some(value)) => described
            .content
            .first()
            .and_then(|media| media.schema.as_ref())
            .is_none_or(|schema| contract.schemas.is_valid(schema, value)),
        (Some(described), None) => !described.required,
        (None, _) => true,
    };
    body && operation.parameters.iter().all(parameter)
}
