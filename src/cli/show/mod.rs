//! `probe show`: one integration on one page, in the order in which a person
//! who is called at night needs it.

mod facts;
mod page;
mod written;

use super::{
    exit::config,
    list::unknown,
    meant,
    options::{Show, ShowFormat},
    output::{Style, complain, print},
};
use crate::{
    catalog::Catalog,
    evidence::{Diagnostic, exit},
    run::Survey,
};

/// Prints the page of an integration.
pub(super) fn show(typed: &Show) -> u8 {
    let style = Style::of(typed.common.color);
    match text(typed, style) {
        Ok(text) => print(&text, exit::PASSED),
        Err(problems) => config(&problems, style),
    }
}

fn text(typed: &Show, style: Style) -> Result<String, Vec<Diagnostic>> {
    let workspace = meant::workspace(&typed.common)?;
    let catalog = Catalog::load(&workspace)?;
    catalog.integration(&typed.id).map_err(|d| vec![d])?;
    let survey = Survey::of(&workspace, &catalog, meant::check_request());
    complain(&unknown(&survey.problems), style);
    let (record, page) = survey.page(&typed.id).map_err(|d| vec![d])?;
    Ok(match typed.format {
        ShowFormat::Text => page::sheet(record, &page).text(),
        ShowFormat::Markdown => page::sheet(record, &page).markdown(),
        ShowFormat::Json => {
            serde_json::to_string_pretty(&page).expect("texts and numbers are JSON") + "\n"
        }
    })
}
