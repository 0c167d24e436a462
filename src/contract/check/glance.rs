//! What the check says of one body, in a word: quick, without findings.

use serde_json::Value;

use super::walk;
use crate::{
    contract::{Contract, SchemaRef, schema::Breach},
    evidence::DriftClass,
};

/// The gravest that the check of an answer says of its body; `None` where the body keeps the
/// schema and holds nothing that nobody described. No place is looked up, so that hundreds of
/// thousands of bodies a second can be judged.
pub fn glance(contract: &Contract, schema: &SchemaRef, body: &mut Value) -> Option<DriftClass> {
    if contract.schemas.is_valid(schema, body) {
        let odd = walk::find(contract, schema, body, true);
        return (!odd.is_empty()).then_some(DriftClass::Additive);
    }
    if !contract.schemas.closes_objects() {
        return Some(DriftClass::Breaking);
    }
    // A closed object forbids what an open one leaves out; either way it is only new.
    let violations = contract.schemas.violations(schema, body);
    let only_new = violations.iter().all(|violation| violation.breach == Breach::Undeclared);
    Some(if only_new { DriftClass::Additive } else { DriftClass::Breaking })
}
