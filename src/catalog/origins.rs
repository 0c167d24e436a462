//! Where each part of a record was written: its own file, `_defaults.yaml`, an
//! override, or an argument of the command line.

use std::{ops::Range, sync::Arc};

use serde_json::Value;

use crate::{
    contract::source::{Part, Source, member_pointer},
    evidence::Place,
};

/// The texts that a record was put together from.
#[derive(Clone, Debug)]
pub struct Origins {
    /// The record's own file, relative to the workspace.
    pub path: String,
    /// The weakest first.
    layers: Vec<Layer>,
    /// Which of them is the record's own file.
    own: usize,
}

/// One text's share of a record.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    text: Text,
    /// JSON Pointer in the record at which the value is laid.
    at: String,
    value: Arc<Value>,
}

#[derive(Clone, Debug)]
enum Text {
    /// The value stands at this JSON Pointer of a document.
    Document { source: Arc<Source>, base: String },
    /// The value stands in an argument.
    Argument { source: Arc<Source>, segments: Vec<Range<usize>>, value: Range<usize> },
}

impl Layer {
    /// A value that stands at `base` of a document and is laid over the whole record.
    pub(super) fn of_document(source: &Arc<Source>, base: String, value: Value) -> Self {
        let text = Text::Document { source: Arc::clone(source), base };
        Self { text, at: String::new(), value: Arc::new(value) }
    }

    /// A value from an argument such as `stripe.payments.limits.rate=…`: the names
    /// that lead to it with their ranges, and the range of the value.
    pub(super) fn of_argument(
        source: &Arc<Source>,
        segments: &[(String, Range<usize>)],
        (value, range): (Value, Range<usize>),
    ) -> Self {
        let at = segments.iter().fold(String::new(), |at, (name, _)| member_pointer(&at, name));
        let segments = segments.iter().map(|(_, range)| range.clone()).collect();
        let text = Text::Argument { source: Arc::clone(source), segments, value: range };
        Self { text, at, value: Arc::new(value) }
    }

    /// What stands at `pointer` of this layer's value as a layer of its own, laid at `at`.
    pub(super) fn section(&self, pointer: &str, at: &str) -> Option<Self> {
        let value = self.value.pointer(pointer).filter(|value| value.is_object())?;
        let Text::Document { source, base } = &self.text else { return None };
        let text = Text::Document { source: Arc::clone(source), base: format!("{base}{pointer}") };
        Some(Self { text, at: at.to_owned(), value: Arc::new(value.clone()) })
    }

