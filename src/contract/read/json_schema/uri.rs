//! References and bases (RFC 3986 section 5), as far as names of schemas need them.

/// A reference without its fragment, and the fragment.
pub(super) fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Whether it begins with a scheme.
pub(super) fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// A reference (without fragment) as seen from a base. A base without a scheme is a path.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if is_absolute(reference) {
        return reference.to_owned();
    }
    let (root, path) = authority(base);
    if let Some(rest) = reference.strip_prefix("//") {
        let scheme = base.split_once(':').map_or("https", |(scheme, _)| scheme);
        return format!("{scheme}://{rest}");
    }
    if reference.starts_with('/') {
        return format!("{root}{}", merged(reference));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let slash = if folder.is_empty() && root.is_empty() { "" } else { "/" };
    format!("{root}{}", merged(&format!("{folder}{slash}{reference}")))
}

/// Scheme and authority of a base, and its path. What has no path, such as a URN, is all root.
fn authority(base: &str) -> (&str, &str) {
    if !is_absolute(base) {
        return ("", base);
    }
    let Some((scheme, rest)) = base.split_once("://") else { return (base, "") };
    let after = scheme.len() + 3;
    let end = rest.find('/').map_or(base.len(), |at| after + at);
    base.split_at(end)
}

/// A path without `.` and `..`; one that leads above its root keeps the `..`.
fn merged(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_seen_from_their_base() {
        for (base, reference, expected) in [
            ("https://a.example/s/order.json", "item.json", "https://a.example/s/item.json"),
            ("https://a.example/s/order.json", "../t/i.json", "https://a.example/t/i.json"),
            ("https://a.example/s/order.json", "/i.json", "https://a.example/i.json"),
            ("https://a.example/s/", "", "https://a.example/s/"),
            ("https://a.example", "i.json", "https://a.example/i.json"),
            ("https://a.example/s", "http://b.example/x", "http://b.example/x"),
            ("https://a.example/s", "//b.example/x", "https://b.example/x"),
            ("schema.json", "item.json", "item.json"),
            ("types/a.json", "./../b.json", "b.json"),
            ("a.json", "../b.json", "../b.json"),
            ("urn:a:b", "", "urn:a:b"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{base} {reference}");
        }
        assert!(is_absolute("urn:a") && !is_absolute("a/b:c") && !is_absolute("1a:b"));
        assert_eq!(split("a.json#/x"), ("a.json", "/x"));
    }
}
