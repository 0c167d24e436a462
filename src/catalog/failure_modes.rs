//! The ways in which integrations are known to break.

/// The failure modes that records and `@failure:` tags may name, each with its meaning.
pub const FAILURE_MODES: &[(&str, &str)] = &[
    ("rate-limit", "the partner throttles us"),
    ("timeout", "the partner stays silent"),
    ("server-error", "the partner answers 5xx"),
    ("auth-expired", "our credential is no longer accepted"),
    ("auth-refused", "our credential is wrong or lacks a right"),
    ("cert-expired", "a certificate of the partner or of ours has expired"),
    ("schema-drift", "the partner's messages differ from the contract"),
    ("declined", "the partner says no to what we ask, as it may"),
    ("webhook-duplicate", "an event is delivered more than once"),
    ("webhook-gap", "an event is never delivered"),
    ("out-of-order", "events arrive in another order than they happened"),
    ("connection-reset", "the connection breaks before the answer is complete"),
    ("duplicate-request", "our request reaches the partner twice"),
    ("soft-failure", "the status says success, the body says failure"),
    ("maintenance", "the partner is down as announced"),
];

#[cfg(test)]
mod tests {
    use super::FAILURE_MODES;

    #[test]
    fn each_mode_stands_once_and_is_explained() {
        for (index, (name, meaning)) in FAILURE_MODES.iter().enumerate() {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert!(!meaning.is_empty() && !meaning.ends_with('.'), "{name}");
            assert!(FAILURE_MODES[..index].iter().all(|(other, _)| other != name), "{name}");
        }
    }
}
