//! All rules together.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Rule, bodies, messages, operations, schemas};

static TABLE: LazyLock<BTreeMap<&'static str, &'static Rule>> = LazyLock::new(|| {
    let parts = [operations::RULES, messages::RULES, bodies::RULES, schemas::RULES];
    parts.into_iter().flatten().map(|rule| (rule.id, rule)).collect()
});

/// All rules, by their ids.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    TABLE.values().copied()
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    TABLE.get(id).copied()
}
