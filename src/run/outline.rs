//! What is wrong with a scenario outline: no row would run, or a parameter
//! would reach the partner as it is written.

use std::collections::HashSet;

use cucumber::gherkin::Scenario;

use super::scenario::whole_line;
use crate::{
    contract::source::Source,
    evidence::{Diagnostic, nearest},
};

/// Whether a scenario says that it is an outline.
pub(super) fn is_outline(scenario: &Scenario) -> bool {
    matches!(scenario.keyword.as_str(), "Scenario Outline" | "Scenario Template")
}

/// The message for an outline that has no examples.
pub(super) fn without_examples(source: &Source, line: u32) -> Diagnostic {
    Diagnostic::error("the outline has no examples")
        .at(whole_line(source, line), "")
        .expected("`Examples:` with a table below the steps")
        .actual("none")
        .help("add examples, or write `Scenario:` where nothing varies")
}

/// The message for examples that would run nothing.
pub(super) fn without_rows(source: &Source, line: u32) -> Diagnostic {
    Diagnostic::error("the examples have no rows, so nothing would run")
        .at(whole_line(source, line), "")
        .expected("a header, and a row for each scenario")
        .actual("no row")
        .help("add a row, or remove the examples")
}

/// Refuses two columns of one name.
pub(super) fn header(source: &Source, line: u32, header: &[String]) -> Result<(), Diagnostic> {
    let mut seen = HashSet::new();
    match header.iter().find(|name| !seen.insert(name.as_str())) {
        None => Ok(()),
        Some(name) => Err(Diagnostic::error(format!("two columns are called `{name}`"))
            .at(whole_line(source, line), "")
            .expected("a name of its own for each column")
            .help("rename one of them")),
    }
}

/// Refuses a parameter that is nearly a column's name. One that is like none is
/// left alone: it may be XML.
pub(super) fn parameters(
    source: &Source,
    scenario: &Scenario,
    header: &[String],
    line_of: &dyn Fn(usize) -> u32,
) -> Result<(), Diagnostic> {
    let name = std::iter::once((scenario.position.line, scenario.name.as_str()));
    let steps = scenario.steps.iter().flat_map(|step| {
        let cells = step.table.iter().flat_map(|table| table.rows.iter().flatten());
        let text = std::iter::once((step.position.line, step.value.as_str()));
        text.chain(cells.map(|cell| (step.position.line, cell.as_str())))
    });
    for (line, text) in name.chain(steps) {
        let Some((written, near)) = misspelt(text, header) else { continue };
        let line = line_of(line);
        let wanted = format!("<{written}>");
        // A cell stands somewhere below its sentence.
        let line = (line..line + 100).find(|at| source.line(*at).contains(&wanted)).unwrap_or(line);
        let column = source.line(line).find(&wanted).unwrap_or(0);
        let column = source.line(line)[..column].chars().count() as u32 + 1;
        let place = source.place_at(line, column, wanted.chars().count() as u32);
        return Err(Diagnostic::error(format!("the examples have no column `{written}`"))
            .at(place, "")
            .expected(format!("one of {}", header.join(", ")))
            .actual(written)
            .help(format!("did you mean <{near}>?")));
    }
    Ok(())
}

/// A parameter of a text that no column has, and the column that it is near to.
fn misspelt<'t>(text: &'t str, header: &'t [String]) -> Option<(&'t str, &'t str)> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let name = after.split_once('>').map(|(name, _)| name).filter(|name| name.len() > 2);
        if let Some(name) = name
            && !name.contains(['<', '/', '='])
            && !header.iter().any(|known| known == name)
            && let Some(near) = nearest(name, header.iter().map(String::as_str))
        {
            return Some((name, near));
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_no_misspelt_parameter() {
        let header = ["card".to_owned(), "reason".to_owned()];
        assert_eq!(misspelt("pay by <crad>", &header), Some(("crad", "card")));
        assert_eq!(misspelt("<card> <reason>", &header), None);
        assert_eq!(misspelt("<soap:Body><b>x</b></soap:Body> 1 < 2", &header), None);
    }
}
