//! JSON Pointers (RFC 6901) as text: joining, reading, and their form in a URI.

use std::{borrow::Cow, fmt::Write as _};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

/// What must be escaped in a URI fragment (RFC 3986 section 3.5), and `%` itself.
const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A name as a segment of a pointer.
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The name that a segment of a pointer stands for.
pub(super) fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// The pointer of a member of what `pointer` leads to.
pub(super) fn join(pointer: &str, name: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + name.len() + 1);
    joined.push_str(pointer);
    joined.push('/');
    joined.push_str(&escape(name));
    joined
}

/// Lengthens a pointer by a number, and tells where to cut it again.
pub(super) fn push_index(pointer: &mut String, index: usize) -> usize {
    let length = pointer.len();
    // Writing to a string cannot fail.
    let _ = write!(pointer, "/{index}");
    length
}

/// What a pointer leads to. Nothing is allocated on the way but for an escaped name.
pub(super) fn find<'v>(mut value: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.is_empty() {
        return Some(value);
    }
    for segment in pointer.strip_prefix('/')?.split('/') {
        value = match value {
            Value::Object(object) => object.get(&*unescape(segment))?,
            // No sign and no leading zero (RFC 6901 section 4).
            Value::Array(list) if segment == "0" || !segment.starts_with(['0', '+']) => {
                list.get(segment.parse::<usize>().ok()?)?
            }
            _ => return None,
        };
    }
    Some(value)
}

/// The pointer of what holds `pointer`, and the last name; `None` for the root.
pub(super) fn split(pointer: &str) -> Option<(&str, Cow<'_, str>)> {
    pointer.rsplit_once('/').map(|(parent, segment)| (parent, unescape(segment)))
}

/// The pointer as a reference within the same document: `#/paths/~1v1...`.
pub(super) fn reference(pointer: &str) -> String {
    format!("#{}", utf8_percent_encode(pointer, FRAGMENT))
}

/// The pointer that a reference within the same document holds.
pub(super) fn of_reference(reference: &str) -> Option<Cow<'_, str>> {
    let fragment = reference.strip_prefix('#')?;
    percent_decode_str(fragment).decode_utf8().ok()
}

/// Whether `pointer` is `above` or stands below it.
pub(super) fn is_below(pointer: &str, above: &str) -> bool {
    pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_way_through_a_reference() {
        let pointer = join("/paths", "/v1/payment_intents/{intent}");
        assert_eq!(pointer, "/paths/~1v1~1payment_intents~1{intent}");
        let reference = reference(&pointer);
        assert_eq!(reference, "#/paths/~1v1~1payment_intents~1%7Bintent%7D");
        assert_eq!(of_reference(&reference).as_deref(), Some(pointer.as_str()));
        assert_eq!(split(&pointer), Some(("/paths", "/v1/payment_intents/{intent}".into())));
        assert_eq!(unescape(&escape("a~1/b")), "a~1/b");
    }

    #[test]
    fn a_pointer_leads_where_the_library_says() {
        let value = serde_json::json!({"a": [{"x/y": 1}, {"": {"m~n": 2}}], "0": 3});
        let known =
            ["", "/a", "/a/0/x~1y", "/a/1//m~0n", "/0", "/a/00", "/a/+1", "/a/2", "/b", "a"];
        for pointer in known {
            assert_eq!(find(&value, pointer), value.pointer(pointer), "{pointer}");
        }
        let mut pointer = "/a".to_owned();
        let length = push_index(&mut pointer, 0);
        assert_eq!(find(&value, &join(&pointer, "x/y")), Some(&1.into()));
        pointer.truncate(length);
        assert_eq!(pointer, "/a");
    }

    #[test]
    fn below_means_whole_segments() {
        assert!(is_below("/a/b", "/a"));
        assert!(is_below("/a", "/a"));
        assert!(is_below("/a", ""));
        assert!(!is_below("/ab", "/a"));
    }
}
