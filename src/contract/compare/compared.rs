//! Two contracts held against each other.

use serde::Serialize;

use super::{
    avro,
    difference::{Difference, Level},
    mode::{Mode, Settings},
    operations, protobuf,
    report::Report,
    security, servers,
};
use crate::contract::{Contract, DescribedFrom, Standard};

/// How two versions differ.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The old version's id.
    pub old: String,
    /// The new version's id.
    pub new: String,
    /// The mode that was asked for.
    pub mode: Option<Mode>,
    /// Whose view the contracts take.
    pub from: DescribedFrom,
    /// The differences, the gravest first.
    pub differences: Vec<Difference>,
    /// Differences that were found and are not listed, since there are too many.
    pub left_out: usize,
    /// Whether the texts are the same to the letter.
    pub same_text: bool,
}

/// The step of a version number that a comparison demands (<https://semver.org>, items 6 to 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Nothing changed.
    None,
    /// Words changed, no promise.
    Patch,
    /// Something is new or otherwise, and nobody who keeps to the contract is harmed.
    Minor,
    /// Somebody is harmed, or it cannot be ruled out.
    Major,
}

impl Step {
    /// The word for people and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// Who can have the new version first without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeployFirst {
    /// Either side.
    Anyone,
    /// The partner.
    Partner,
    /// We.
    Us,
    /// Neither: both versions have to be served for a while.
    Neither,
}

impl DeployFirst {
    /// In words, as an answer to "who must deploy first".
    pub fn words(self) -> &'static str {
        match self {
            Self::Anyone => "either side may deploy first",
            Self::Partner => "the partner must deploy first",
            Self::Us => "we must deploy first",
            Self::Neither => {
                "neither side can deploy first: both versions must be served for a while"
            }
        }
    }
}

/// Compares two contracts. The same contract twice gives no difference.
pub fn compare(old: &Contract, new: &Contract, settings: &Settings) -> Comparison {
    let mut report = Report::new(old, new, settings);
    match (&old.standard, &new.standard) {
        // Its own rules know of the wire, and of the calls too.
        (Standard::Protobuf(_), Standard::Protobuf(_)) => {
            for noted in protobuf::differences(old, new) {
                let help = protobuf::help(noted.rule);
                report.noted(noted, help);
            }
        }
        // A reader has the writer's schema as well, and resolves one by the other.
        (Standard::Avro(_), Standard::Avro(_)) => {
            for noted in avro::differences(old, new) {
                let help = avro::help(noted.rule);
                report.noted(noted, help);
            }
        }
        _ => {
            servers::compare(&mut report);
            security::schemes(&mut report);
            operations::compare(&mut report);
        }
    }
    let (differences, left_out) = report.finish();
    Comparison {
        old: old.id.clone(),
        new: new.id.clone(),
        mode: settings.mode,
        from: settings.from,
        differences,
        left_out,
        same_text: old.sha256 == new.sha256,
    }
}

impl Comparison {
    /// The gravest level that is not approved; `None` where nothing is left.
    pub fn level(&self) -> Option<Level> {
        self.open().map(|difference| difference.level).max()
    }

    /// The differences that nobody has approved.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| difference.approved.is_none())
    }

    /// How many of a level are not approved.
    pub fn count(&self, level: Level) -> usize {
        self.open().filter(|difference| difference.level == level).count()
    }

    /// The step of the version number, approved or not.
    pub fn step(&self) -> Step {
        match self.differences.iter().map(|difference| difference.level).max() {
            Some(Level::Breaking | Level::Unknown) => Step::Major,
            Some(Level::Warning | Level::Compatible) => Step::Minor,
            None if self.same_text => Step::None,
            None => Step::Patch,
        }
    }

    /// Who can have the new version while the other side still has the old one.
    pub fn deploy_first(&self) -> DeployFirst {
        let harmless = |of: fn(&Difference) -> Level| {
            self.differences.iter().all(|difference| of(difference) < Level::Unknown)
        };
        let (described, others) = match self.from {
            DescribedFrom::Partner => (DeployFirst::Partner, DeployFirst::Us),
            DescribedFrom::Us => (DeployFirst::Us, DeployFirst::Partner),
        };
        match (harmless(|d| d.first), harmless(|d| d.last)) {
            (true, true) => DeployFirst::Anyone,
            (true, false) => described,
            (false, true) => others,
            (false, false) => DeployFirst::Neither,
        }
    }
}
