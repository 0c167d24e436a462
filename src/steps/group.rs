//! What sentences are about.

/// What a sentence is about; the order in which the vocabulary is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What is arranged before a call.
    Arrange,
    /// What we do.
    Act,
    /// What we expect of the partner's answer.
    Answer,
    /// What we expect of the contract.
    Contract,
    /// What we expect of our own conduct.
    Conduct,
    /// What we expect of the stand-in.
    StandIn,
    /// When an expectation must hold.
    Time,
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Arrange => "Arrange",
            Self::Act => "Act",
            Self::Answer => "Expect of the answer",
            Self::Contract => "Expect of the contract",
            Self::Conduct => "Expect of our own conduct",
            Self::StandIn => "Expect of the partner's side (class mock)",
            Self::Time => "Time",
        }
    }
}
