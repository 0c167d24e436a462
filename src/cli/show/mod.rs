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
    catalog::{Catalog, Choice, Workspace},
    evidence::{Diagnostic, exit},
    run::{Request, Survey},
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
    let chosen = chosen(typed, &workspace, &catalog)?;
    let record = chosen.integration(&typed.id).map_err(|d| vec![d])?;
    let survey = Survey::of(&workspace, &catalog, Request::all_in_mock());
    complain(&unknown(&survey.problems), style);
    let page = survey.page(record, typed.env.as_deref());
    Ok(match typed.format {
        ShowFormat::Text => page::sheet(record, &page).text(),
        ShowFormat::Markdown => page::sheet(record, &page).markdown(),
        ShowFormat::Json => {
            serde_json::to_string_pretty(&page).expect("texts and numbers are JSON") + "\n"
        }
    })
}

/// The catalog as it stands in the environment and for the instance that were
/// chosen; by itself where neither was.
fn chosen(
    typed: &Show,
    workspace: &Workspace,
    catalog: &Catalog,
) -> Result<Catalog, Vec<Diagnostic>> {
    // What a variable says of other integrations is not for this one.
    let instances = typed.instance.iter().filter_map(|named| match named.split_once('=') {
        Some((id, _)) => (id == typed.id).then(|| named.clone()),
        None => Some(format!("{}={named}", typed.id)),
    });
    let instances: Vec<String> = instances.collect();
    let environment = match &typed.env {
        Some(name) => workspace.environment(name, catalog).map_err(|d| vec![d])?.0,
        None if instances.is_empty() => return Ok(catalog.clone()),
        None => "mock".to_owned(),
    };
    catalog.chosen(workspace, &environment, &Choice { instances, settings: Vec::new() })
}
