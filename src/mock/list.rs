//! Lists of what the partner holds, in pages that lead on by `Link` (RFC 8288).

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{
    behavior::{Action, at},
    compile::Compiler,
    expressions::Scope,
    file::{TypedOperation, TypedPage},
    template::{Expr, Variables, below, plain},
};
use crate::contract::{Operation, ParameterPlace, codec::Arguments};

/// An operation that answers many objects, or how many there are.
#[derive(Debug)]
pub(super) struct List {
    pub(super) resource: usize,
    /// Way to the list or count in the answer's body.
    pub(super) into: Vec<String>,
    /// Way to the listed thing in an object; empty: the object itself.
    item: Vec<String>,
    /// Which ones are meant.
    filter: Option<Expr>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    /// How many there are.
    Count,
    /// All of them.
    Whole,
    /// Page by page.
    Pages(Page),
}

#[derive(Debug)]
struct Page {
    /// The query parameter that carries the cursor.
    cursor: String,
    /// The query parameter that carries the size.
    size: String,
    default: usize,
    most: usize,
}

/// What a list answers.
#[derive(Debug, PartialEq)]
pub(super) struct Listed {
    pub(super) value: Value,
    /// The `Link` field, where there is another page.
    pub(super) link: Option<String>,
}

/// Why there is no list.
#[derive(Debug, PartialEq)]
pub(super) enum NoList {
    /// The cursor is none that we gave.
    Cursor,
    /// The mock file cannot be followed.
    File(String),
}

impl List {
    /// The list for a request. `url` is what was called, without its query.
    pub(super) fn answer(
        &self,
        objects: Vec<Arc<Value>>,
        arguments: &Arguments,
        mut variables: Variables,
        number: u64,
        url: &str,
    ) -> Result<Listed, NoList> {
        let mut from = 0;
        let mut asked = query(arguments);
        if let Form::Pages(page) = &self.form
            && let Some(cursor) = asked.get(&page.cursor)
        {
            // What was asked for is in the cursor, since nothing may stand beside it.
            let (start, first) = read(&plain(cursor)).ok_or(NoList::Cursor)?;
            let size = asked.remove(&page.size);
            (from, asked) = (start, first);
            asked.extend(size.map(|size| (page.size.clone(), size)));
            variables.asked(&Value::Object(asked.clone()));
        }
        let items = self.items(objects, variables, number)?;
        Ok(match &self.form {
            Form::Count => Listed { value: Value::from(items.len()), link: None },
            Form::Whole => Listed { value: Value::Array(items), link: None },
            Form::Pages(page) => page.cut(items, from, asked, url),
        })
    }

    fn items(
        &self,
        objects: Vec<Arc<Value>>,
        mut variables: Variables,
        number: u64,
    ) -> Result<Vec<Value>, NoList> {
        let mut items = Vec::new();
        for object in objects {
            let Some(item) = at(&object, &self.item) else { continue };
            if let Some(filter) = &self.filter {
                variables.item(item);
                if !filter.holds(&variables.context(number)).map_err(NoList::File)? {
                    continue;
                }
            }
            items.push(item.clone());
        }
        Ok(items)
    }
}

impl Page {
    fn cut(
        &self,
        mut items: Vec<Value>,
        from: usize,
        asked: Map<String, Value>,
        url: &str,
    ) -> Listed {
        let size =
            asked.get(&self.size).and_then(Value::as_u64).map_or(self.default, |n| n as usize);
        let size = size.clamp(1, self.most);
        let mut first = asked;
        first.remove(&self.size);
        let link = |from: usize, rel: &str| {
            let cursor = write(from, &first);
            format!("<{url}?{}={size}&{}={cursor}>; rel=\"{rel}\"", self.size, self.cursor)
        };
        let mut links = Vec::new();
        if from > 0 && !items.is_empty() {
            links.push(link(from.saturating_sub(size), "previous"));
        }
        if from.saturating_add(size) < items.len() {
            links.push(link(from + size, "next"));
        }
        items = items.into_iter().skip(from).take(size).collect();
        Listed { value: Value::Array(items), link: (!links.is_empty()).then(|| links.join(", ")) }
    }
}

/// The query parameters of a request.
fn query(arguments: &Arguments) -> Map<String, Value> {
    let of_query = arguments.parameters.iter().filter(|(p, _, _)| *p == ParameterPlace::Query);
    of_query.map(|(_, name, value)| (name.clone(), value.clone())).collect()
}

/// A cursor: opaque to the caller, and nothing but letters, digits, `-` and `_`.
fn write(from: usize, asked: &Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(json!([from, asked]).to_string())
}

fn read(cursor: &str) -> Option<(usize, Map<String, Value>)> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

