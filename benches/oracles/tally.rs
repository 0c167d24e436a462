//! Agreements and disagreements, each disagreement with its reason.

use std::fmt;

/// What came out of one tool's cases.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) tool: &'static str,
    pub(crate) agreed: usize,
    /// Cases that are not about the same question.
    pub(crate) excluded: Vec<(String, &'static str)>,
    /// Cases where we say something else, and why.
    pub(crate) disagreed: Vec<(String, &'static str)>,
    /// Cases where we say something else and nobody knows why.
    pub(crate) unexplained: Vec<(String, String)>,
}

impl Tally {
    pub(crate) fn compared(&self) -> usize {
        self.agreed + self.disagreed.len() + self.unexplained.len()
    }

    /// Nine in ten agree, and nothing is left unexplained.
    pub(crate) fn is_good(&self) -> bool {
        self.unexplained.is_empty() && self.agreed * 10 >= self.compared() * 9
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compared = self.compared();
        let share = 100.0 * self.agreed as f64 / compared.max(1) as f64;
        writeln!(
            f,
            "{}: {} of {compared} agree ({share:.1} %), {} excluded, {} disagree",
            self.tool,
            self.agreed,
            self.excluded.len(),
            compared - self.agreed
        )?;
        for (case, reason) in &self.excluded {
            writeln!(f, "  excluded   {case}: {reason}")?;
        }
        for (case, reason) in &self.disagreed {
            writeln!(f, "  disagreed  {case}: {reason}")?;
        }
        for (case, found) in &self.unexplained {
            writeln!(f, "  unexplained {case}: {found}")?;
        }
        Ok(())
    }
}
