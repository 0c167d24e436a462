//! What was probably meant where a selection is empty.

use std::collections::BTreeSet;

use super::{feature, known::Texts, load, select::Filter};
use crate::{catalog::Workspace, evidence::nearest};

/// So many wrong words get a hint.
const HINTS: usize = 5;

/// For tags that no scenario has, and texts that no name holds, the nearest
/// that there is. Reads every feature file: for a selection that came to nothing.
pub fn hints(workspace: &Workspace, filter: &Filter) -> Vec<String> {
    let (mut tags, mut names) = (BTreeSet::new(), BTreeSet::new());
    for path in load::paths(&workspace.root).unwrap_or_default() {
        let Ok(source) = load::read(&workspace.root, &path) else { continue };
        for scenario in feature::parse(&source, &Texts::default(), false).unwrap_or_default() {
            tags.extend(scenario.tags.iter().cloned());
            names.insert(scenario.name);
        }
    }
    let of_tags = filter.tag_names().into_iter().filter(|tag| !tags.contains(tag)).map(|tag| {
        match nearest(&tag, tags.iter().map(String::as_str)) {
            Some(near) => format!("no scenario is tagged {tag}; did you mean {near}?"),
            None => format!("no scenario is tagged {tag}"),
        }
    });
    let lower: Vec<(String, &String)> = names.iter().map(|n| (n.to_lowercase(), n)).collect();
    let of_names = filter.names.iter().filter_map(|wanted| {
        let text = wanted.to_lowercase();
        let known = lower.iter().any(|(name, _)| name.contains(&text));
        (!known).then(|| match nearest_name(&text, &lower) {
            Some(near) => format!("no name holds `{wanted}`; did you mean `{near}`?"),
            None => format!("no name holds `{wanted}`"),
        })
    });
    of_tags.chain(of_names).take(HINTS).collect()
}

/// The name that has the words nearest to a text.
fn nearest_name<'n>(text: &str, names: &[(String, &'n String)]) -> Option<&'n String> {
    let length = text.split_whitespace().count().max(1);
    let mut parts: Vec<(String, &String)> = Vec::new();
    for (lower, name) in names {
        let words: Vec<&str> = lower.split_whitespace().collect();
        parts.push((lower.clone(), name));
        parts.extend(words.windows(length).map(|part| (part.join(" "), *name)));
    }
    let near = nearest(text, parts.iter().map(|(part, _)| part.as_str()))?;
    parts.iter().find(|(part, _)| part == near).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_some_of_its_words() {
        let names = ["An anvil is made".to_owned(), "A hammer is found".to_owned()];
        let lower: Vec<_> = names.iter().map(|name| (name.to_lowercase(), name)).collect();
        assert_eq!(nearest_name("anvli", &lower), Some(&names[0]));
        assert_eq!(nearest_name("hamer is", &lower), Some(&names[1]));
        assert_eq!(nearest_name("zzz", &lower), None);
    }
}
