//! JSON Pointer to place, by one scan of the text; one file for each notation.

mod json;
mod toml;
mod yaml;

use std::{borrow::Cow, ops::Range};

use super::Format;

/// Where a pointer, or its deepest part that exists, stands in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The key, without what follows it; items of a list and the root have none.
    pub(super) key: Option<Range<usize>>,
    /// The value. Where it spans lines, at least its first line.
    pub(super) value: Range<usize>,
    /// How many parts of the pointer exist.
    pub(super) depth: usize,
}

/// Finds a pointer. `None` where the text is not a document of that format.
pub(super) fn locate(format: Format, text: &str, pointer: &[Cow<'_, str>]) -> Option<Spot> {
    match format {
        Format::Json => json::locate(text, pointer),
        Format::Yaml => yaml::locate(text, pointer),
        Format::Toml => toml::locate(text, pointer),
        Format::Text => None,
    }
}

#[cfg(test)]
mod tests;
