//! The table by integration at the end of a run.

use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;

use super::story::Times;
use super::{Outcome, plain::one_line};
use crate::evidence::{Exchange, PlannedScenario, RunPlanned, Totals, Verdict};

const HEADER: [&str; 11] = [
    "integration",
    "scenarios",
    "passed",
    "failed",
    "errored",
    "inconclusive",
    "skipped",
    "flaky",
    "calls",
    "p50",
    "p95",
];

/// Counts by integration. A scenario over several counts in each of their rows,
/// and once in the sum.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    by_id: HashMap<String, usize>,
}

#[derive(Default)]
struct Row {
    id: String,
    totals: Totals,
    /// Nominal durations of its calls in milliseconds.
    calls: Vec<f32>,
}

impl Table {
    /// An empty table with the plan's integrations in the order of the plan.
    pub(super) fn new(plan: &RunPlanned) -> Self {
        let mut table = Self::default();
        for integration in &plan.integrations {
            table.row(&integration.id);
        }
        for scenario in &plan.scenarios {
            for id in scenario.integrations.iter() {
                table.row(id).totals.planned += 1;
            }
        }
        table
    }

    /// Notes a call.
    pub(super) fn call(&mut self, exchange: &Exchange) {
        self.row(&exchange.integration).calls.push(exchange.nominal_ms() as f32);
    }

    /// Counts a scenario.
    pub(super) fn count(&mut self, planned: &PlannedScenario, outcome: &Outcome) {
        for id in planned.integrations.iter() {
            let totals = &mut self.row(id).totals;
            totals.flaky += u32::from(outcome.is_flaky());
            *match outcome.last.judgement.verdict {
                Verdict::Passed => &mut totals.passed,
                Verdict::Failed => &mut totals.failed,
                Verdict::Errored => &mut totals.errored,
                Verdict::Inconclusive => &mut totals.inconclusive,
                Verdict::Skipped => &mut totals.skipped,
            } += 1;
        }
    }

    fn row(&mut self, id: &str) -> &mut Row {
        let index = self.by_id.get(id).copied().unwrap_or_else(|| {
            self.by_id.insert(id.to_owned(), self.rows.len());
            self.rows.push(Row { id: id.to_owned(), ..Row::default() });
            self.rows.len() - 1
        });
        &mut self.rows[index]
    }

    /// The lines of the table, header first, with the sum of the run last where
    /// there is more than one row.
    pub(super) fn lines(&mut self, sum: Totals, times: Times) -> Vec<String> {
        let mut cells = vec![HEADER.map(str::to_owned)];
        for row in &mut self.rows {
            cells.push(row_cells(&one_line(&row.id), row.totals, &mut row.calls, times));
        }
        if self.rows.len() > 1 {
            let mut all: Vec<f32> = self.rows.iter().flat_map(|row| &row.calls).copied().collect();
            cells.push(row_cells("all", sum, &mut all, times));
        }
        aligned(&cells)
    }
}

fn row_cells(id: &str, totals: Totals, calls: &mut [f32], times: Times) -> [String; 11] {
    calls.sort_unstable_by(f32::total_cmp);
    // Zeros are drawn faint, so that the eye finds what is not.
    let number = |n: u32| if n == 0 { "-".to_owned() } else { n.to_string() };
    let at = |share| percentile(calls, share).map_or("-".to_owned(), |ms| times.ms(ms));
    [
        id.to_owned(),
        number(totals.planned),
        number(totals.passed),
        number(totals.failed),
        number(totals.errored),
        number(totals.inconclusive),
        number(totals.skipped),
        number(totals.flaky),
        number(calls.len() as u32),
        at(0.50),
        at(0.95),
    ]
}

/// The smallest value that at least this share of the sorted values do not exceed.
pub(super) fn percentile(sorted: &[f32], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).map(|ms| f64::from(*ms))
}

/// First column to the left, the others to the right.
fn aligned(cells: &[[String; 11]]) -> Vec<String> {
    let width = |column: usize| cells.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: [usize; 11] = std::array::from_fn(width);
    let line = |row: &[String; 11]| {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if column == 0 {
                line.extend([cell, padding.as_str()]);
            } else {
                line.extend(["  ", padding.as_str(), cell]);
            }
        }
        line
    };
    cells.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[7.0], 0.95), Some(7.0));
        let values: Vec<f32> = (1_u8..=100).map(f32::from).collect();
        assert_eq!(percentile(&values, 0.50), Some(50.0));
        assert_eq!(percentile(&values, 0.95), Some(95.0));
    }

    #[test]
    fn columns_stand_under_each_other_also_with_wide_characters() {
        let row = |first: &str| -> [String; 11] {
            std::array::from_fn(|i| if i == 0 { first.to_owned() } else { "1".to_owned() })
        };
        let lines = aligned(&[HEADER.map(str::to_owned), row("決済.payments")]);
        assert_eq!(lines[0].width(), lines[1].width());
        assert!(lines[1].starts_with("決済.payments  "));
    }
}
