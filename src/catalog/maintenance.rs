//! Times in which a partner has announced to be away.

use schemars::JsonSchema;
use serde::Deserialize;
use time::OffsetDateTime;

use super::{Moment, Text};

/// An announced maintenance of the partner. What fails in it as an absent
/// partner fails is nobody's fault, and says nothing either.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
pub struct Maintenance {
    /// When it begins.
    pub from: Moment,
    /// When it is over; later than `from`.
    pub to: Moment,
    /// What was announced, and where: `database upgrade, status page of 3 December`.
    pub what: Text,
}

impl Maintenance {
    /// Whether this moment lies in it.
    pub fn holds(&self, at: OffsetDateTime) -> bool {
        self.from.time() <= at && at < self.to.time()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn it_holds_from_its_beginning_to_just_before_its_end() {
        let text =
            r#"{"from": "2026-12-03T02:00:00+01:00", "to": "2026-12-03T03:00:00Z", "what": "x"}"#;
        let maintenance: Maintenance = serde_json::from_str(text).unwrap();
        assert!(!maintenance.holds(datetime!(2026-12-03 00:59:59 UTC)));
        assert!(maintenance.holds(datetime!(2026-12-03 01:00:00 UTC)));
        assert!(maintenance.holds(datetime!(2026-12-03 02:59:59 UTC)));
        assert!(!maintenance.holds(datetime!(2026-12-03 03:00:00 UTC)));
    }
}
