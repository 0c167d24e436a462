//! What a sentence holds, taken out of it piece by piece.

use std::time::Duration;

use crate::{
    contract::source::parse_duration,
    evidence::Diagnostic,
    steps::{
        compile::{Scope, StepText},
        jsonpath::BodyPath,
        matcher::Matcher,
        partner::OperationRef,
        pattern::Captured,
        sentence::Compiled,
    },
};

/// Makes the action or expectation of a sentence.
pub(crate) type Builder = fn(&Arguments<'_, '_>, &mut Scope<'_>) -> Result<Compiled, Diagnostic>;

/// What a sentence holds.
pub(crate) struct Arguments<'a, 't> {
    pub(in crate::steps) step: &'a StepText<'t>,
    pub(in crate::steps) captures: &'a [Option<Captured<'a>>],
    /// Where the matched text begins in the step's text.
    pub(in crate::steps) start: usize,
}

impl<'a> Arguments<'a, '_> {
    pub(super) fn optional(&self, index: usize) -> Option<&'a str> {
        self.captures.get(index).copied().flatten().map(|c| c.text)
    }

    pub(super) fn text(&self, index: usize) -> &'a str {
        self.optional(index).unwrap_or_default()
    }

    /// Puts the parameter's place into a message that has none.
    pub(super) fn at(&self, index: usize, diagnostic: Diagnostic) -> Diagnostic {
        match self.captures.get(index).copied().flatten() {
            Some(c) if diagnostic.marks.is_empty() => {
                diagnostic.at(self.step.place(self.start + c.start, self.start + c.end), "")
            }
            _ => diagnostic,
        }
    }

    pub(super) fn operation(
        &self,
        index: usize,
        scope: &mut Scope<'_>,
    ) -> Result<OperationRef, Diagnostic> {
        scope.operation(self.text(index)).map_err(|d| self.at(index, d))
    }

    /// The calls that a fault is for: how many (`None`: every one), and of which operation.
    pub(super) fn calls(
        &self,
        index: usize,
        scope: &mut Scope<'_>,
    ) -> Result<(Option<u32>, Option<OperationRef>), Diagnostic> {
        let text = self.text(index);
        let (which, operation) = match text.split_once(" of ") {
            Some((which, operation)) => (which, Some(operation)),
            None => (text, None),
        };
        // The expression admits six digits at most, or none: one call.
        let count = |calls: &str| calls.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(1);
        let left = which.strip_prefix("the next ").map(count);
        if left == Some(0) {
            let diagnostic = Diagnostic::error("a fault for no call")
                .expected("one call at least, or every call")
                .actual(which);
            return Err(self.at(index, diagnostic));
        }
        let operation = operation.map(|name| {
            scope.operation(name).map_err(|diagnostic| {
                let end = self.captures.get(index).copied().flatten().map_or(0, |c| c.end);
                let place = self.step.place(self.start + end - name.len(), self.start + end);
                if diagnostic.marks.is_empty() { diagnostic.at(place, "") } else { diagnostic }
            })
        });
        Ok((left, operation.transpose()?))
    }

    pub(super) fn path(&self, index: usize) -> Result<BodyPath, Diagnostic> {
        BodyPath::parse(self.text(index)).map_err(|d| self.at(index, d))
    }

    pub(super) fn matcher(&self, index: usize, scope: &Scope<'_>) -> Result<Matcher, Diagnostic> {
        Matcher::parse(self.text(index), &scope.names).map_err(|d| self.at(index, d))
    }

    pub(super) fn duration(&self, index: usize) -> Result<Duration, Diagnostic> {
        parse_duration(self.text(index)).ok_or_else(|| {
            let diagnostic = Diagnostic::error("not a duration")
                .expected("a number and a unit: 800 ms, 2 s, 5 minutes")
                .actual(self.text(index));
            self.at(index, diagnostic)
        })
    }

    pub(super) fn count(&self, index: usize) -> u32 {
        // The expression admits six digits at most.
        self.text(index).parse().unwrap_or(1)
    }

    /// The status of a parameter, which the expression keeps within 100 to 599.
    pub(super) fn code(&self, index: usize) -> u16 {
        self.text(index).parse().unwrap_or(500)
    }

    /// The name of a header field, lower case.
    pub(super) fn header_name(&self, index: usize) -> String {
        self.text(index).trim_matches('"').to_lowercase()
    }
}
