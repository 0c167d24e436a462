//! Access tokens that a stand-in has issued: it accepts these and no other.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;

/// Tokens remembered; the oldest are forgotten.
const KEPT: usize = 10_000;

/// The member in which an answer issues a token (RFC 6749 section 5.1).
const MEMBER: &str = "access_token";

/// The tokens of one stand-in in service.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    issued: HashMap<String, Issued>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Issued {
    answer: Arc<Value>,
    expired: bool,
}

/// What a presented token is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Worth {
    /// Issued, with this answer, and still good.
    Good(Arc<Value>),
    /// Issued, and over.
    Expired,
    /// Never issued here.
    Unknown,
}

impl Tokens {
    /// Remembers the token of a successful answer, if it issues one.
    pub(super) fn issue(&mut self, answer: &Value) {
        let Some(token) = answer.get(MEMBER).and_then(Value::as_str) else { return };
        let issued = Issued { answer: Arc::new(answer.clone()), expired: false };
        if self.issued.insert(token.to_owned(), issued).is_none() {
            self.order.push_back(token.to_owned());
            if self.order.len() > KEPT
                && let Some(oldest) = self.order.pop_front()
            {
                self.issued.remove(&oldest);
            }
        }
    }

    /// Lets every token that was issued so far expire.
    pub(super) fn expire(&mut self) {
        for issued in self.issued.values_mut() {
            issued.expired = true;
        }
    }

    /// What a token is worth now.
    pub(super) fn worth(&self, token: &str) -> Worth {
        match self.issued.get(token) {
            Some(Issued { expired: true, .. }) => Worth::Expired,
            Some(Issued { answer, .. }) => Worth::Good(Arc::clone(answer)),
            None => Worth::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_good_from_its_answer_to_its_end() {
        let mut tokens = Tokens::default();
        let answer = json!({"access_token": "a1", "expires_in": 60});
        assert_eq!(tokens.worth("a1"), Worth::Unknown);
        tokens.issue(&json!({"token": "b1"}));
        tokens.issue(&answer);
        assert_eq!(tokens.worth("a1"), Worth::Good(Arc::new(answer)));
        tokens.expire();
        tokens.issue(&json!({"access_token": "a2"}));
        assert_eq!(tokens.worth("a1"), Worth::Expired);
        assert!(matches!(tokens.worth("a2"), Worth::Good(_)));
        assert_eq!(tokens.worth("b1"), Worth::Unknown);
    }

    #[test]
    fn the_oldest_tokens_are_forgotten() {
        let mut tokens = Tokens::default();
        for number in 0..=KEPT {
            tokens.issue(&json!({"access_token": format!("t{number}")}));
        }
        assert_eq!(tokens.worth("t0"), Worth::Unknown);
        assert!(matches!(tokens.worth("t1"), Worth::Good(_)));
        assert_eq!(tokens.issued.len(), KEPT);
    }
}
