//! How a run was narrowed, ordered and is judged: what its first event says of
//! it beyond the scenarios themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exit::{FailOn, Policy};

/// How a run was asked for; what is not said is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSettings {
    /// Which part of the selection it is; `None`: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// In which order scenarios start.
    #[serde(default, skip_serializing_if = "is_as_always")]
    pub order: Order,
    /// What makes the exit code other than 0.
    #[serde(default, skip_serializing_if = "FailOn::is_default")]
    pub fail_on: FailOn,
    /// Options that were given and shape results, as words of a command line:
    /// who runs a scenario again needs them too. Never a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl RunSettings {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// How verdicts add up to the exit code.
    pub fn policy(&self) -> Policy {
        let nothing_is_fine = self.shard.is_some_and(|shard| shard.to_run > 0);
        Policy { fail_on: self.fail_on.clone(), nothing_is_fine }
    }
}

/// A part of a selection that several machines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u32,
    /// How many parts there are.
    pub of: u32,
    /// Scenarios of the whole selection.
    pub selected: u32,
    /// Those of the whole selection that are not skipped where it runs.
    pub to_run: u32,
}

/// In which order scenarios start. They end as they do, and reports keep the
/// order of the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As the files have them.
    #[default]
    Defined,
    /// By chance, drawn from the seed.
    Random,
    /// First what did not pass in the last run.
    FailedFirst,
    /// By scenario id.
    Id,
}

impl Order {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Defined, Self::Random, Self::FailedFirst, Self::Id];

    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Defined => "defined",
            Self::Random => "random",
            Self::FailedFirst => "failed-first",
            Self::Id => "id",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_as_always(order: &Order) -> bool {
    *order == Order::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_takes_no_room() {
        let settings = RunSettings::default();
        assert_eq!(serde_json::to_string(&settings).expect("plain data"), "{}");
        assert_eq!(serde_json::from_str::<RunSettings>("{}").expect("plain data"), settings);
    }

    #[test]
    fn words_are_those_of_the_files() {
        for order in Order::ALL {
            assert_eq!(serde_json::to_value(order).expect("plain data"), order.word());
        }
    }
}