impl Compiler<'_> {
    /// What `lists` or `counts` means.
    pub(super) fn list(
        &mut self,
        typed: &TypedOperation,
        op: &Operation,
        resource: usize,
        at: &str,
    ) -> Action {
        let word = if typed.counts.is_some() { "counts" } else { "lists" };
        let into = typed.into.as_ref().map(|into| self.way(into, &below(at, "into")));
        let into = into.unwrap_or_else(|| {
            let problem = self
                .file
                .problem_at_key("it is not said where the list stands", &below(at, word))
                .help("add `into: $.orders` with the place in the answer's body");
            self.problems.push(problem);
            Vec::new()
        });
        let item = typed.item.as_ref().map(|item| self.way(item, &below(at, "item")));
        let scope = Scope { request: true, item: true, ..Scope::default() };
        let filter =
            typed.filter.as_ref().and_then(|text| self.expr(text, scope, &below(at, "where")));
        let form = match &typed.page {
            _ if typed.counts.is_some() => Form::Count,
            None => Form::Whole,
            Some(page) => Form::Pages(self.page(page, op, &below(at, "page"))),
        };
        Action::Lists(List { resource, into, item: item.unwrap_or_default(), filter, form })
    }

    /// Refuses keys of lists where the operation answers none.
    pub(super) fn lonely_list_keys(
        &mut self,
        typed: &TypedOperation,
        word: Option<&str>,
        at: &str,
    ) {
        for (key, there) in [
            ("into", typed.into.is_some()),
            ("item", typed.item.is_some()),
            ("where", typed.filter.is_some()),
        ] {
            if there && !matches!(word, Some("lists" | "counts")) {
                self.alone(key, "lists` or `counts", at);
            }
        }
        if typed.page.is_some() && word != Some("lists") {
            self.alone("page", "lists", at);
        }
    }

    fn page(&mut self, typed: &TypedPage, op: &Operation, at: &str) -> Page {
        for (key, name) in [("cursor", &typed.cursor), ("size", &typed.size)] {
            let mut known =
                op.parameters.iter().filter(|p| p.place == ParameterPlace::Query).map(|p| &p.name);
            if !known.any(|known| known == name) {
                let names = op.parameters.iter().filter(|p| p.place == ParameterPlace::Query);
                let title = format!("{} has no query parameter `{name}`", op.name);
                let problem = self.file.problem(title, &below(at, key));
                let names = names.map(|p| p.name.as_str());
                self.problems.push(super::file::known(problem, "query parameter", name, names));
            }
        }
        let default = typed.default.max(1) as usize;
        Page {
            cursor: typed.cursor.clone(),
            size: typed.size.clone(),
            default,
            most: typed.most.map_or(usize::MAX, |most| most.max(1) as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:1/orders.json";

    fn list(form: Form) -> List {
        let filter = Some(Expr::new("(query.status or 'open') in [item.status, 'any']").unwrap());
        let item = vec!["order".to_owned()];
        List { resource: 0, into: vec!["orders".to_owned()], item, filter, form }
    }

    fn pages() -> List {
        list(Form::Pages(Page {
            cursor: "page_info".to_owned(),
            size: "limit".to_owned(),
            default: 50,
            most: 2,
        }))
    }

    fn ask(list: &List, query: &[(&str, Value)]) -> Result<Listed, NoList> {
        let order = |id: u64| {
            let status = if id == 3 { "closed" } else { "open" };
            Arc::new(json!({"order": {"id": id, "status": status}}))
        };
        let mut objects: Vec<_> = (1..=6).map(order).collect();
        objects.push(Arc::new(json!({"other": 1})));
        let parameters = query
            .iter()
            .map(|(n, v)| (ParameterPlace::Query, (*n).to_owned(), v.clone()))
            .collect();
        let arguments = Arguments { parameters, body: None };
        let variables = Variables::new(1, &arguments);
        list.answer(objects, &arguments, variables, 1, URL)
    }

    fn ids(listed: &Listed) -> Vec<u64> {
        listed.value.as_array().unwrap().iter().map(|o| o["id"].as_u64().unwrap()).collect()
    }

    /// The cursor of a page's link of this relation.
    fn cursor(listed: &Listed, rel: &str) -> Value {
        let link = listed.link.as_deref().unwrap();
        let link = link.split(", ").find(|l| l.ends_with(&format!("rel=\"{rel}\""))).unwrap();
        let start = link.find("page_info=").unwrap() + 10;
        Value::from(&link[start..link.find('>').unwrap()])
    }

    #[test]
    fn every_page_leads_to_the_next_and_none_is_missing_or_twice() {
        let first = ask(&pages(), &[("status", json!("open"))]).unwrap();
        assert_eq!(ids(&first), [1, 2]);
        assert!(!first.link.as_deref().unwrap().contains("previous"));
        let start = format!("<{URL}?limit=2&page_info=");
        assert!(first.link.as_deref().unwrap().starts_with(&start), "{first:?}");
        let second = ask(&pages(), &[("page_info", cursor(&first, "next"))]).unwrap();
        assert_eq!(ids(&second), [4, 5], "what was asked for still holds");
        let third = ask(&pages(), &[("page_info", cursor(&second, "next"))]).unwrap();
        assert_eq!(ids(&third), [6]);
        assert!(!third.link.as_deref().unwrap().contains("next"));
        let back = ask(&pages(), &[("page_info", cursor(&third, "previous"))]).unwrap();
        assert_eq!(ids(&back), [4, 5]);
        let one = [("page_info", cursor(&first, "next")), ("limit", json!(1))];
        assert_eq!(ids(&ask(&pages(), &one).unwrap()), [4]);
        let any = ask(&pages(), &[("status", json!("any")), ("limit", json!(1000))]).unwrap();
        assert_eq!(ids(&any), [1, 2], "no page is larger than the most");
    }

    #[test]
    fn cursors_that_nobody_gave_are_refused() {
        for cursor in ["", "x", "e30", "!!", "WzEsMl0"] {
            let asked = ask(&pages(), &[("page_info", json!(cursor))]);
            assert_eq!(asked, Err(NoList::Cursor), "{cursor}");
        }
        let beyond = write(usize::MAX, &Map::new());
        assert_eq!(ids(&ask(&pages(), &[("page_info", json!(beyond))]).unwrap()), [0; 0]);
    }

    #[test]
    fn a_count_and_a_whole_list_know_no_pages() {
        let asked = [("status", json!("open")), ("page_info", json!("x"))];
        let count = Listed { value: json!(5), link: None };
        assert_eq!(ask(&list(Form::Count), &asked).unwrap(), count);
        assert_eq!(ids(&ask(&list(Form::Whole), &asked).unwrap()), [1, 2, 4, 5, 6]);
    }
}
