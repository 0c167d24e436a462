//! JSON Pointers (RFC 6901).

use std::borrow::Cow;

/// The unescaped parts of a pointer. A leading `#` is dropped, as URI fragments have it.
pub(super) fn segments(pointer: &str) -> Vec<Cow<'_, str>> {
    let pointer = pointer.strip_prefix('#').unwrap_or(pointer);
    let Some(rest) = pointer.strip_prefix('/') else { return Vec::new() };
    rest.split('/').map(unescape).collect()
}

/// Adds a part to a pointer, escaped.
pub(super) fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for character in segment.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The pointer of a member (RFC 6901 section 3).
pub(crate) fn child(parent: &str, key: &str) -> String {
    let mut child = parent.to_owned();
    push(&mut child, key);
    child
}

/// A pointer without its last part, and that part as it stands there.
pub(super) fn split_last(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

/// One part without its escapes.
pub(super) fn unescape(segment: &str) -> Cow<'_, str> {
    if segment.contains('~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_escaped_and_unescaped() {
        let mut pointer = String::new();
        push(&mut pointer, "paths");
        push(&mut pointer, "/v1/~x");
        assert_eq!(pointer, "/paths/~1v1~1~0x");
        assert_eq!(segments(&pointer), ["paths", "/v1/~x"]);
        assert_eq!(segments("#/a"), ["a"]);
        assert!(segments("").is_empty());
        assert_eq!(segments("/"), [""]);
    }
}
