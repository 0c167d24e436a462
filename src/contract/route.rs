//! Path templates: `/v1/payment_intents/{intent}` against the path of a request.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// A path template, split into segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// Literal text and parameter names as they follow each other: `{id}.json`, `{a}:{b}`.
    Parts(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl Template {
    /// Splits a template; a brace without its partner is plain text.
    pub(super) fn new(template: &str) -> Self {
        Self(template.split('/').skip(1).map(Segment::new).collect())
    }

    /// The parameter values, decoded, where `path` (without query) fits.
    pub(super) fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        if path.split('/').skip(1).count() != self.0.len() {
            return None;
        }
        self.bind(path.split('/').skip(1))
    }

    /// As [`Template::matches`], for a path that may have a base path before it.
    pub(super) fn matches_end(&self, path: &str) -> Option<Vec<(String, String)>> {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let base = segments.len().checked_sub(self.0.len())?;
        self.bind(segments[base..].iter().copied())
    }

    fn bind<'p>(&self, path: impl Iterator<Item = &'p str>) -> Option<Vec<(String, String)>> {
        let mut bound = Vec::new();
        for (segment, text) in self.0.iter().zip(path) {
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Literal(literal) => {
                    if percent_decode_str(text).ne(literal.bytes()) {
                        return None;
                    }
                }
                Segment::Parts(parts) => bind_parts(parts, text, &mut bound)?,
            }
        }
        Some(bound)
    }

    /// How many segments from the left fit, with the first that does not: for messages.
    pub(super) fn first_difference(&self, path: &str) -> (usize, Option<String>) {
        let mut texts = path.split('/').skip(1);
        for (index, segment) in self.0.iter().enumerate() {
            let Some(text) = texts.next() else { return (index, None) };
            let fits = match segment {
                Segment::Literal(literal) => literal == text,
                Segment::Parts(parts) => bind_parts(parts, text, &mut Vec::new()).is_some(),
            };
            if !fits {
                return (index, Some(text.to_owned()));
            }
        }
        (self.0.len(), texts.next().map(str::to_owned))
    }

    /// Literal segments go before parameters, from the left.
    fn rank(&self) -> Vec<bool> {
        self.0.iter().map(|segment| matches!(segment, Segment::Parts(_))).collect()
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = rest.split_once('{').and_then(|(before, tail)| {
            tail.split_once('}').map(|(name, after)| (before, name, after))
        }) {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Name(name.to_owned()));
            rest = after;
        }
        if parts.is_empty() {
            return Self::Literal(text.to_owned());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Self::Parts(parts)
    }
}

fn bind_parts(parts: &[Part], text: &str, bound: &mut Vec<(String, String)>) -> Option<()> {
    let mut rest = text;
    for (index, part) in parts.iter().enumerate() {
        match part {
            Part::Text(literal) => rest = rest.strip_prefix(literal.as_str())?,
            Part::Name(name) => {
                let end = match parts.get(index + 1) {
                    Some(Part::Text(next)) if index + 2 == parts.len() => {
                        rest.len().checked_sub(next.len())?
                    }
                    Some(Part::Text(next)) => rest.find(next.as_str())?,
                    Some(Part::Name(_)) => rest.chars().next()?.len_utf8(),
                    None => rest.len(),
                };
                let value = rest.get(..end).filter(|value| !value.is_empty())?;
                let decoded = percent_decode_str(value).decode_utf8_lossy().into_owned();
                bound.push((name.clone(), decoded));
                rest = &rest[end..];
            }
        }
    }
    rest.is_empty().then_some(())
}

/// All templates of a contract, to find one of many quickly.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// By number of segments; the numbers are those of the operations, the most literal first.
    by_length: HashMap<usize, Vec<usize>>,
    templates: Vec<Template>,
}

impl Routes {
    /// Takes the templates in the order of the operations.
    pub(super) fn new<'t>(templates: impl Iterator<Item = &'t str>) -> Self {
        let templates: Vec<Template> = templates.map(Template::new).collect();
        let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, template) in templates.iter().enumerate() {
            by_length.entry(template.0.len()).or_default().push(index);
        }
        for same in by_length.values_mut() {
            same.sort_by_key(|index| templates[*index].rank());
        }
        Self { by_length, templates }
    }

    /// The template of an operation, by its number.
    pub(super) fn template(&self, index: usize) -> &Template {
        &self.templates[index]
    }

    /// Numbers of the operations whose template has as many segments, the most literal first.
    pub(super) fn candidates(&self, path: &str) -> &[usize] {
        let length = path.split('/').skip(1).count();
        self.by_length.get(&length).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(template: &str, path: &str) -> Option<Vec<(String, String)>> {
        Template::new(template).matches(path)
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn parameters_are_bound_and_decoded() {
        assert_eq!(bind("/v1/pi/{id}", "/v1/pi/a%2Fb"), Some(pairs(&[("id", "a/b")])));
        assert_eq!(bind("/v1/pi/{id}/capture", "/v1/pi/x/capture"), Some(pairs(&[("id", "x")])));
        assert_eq!(bind("/v1/pi/{id}", "/v1/pi/"), None);
        assert_eq!(bind("/v1/pi/{id}", "/v1/pi/x/y"), None);
        assert_eq!(bind("/{file}.json", "/a.b.json"), Some(pairs(&[("file", "a.b")])));
        assert_eq!(bind("/{a}:{b}", "/x:y"), Some(pairs(&[("a", "x"), ("b", "y")])));
        assert_eq!(bind("/a b", "/a%20b"), Some(pairs(&[])));
    }

    #[test]
    fn a_base_path_may_stand_before() {
        let template = Template::new("/orders/{id}");
        assert_eq!(template.matches_end("/api/v2/orders/7"), Some(pairs(&[("id", "7")])));
        assert_eq!(template.matches_end("/orders"), None);
    }
}
