//! The small workspace that `probe init` writes: one integration, and what
//! stands around it.

use super::{Made, SETTINGS};
use crate::cli::options::SchemaKind;

/// The example's own name.
pub(super) const ID: &str = "acme.orders";

/// The folder of JSON Schemas.
pub(super) const SCHEMAS: &str = ".probe/schemas";

/// The file in which git is told what is output.
pub(super) const IGNORE: &str = ".gitignore";

/// The example under this id: record, contract, features, stand-in.
pub(super) fn integration(id: &str) -> Made {
    let contract = contract(id);
    let secret = secret(id);
    let named = |text: &str| {
        let text = text.replace("acme/orders/v1", &contract);
        text.replace("ACME_ORDERS_KEY", &secret)
    };
    let feature = include_str!("template/orders.feature");
    let files = [
        (format!("catalog/{id}.yaml"), named(include_str!("template/record.yaml"))),
        (
            format!("contracts/{contract}/openapi.yaml"),
            include_str!("template/openapi.yaml").into(),
        ),
        (format!("features/{id}/orders.feature"), feature.to_owned()),
        (format!("mocks/{id}.yaml"), include_str!("template/mock.yaml").to_owned()),
    ];
    Made {
        files: files.into(),
        id: id.to_owned(),
        secrets: vec![secret],
        scenarios: feature.matches("Scenario: ").count(),
        ..Made::default()
    }
}

/// Adds what a workspace has beside its integrations.
pub(super) fn around(made: &mut Made) {
    let settings = include_str!("template/probe.toml");
    made.files.insert(0, (SETTINGS.to_owned(), settings.to_owned()));
    made.polite = vec![
        ("README.md".to_owned(), include_str!("template/README.md").to_owned()),
        (IGNORE.to_owned(), include_str!("template/gitignore").to_owned()),
    ];
}

/// Adds the schemas that the files' first lines lead an editor to.
pub(super) fn for_editors(made: &mut Made) {
    let schemas = SchemaKind::ALL.map(|kind| (format!("{SCHEMAS}/{}", kind.file()), kind.text()));
    made.polite.extend(schemas);
}

/// The id of an integration's first contract: `acme.orders` has `acme/orders/v1`.
pub(super) fn contract(id: &str) -> String {
    let (domain, name) = id.split_once('.').unwrap_or((id, id));
    format!("{domain}/{}/v1", name.replace('.', "-"))
}

/// The variable for an integration's secret: `ACME_ORDERS_KEY`.
pub(super) fn secret(id: &str) -> String {
    let name: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = name.to_ascii_uppercase();
    // A variable begins with a letter.
    let before = if name.starts_with(|c: char| c.is_ascii_digit()) { "PARTNER_" } else { "" };
    format!("{before}{name}_KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_the_id() {
        assert_eq!(contract("acme.orders"), "acme/orders/v1");
        assert_eq!(contract("acme.orders.eu"), "acme/orders-eu/v1");
        assert_eq!(contract("weather"), "weather/weather/v1");
        assert_eq!(secret("acme.orders-eu"), "ACME_ORDERS_EU_KEY");
        assert_eq!(secret("3pl.labels"), "PARTNER_3PL_LABELS_KEY");
    }

    #[test]
    fn the_example_bears_the_name_that_was_asked_for() {
        let made = integration("shop.carts");
        let texts: Vec<&str> =
            made.files.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()]).collect();
        let texts = texts.join("\n");
        assert!(!texts.contains("acme"), "{texts}");
        assert!(texts.contains("contract: {current: shop/carts/v1,"), "{texts}");
        assert!(texts.contains("secret: env:SHOP_CARTS_KEY}"), "{texts}");
        assert_eq!(made.scenarios, 3);
    }
}
