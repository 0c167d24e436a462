//! Reads a record's tree as it was written, for people: `90 days` stays
//! `90 days`. The tree has passed the strict decoder, so its shapes are known;
//! what is not there is not shown.

use serde_json::Value;

use crate::cli::sheet::Said;

/// A part of a record.
#[derive(Clone, Copy)]
pub(super) struct Written<'v>(pub(super) Option<&'v Value>);

impl<'v> Written<'v> {
    /// What stands at a member, through a path such as `about/pii`.
    pub(super) fn at(self, path: &str) -> Self {
        Self(path.split('/').try_fold(self.0, |value, key| Some(value?.get(key))).flatten())
    }

    /// A scalar as it was written; a list or mapping in one line.
    pub(super) fn text(self) -> Option<String> {
        self.0.and_then(inline)
    }

    /// The items of a list, each in one line.
    pub(super) fn items(self) -> Vec<String> {
        let items = self.0.and_then(Value::as_array);
        items.into_iter().flatten().filter_map(inline).collect()
    }

    /// The parts of a list.
    pub(super) fn each(self) -> impl Iterator<Item = Written<'v>> {
        self.0.and_then(Value::as_array).into_iter().flatten().map(|item| Written(Some(item)))
    }

    /// The members of a mapping, in the order of the file.
    pub(super) fn members(self) -> impl Iterator<Item = (&'v str, Written<'v>)> {
        let members = self.0.and_then(Value::as_object).into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), Written(Some(value))))
    }

    /// The named members as one line each, with their names: `region: eu-west-1`.
    pub(super) fn named(self, names: &[(&str, &str)]) -> Vec<String> {
        let said = names.iter().filter_map(|(key, name)| Some((name, self.at(key).text()?)));
        said.map(|(name, text)| format!("{name}{text}")).collect()
    }

    /// A list as steps.
    pub(super) fn steps(self) -> Said {
        Said::Steps(self.items())
    }
}

/// A value in one line: `a, b` for a list, `a: 1; b: 2` for a mapping.
fn inline(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(inline).collect();
            // Sentences stand beside each other; words are listed.
            let sentences = items.iter().any(|item| item.ends_with('.'));
            let glue = if sentences { " " } else { ", " };
            return (!items.is_empty()).then(|| items.join(glue));
        }
        Value::Object(members) => {
            let said = members.iter().filter_map(|(key, value)| Some((key, inline(value)?)));
            let members: Vec<String> =
                said.map(|(key, text)| format!("{}: {text}", key.replace('_', " "))).collect();
            return (!members.is_empty()).then(|| members.join("; "));
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_written_is_said_in_one_line() {
        let tree = json!({
            "about": {"pii": {"data": ["names", 3], "approved": null}, "none": []},
            "retry": {"on": ["5xx"], "attempts": 3, "backoff": {"exponential": "1 s"}, "x": true}
        });
        let written = Written(Some(&tree));
        let text = |path| written.at(path).text();
        assert_eq!(text("about/pii/data").as_deref(), Some("names, 3"));
        assert_eq!(text("about/pii/approved"), None);
        assert_eq!(text("about/none"), None);
        assert_eq!(text("about/nothing/below"), None);
        let retry = "on: 5xx; attempts: 3; backoff: exponential: 1 s; x: yes";
        assert_eq!(text("retry").as_deref(), Some(retry));
        let named = written.at("retry").named(&[("attempts", "times "), ("cap", "at most ")]);
        assert_eq!(named, ["times 3"]);
        let keys: Vec<&str> = written.members().map(|(key, _)| key).collect();
        assert_eq!(keys, ["about", "retry"]);
    }
}
