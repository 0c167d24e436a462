//! JSON Pointers (RFC 6901) as text: joining, reading, and their form in a URI.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

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
    fn below_means_whole_segments() {
        assert!(is_below("/a/b", "/a"));
        assert!(is_below("/a", "/a"));
        assert!(is_below("/a", ""));
        assert!(!is_below("/ab", "/a"));
    }
}
