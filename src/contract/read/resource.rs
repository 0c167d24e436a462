//! Names of schemas and files: URI references against the base they stand in.
//!
//! A file's base is its path; a schema with `$id` has a base of its own (JSON Schema 2020-12
//! section 8.2.1, RFC 3986 section 5.2).

/// Whether a reference names its scheme, as `https:` and `urn:` do, or another host.
pub(super) fn is_absolute(reference: &str) -> bool {
    scheme(reference).is_some() || reference.starts_with("//")
}

fn scheme(reference: &str) -> Option<&str> {
    let (scheme, _) = reference.split_once(':')?;
    let mut letters = scheme.chars();
    let starts = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    let goes_on = letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (starts && goes_on).then_some(scheme)
}

/// A reference without its fragment, and the fragment if there is one.
pub(super) fn split_fragment(reference: &str) -> (&str, Option<&str>) {
    match reference.split_once('#') {
        Some((name, fragment)) => (name, Some(fragment)),
        None => (reference, None),
    }
}

/// A reference (without fragment) against a base. A base without scheme is a path below the root
/// document's folder; `..` never leads above the root.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    if reference.is_empty() {
        return base.to_owned();
    }
    if scheme(reference).is_some() {
        return reference.to_owned();
    }
    let (origin, base_path) = match scheme(base) {
        Some(scheme) => {
            let after = scheme.len() + 1;
            let rest = &base[after..];
            match rest.strip_prefix("//") {
                Some(host_and_path) => {
                    let host = host_and_path.find('/').unwrap_or(host_and_path.len());
                    base.split_at(after + 2 + host)
                }
                None => base.split_at(after),
            }
        }
        None => ("", base),
    };
    if let Some(host) = reference.strip_prefix("//") {
        return format!("{}//{host}", scheme(base).map(|s| format!("{s}:")).unwrap_or_default());
    }
    let absolute = reference.starts_with('/');
    let folder = if absolute { "" } else { base_path.rsplit_once('/').map_or("", |(f, _)| f) };
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let rooted = !origin.is_empty() || absolute;
    format!("{origin}{}{}", if rooted { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_against_their_base() {
        for (base, reference, resolved) in [
            ("openapi.yaml", "types/a.yaml", "types/a.yaml"),
            ("types/a.yaml", "b.yaml", "types/b.yaml"),
            ("types/a.yaml", "../b.yaml", "b.yaml"),
            ("types/a.yaml", "", "types/a.yaml"),
            ("https://x.org/s/order", "money", "https://x.org/s/money"),
            ("https://x.org/s/order", "/money", "https://x.org/money"),
            ("https://x.org", "money", "https://x.org/money"),
            ("https://x.org/s/order", "//y.org/m", "https://y.org/m"),
            ("a.yaml", "urn:x:y", "urn:x:y"),
        ] {
            assert_eq!(resolve(base, reference), resolved, "{base} {reference}");
        }
        assert!(is_absolute("https://x") && is_absolute("//x") && is_absolute("file:a"));
        assert!(!is_absolute("a/b:c") && !is_absolute("1:2"));
    }
}