    /// Where in the record its value is laid.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    pub(super) fn is_argument(&self) -> bool {
        matches!(self.text, Text::Argument { .. })
    }

    pub(super) fn value(&self) -> &Value {
        &self.value
    }

    /// The value below the keys that lead to it.
    pub(super) fn tree(&self) -> Value {
        let mut tree = Value::clone(&self.value);
        for name in self.at.rsplit('/').filter(|name| !name.is_empty()) {
            let name = name.replace("~1", "/").replace("~0", "~");
            tree = Value::Object([(name, tree)].into_iter().collect());
        }
        tree
    }

    /// The place of a JSON Pointer of the record, in this text.
    pub(super) fn place(&self, pointer: &str, part: Part) -> Option<Place> {
        match &self.text {
            Text::Document { source, base } => {
                let below = pointer.strip_prefix(&self.at).unwrap_or_default();
                let place = source.locate(&format!("{base}{below}"), part);
                // An empty file has no value to point at.
                place.or_else(|| Some(source.place(0..0)))
            }
            Text::Argument { source, segments, value } => {
                let depth = pointer.matches('/').count();
                let key = depth.checked_sub(1).and_then(|index| segments.get(index));
                let range = match key {
                    Some(key) if part == Part::Key || depth < segments.len() => key,
                    _ => value,
                };
                Some(source.place(range.clone()))
            }
        }
    }

    /// Whether the text says something at this JSON Pointer of the record.
    fn says(&self, pointer: &str) -> bool {
        match pointer.strip_prefix(&self.at) {
            Some(below) => self.value.pointer(below).is_some(),
            None => false,
        }
    }

    /// Whether its value is laid somewhere below this JSON Pointer.
    fn reaches(&self, pointer: &str) -> bool {
        self.at.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Origins {
    /// These layers, the weakest first; `own` is the record's own file.
    pub(super) fn new(source: &Source, layers: Vec<Layer>, own: usize) -> Self {
        Self { path: source.path.clone(), layers, own }
    }

    /// What each text says.
    pub(super) fn texts(&self) -> Vec<Value> {
        self.layers.iter().map(Layer::tree).collect()
    }

    /// The place of a JSON Pointer: in the strongest text that says something
    /// there. Where none does, the key of its deepest part that one does, and at
    /// last the record's own file.
    pub fn locate(&self, pointer: &str, part: Part) -> Option<Place> {
        let (mut at, mut part) = (pointer, part);
        while let Some((above, _)) = at.rsplit_once('/') {
            let strongest = self.layers.iter().rev();
            let found = strongest.clone().find(|layer| layer.says(at));
            if let Some(layer) = found.or_else(|| strongest.clone().find(|l| l.reaches(at))) {
                return layer.place(at, part);
            }
            (at, part) = (above, Part::Key);
        }
        self.layers.get(self.own)?.place(pointer, part)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(path: &str, text: &str) -> Layer {
        let source = Arc::new(Source::new(path, text));
        let value = source.parse().expect("it is right");
        Layer::of_document(&source, String::new(), value)
    }

    fn place(origins: &Origins, pointer: &str, part: Part) -> (String, u32, u32) {
        let place = origins.locate(pointer, part).expect("a place");
        (place.file, place.line, place.column)
    }

    fn at(file: &str, line: u32, column: u32) -> (String, u32, u32) {
        (file.to_owned(), line, column)
    }

    #[test]
    fn a_place_is_in_the_strongest_text_that_says_something_there() {
        let weak = document("d.yaml", "limits: {rate: 1, burst: 2}\nretry: {on: [a, b]}\n");
        let own = document("r.yaml", "x: 1\nlimits: {rate: 3}\nover: {limits: {rate: 4}}\n");
        let over = own.section("/over", "").expect("it is there");
        let argument = Arc::new(Source::new("--set", "a.limits.shared=yes"));
        let segments = [("limits".to_owned(), 2..8), ("shared".to_owned(), 9..15)];
        let set = Layer::of_argument(&argument, &segments, (json!("yes"), 16..19));
        assert_eq!(set.tree(), json!({"limits": {"shared": "yes"}}));
        let own_source = Source::new("r.yaml", "");
        let origins = Origins::new(&own_source, vec![weak, own, over, set], 1);

        assert_eq!(place(&origins, "/limits/burst", Part::Value), at("d.yaml", 1, 26));
        assert_eq!(place(&origins, "/limits/rate", Part::Key), at("r.yaml", 3, 17));
        assert_eq!(place(&origins, "/limits/shared", Part::Value), at("--set", 1, 17));
        assert_eq!(place(&origins, "/limits/shared", Part::Key), at("--set", 1, 10));
        assert_eq!(place(&origins, "/limits", Part::Key), at("r.yaml", 3, 8));
        assert_eq!(place(&origins, "/retry/on/1", Part::Value), at("d.yaml", 2, 17));
        assert_eq!(place(&origins, "/retry/attempts", Part::Value), at("d.yaml", 2, 1));
        assert_eq!(place(&origins, "/owner", Part::Value), at("r.yaml", 1, 1));
        assert_eq!(place(&origins, "", Part::Key), at("r.yaml", 1, 1));
    }

    #[test]
    fn an_argument_alone_is_found_by_the_names_that_lead_to_it() {
        let argument = Arc::new(Source::new("--set", "a.limits.rat=5"));
        let segments = [("limits".to_owned(), 2..8), ("rat".to_owned(), 9..12)];
        let set = Layer::of_argument(&argument, &segments, (json!(5), 13..14));
        let origins =
            Origins::new(&Source::new("r.yaml", ""), vec![document("r.yaml", "x: 1"), set], 0);
        assert_eq!(place(&origins, "/limits", Part::Value), at("--set", 1, 3));
        assert_eq!(place(&origins, "/limits/rat", Part::Key), at("--set", 1, 10));
    }
}
