//! Comparisons of small schemas with exact differences.

mod exact;
mod laws;
mod proofs;
mod random;

use serde_json::Value;

use super::{Comparison, Containment, Difference, Usage};

fn diff(old: &Value, new: &Value) -> Vec<Difference> {
    Comparison::new(old, new, Usage::Response).compare("", "")
}

/// A line for each difference, such as `type-changed "/a": a string -> an integer; fails, fails`:
/// whether new messages are right by the old schema, and whether old ones are by the new schema.
fn lines(old: &Value, new: &Value) -> Vec<String> {
    diff(old, new).iter().map(line).collect()
}

fn line(difference: &Difference) -> String {
    let word = |containment: &Containment| match containment {
        Containment::Holds => "holds",
        Containment::Undeclared => "undeclared",
        Containment::Fails => "fails",
        Containment::Unknown(_) => "unknown",
    };
    format!(
        "{} {:?}: {} -> {}; {}, {}",
        difference.change.word(),
        difference.instance,
        difference.old,
        difference.new,
        word(&difference.new_in_old),
        word(&difference.old_in_new)
    )
}
