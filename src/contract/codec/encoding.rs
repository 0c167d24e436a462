//! How the members of a form travel, where the document says so (`encoding` of a media type).

use serde_json::{Map, Value};

use super::form;
use crate::contract::{
    Contract, MediaType, ParameterStyle,
    pointer::join,
    schema::follow,
    shape::{ShapeId, Types},
};

/// The `encoding` of a media type: `OpenAPI` 3.0 section 4.7.15, 3.1 section 4.8.15.
#[derive(Clone, Copy)]
pub(super) struct Encoding<'c> {
    contract: &'c Contract,
    members: Option<&'c Map<String, Value>>,
}

impl<'c> Encoding<'c> {
    pub(super) fn of(contract: &'c Contract, media: Option<&MediaType>) -> Self {
        let at = media.map(|media| join(&media.pointer, "encoding"));
        let members = at.and_then(|at| contract.document.pointer(&at)?.as_object());
        Self { contract, members }
    }

    fn said(&self, member: &str, key: &str) -> Option<&'c Value> {
        self.members?.get(member)?.get(key)
    }

    /// The members of which the document says something.
    pub(super) fn members(&self) -> impl Iterator<Item = &'c str> + use<'c> {
        self.members.into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// The style that the document names for a member. Without `style`, `explode` and
    /// `allowReserved` there is none, and `contentType` counts.
    pub(super) fn style(&self, member: &str) -> Option<ParameterStyle> {
        let (style, explode) = (self.said(member, "style"), self.said(member, "explode"));
        if style.or(explode).is_none() && !self.is_reserved(member) {
            return None;
        }
        let style = style.and_then(Value::as_str).unwrap_or("form");
        Some(ParameterStyle::named(style, explode.and_then(Value::as_bool)))
    }

    /// Whether reserved characters of a member's value stay as they are.
    pub(super) fn is_reserved(&self, member: &str) -> bool {
        self.said(member, "allowReserved") == Some(&Value::Bool(true))
    }

    /// The media type of a member's value, the first where there are several.
    pub(super) fn content_type(&self, member: &str) -> Option<&'c str> {
        let all = self.said(member, "contentType")?.as_str()?;
        let first = all.split(',').next().unwrap_or_default().trim();
        (!first.is_empty()).then_some(first)
    }

    /// Header fields of a member's part whose values the document gives.
    pub(super) fn headers(&self, member: &str) -> Vec<(&'c str, String)> {
        let headers = self.said(member, "headers").and_then(Value::as_object);
        let document = &*self.contract.document;
        let value = |header: &'c Value| {
            let header = follow(document, header);
            let schema = header.get("schema").map(|schema| follow(document, schema));
            let of_schema = |key: &str| schema.and_then(|schema| schema.get(key));
            let given = header.get("example").or(of_schema("const")).or(of_schema("default"))?;
            let text = form::plain(given);
            (!text.contains(['\r', '\n'])).then_some(text)
        };
        let headers = headers.into_iter().flatten();
        // What describes the part itself is ours to say.
        let own = |name: &str| {
            ["content-type", "content-disposition"].iter().any(|own| name.eq_ignore_ascii_case(own))
        };
        headers
            .filter(|(name, _)| !own(name) && !name.contains(['\r', '\n', ':']))
            .filter_map(|(name, header)| Some((name.as_str(), value(header)?)))
            .collect()
    }
}

/// The schemas of a member of a body, and of the items of an array.
pub(super) struct Member {
    pub(super) ids: Vec<ShapeId>,
    pub(super) items: Vec<ShapeId>,
    pub(super) types: Types,
}

impl Member {
    pub(super) fn of(contract: &Contract, root: Option<ShapeId>, name: &str) -> Self {
        let shapes = contract.schemas.shapes();
        let mut ids = Vec::new();
        if let Some(root) = root {
            shapes.members_into(&shapes.get(root).closure, name, &mut ids);
        }
        let types = shapes.any_types(&ids);
        let closure = shapes.closure_of(&ids);
        let items = closure.iter().filter_map(|id| shapes.get(*id).items).collect();
        Self { ids, items, types }
    }

    /// Whether its values are bytes: `format: binary` of 3.0, `contentMediaType` without
    /// `contentEncoding` of 3.1 (section 4.8.14.3).
    pub(super) fn is_binary(&self, contract: &Contract) -> bool {
        let shapes = contract.schemas.shapes();
        let all = shapes.closure_of(&self.ids).into_iter().chain(shapes.closure_of(&self.items));
        let is_bytes = |schema: &Value| {
            schema.get("format").and_then(Value::as_str) == Some("binary")
                || schema.get("contentMediaType").is_some()
                    && schema.get("contentEncoding").is_none()
        };
        all.into_iter()
            .filter_map(|id| contract.document.pointer(&shapes.get(id).pointer))
            .any(|schema| is_bytes(follow(&contract.document, schema)))
    }
}
