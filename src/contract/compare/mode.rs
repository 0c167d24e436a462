//! Which question is asked: who stands at which version while the other one moves.

use super::difference::Level;
use crate::contract::{Action, DescribedFrom, Kind};

/// What a comparison is asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The mode as asked for; without one, whether the described application may move first, and
    /// for a payload by itself, which has no direction, both ways.
    pub mode: Option<Mode>,
    /// Whose view the contracts take: it gives the sides their names.
    pub from: DescribedFrom,
    /// The day, as `2027-03-01`, against which sunsets are held; none are where it is unknown.
    pub today: Option<String>,
}

/// In which direction two versions have to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Requests and events: the described application has the new version, all others the old.
    /// Messages and payloads: the reader has the new version, the writer the old.
    Backward,
    /// The reverse.
    Forward,
    /// Both.
    Full,
}

/// Against how many earlier versions the newest is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The one before.
    Last,
    /// All of them.
    All,
}

impl Mode {
    /// The words that people type, with what they mean.
    pub const WORDS: &[(&str, Self, Reach)] = &[
        ("backward", Self::Backward, Reach::Last),
        ("forward", Self::Forward, Reach::Last),
        ("full", Self::Full, Reach::Last),
        ("backward_transitive", Self::Backward, Reach::All),
        ("forward_transitive", Self::Forward, Reach::All),
        ("full_transitive", Self::Full, Reach::All),
    ];

    /// The mode of a word, in any case, with `-` or `_`.
    pub fn parse(word: &str) -> Option<(Self, Reach)> {
        let word = word.to_ascii_lowercase().replace('-', "_");
        Self::WORDS.iter().find(|entry| entry.0 == word).map(|entry| (entry.1, entry.2))
    }

    /// The word, such as `BACKWARD`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Backward => "BACKWARD",
            Self::Forward => "FORWARD",
            Self::Full => "FULL",
        }
    }
}

/// Who may have the new version while the other side still has the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The described application moves first.
    pub(super) first: bool,
    /// It moves last.
    pub(super) last: bool,
}

impl Asked {
    /// What a mode asks of an operation.
    pub(super) fn of(mode: Option<Mode>, kind: Kind, action: Action) -> Self {
        let (first, last) = (Self { first: true, last: false }, Self { first: false, last: true });
        let both = Self { first: true, last: true };
        let reader_moves_first = match action {
            Action::Receive => first,
            Action::Send => last,
        };
        match (mode, kind) {
            (Some(Mode::Full), _) | (None, Kind::Payload) => both,
            (Some(Mode::Backward), Kind::Message | Kind::Payload) => reader_moves_first,
            (Some(Mode::Forward), Kind::Message | Kind::Payload) => reader_moves_first.turned(),
            (None | Some(Mode::Backward), _) => first,
            (Some(Mode::Forward), _) => last,
        }
    }

    fn turned(self) -> Self {
        Self { first: self.last, last: self.first }
    }

    /// The gravest of what is asked.
    pub(super) fn weigh(self, first: Level, last: Level) -> Level {
        let of = |asked: bool, level: Level| if asked { level } else { Level::Compatible };
        of(self.first, first).max(of(self.last, last))
    }
}

/// What the described application does with a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// It writes it, and others read it: an answer, the request of a webhook, a message it sends.
    Said,
    /// It reads it, and others write it: a request, a message it receives.
    Taken,
}

impl Side {
    /// The side of an operation's request or message.
    pub(super) fn of_request(action: Action) -> Self {
        match action {
            Action::Receive => Self::Taken,
            Action::Send => Self::Said,
        }
    }

    /// The side of an operation's answer.
    pub(super) fn of_response(action: Action) -> Self {
        match action {
            Action::Receive => Self::Said,
            Action::Send => Self::Taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read_in_any_spelling() {
        assert_eq!(Mode::parse("BACKWARD"), Some((Mode::Backward, Reach::Last)));
        assert_eq!(Mode::parse("Full-Transitive"), Some((Mode::Full, Reach::All)));
        assert_eq!(Mode::parse("sideways"), None);
    }

    #[test]
    fn each_mode_says_who_moves_first() {
        use Action::{Receive, Send};
        use Mode::{Backward, Forward, Full};
        for (mode, kind, action, first, last) in [
            (None, Kind::Http, Receive, true, false),
            (None, Kind::Webhook, Send, true, false),
            (None, Kind::Message, Send, true, false),
            (None, Kind::Message, Receive, true, false),
            (None, Kind::Payload, Send, true, true),
            (Some(Backward), Kind::Http, Receive, true, false),
            (Some(Backward), Kind::Webhook, Send, true, false),
            // The reader first: of what the application sends, that is everybody else.
            (Some(Backward), Kind::Message, Send, false, true),
            (Some(Backward), Kind::Message, Receive, true, false),
            (Some(Backward), Kind::Payload, Send, false, true),
            (Some(Forward), Kind::Http, Receive, false, true),
            (Some(Forward), Kind::Message, Send, true, false),
            (Some(Forward), Kind::Message, Receive, false, true),
            (Some(Full), Kind::Rpc, Receive, true, true),
        ] {
            let asked = Asked::of(mode, kind, action);
            assert_eq!(asked, Asked { first, last }, "{mode:?} {kind:?} {action:?}");
        }
    }
}
