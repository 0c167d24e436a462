//! Parameters: where each travels, and how.

use serde_json::Value;

use super::reader::{Reader, Spot};
use crate::contract::{
    Parameter, ParameterPlace, ParameterStyle, SchemaRef, pointer::join, source::Part,
};

impl<'d> Reader<'d> {
    pub(super) fn parameters(&mut self, holder: &Spot<'d>) -> Vec<Parameter> {
        let Some(Value::Array(list)) = holder.value.get("parameters") else { return Vec::new() };
        let base = join(&holder.pointer, "parameters");
        let mut parameters = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            if let Some(spot) = self.follow(value, &format!("{base}/{index}")) {
                parameters.extend(self.parameter(&spot));
            }
        }
        parameters
    }

    fn parameter(&mut self, spot: &Spot<'d>) -> Option<Parameter> {
        let at = (spot.pointer.as_str(), Part::Value);
        let Some(name) = spot.text("name") else {
            let rule = "OpenAPI 3.1 section 4.8.12.2";
            self.problem(at, "the parameter has no name", "add `name`", rule);
            return None;
        };
        let place = match spot.text("in") {
            Some("path") => ParameterPlace::Path,
            Some("query") => ParameterPlace::Query,
            Some("header") => ParameterPlace::Header,
            Some("cookie") if !self.is_swagger => ParameterPlace::Cookie,
            // Parts of the body, see `swagger.rs`.
            Some("body" | "formData") if self.is_swagger => return None,
            _ => {
                let title = format!("the parameter `{name}` does not say where it travels");
                let help = "add `in: path`, `in: query`, `in: header` or `in: cookie`";
                self.problem(at, title, help, "OpenAPI 3.1 section 4.8.12.2");
                return None;
            }
        };
        // These three are described elsewhere (OpenAPI 3.1 section 4.8.12.2).
        let elsewhere = ["accept", "content-type", "authorization"];
        if place == ParameterPlace::Header && elsewhere.contains(&&*name.to_ascii_lowercase()) {
            return None;
        }
        let schema = self.schema_of(spot, &format!("parameter `{name}`"))?;
        Some(Parameter {
            name: name.to_owned(),
            place,
            required: place == ParameterPlace::Path || spot.is_true("required"),
            schema,
            style: style(spot, place),
            pointer: spot.pointer.clone(),
            example: self.example(spot),
        })
    }

    /// The schema of a parameter or header: its own, or that of its only media type.
    pub(super) fn schema_of(&mut self, spot: &Spot<'d>, what: &str) -> Option<SchemaRef> {
        if spot.value.contains_key("schema") {
            return Some(self.schema_ref(join(&spot.pointer, "schema")));
        }
        if let Some((_, media)) =
            self.members(&spot.pointer, Some(spot.value), "content").into_iter().next()
            && media.value.contains_key("schema")
        {
            return Some(self.schema_ref(join(&media.pointer, "schema")));
        }
        let title = format!("the {what} has no schema");
        let help = "add a `schema` that says its type";
        let rule = "OpenAPI 3.1 section 4.8.12.2: `schema` or `content`, one of them";
        self.problem((&spot.pointer, Part::Value), title, help, rule);
        None
    }
}

/// How a value of several parts travels (`OpenAPI` 3.1 section 4.8.12.3).
pub(super) fn style(spot: &Spot<'_>, place: ParameterPlace) -> ParameterStyle {
    use ParameterStyle as Style;
    if let Some(Value::Object(content)) = spot.value.get("content") {
        let is_json =
            content.keys().next().is_some_and(|name| crate::contract::model::is_json(name));
        return if is_json { Style::Json } else { Style::Commas };
    }
    let is_query = matches!(place, ParameterPlace::Query | ParameterPlace::Cookie);
    let default = if is_query { "form" } else { "simple" };
    let style = spot.text("style").unwrap_or(default);
    Style::named(style, spot.value.get("explode").and_then(Value::as_bool))
}
