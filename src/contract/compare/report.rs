//! Differences as they are made: weighed, told apart, told once.

use std::collections::HashMap;

use super::{
    difference::{Difference, Level, Reader},
    identity::{fingerprint, stable},
    mode::{Asked, Settings, Side},
    noted::{Noted, Verdict},
    rules::rule,
};
use crate::contract::{Action, Contract, Kind, Operation};

/// Differences that are kept; the others are counted.
const MOST: usize = 10_000;
/// Operations that one difference names.
const MOST_NAMED: usize = 1_000;

/// One thing found, before it is weighed.
#[derive(Default)]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) message: String,
    pub(super) part: String,
    pub(super) side: Option<Side>,
    pub(super) old_pointer: String,
    pub(super) new_pointer: String,
    pub(super) before: String,
    pub(super) after: String,
    /// Levels where the reader waits and where the writer waits, if other than the rule's.
    pub(super) flow: Option<(Level, Level)>,
    pub(super) reason: String,
}

/// Collects the differences of two contracts.
pub(super) struct Report<'c> {
    pub(super) old: &'c Contract,
    pub(super) new: &'c Contract,
    pub(super) settings: &'c Settings,
    /// The operation that is being compared.
    about: Option<(String, Kind, Action)>,
    differences: Vec<Difference>,
    by_fingerprint: HashMap<String, usize>,
    pub(super) left_out: usize,
}

impl<'c> Report<'c> {
    pub(super) fn new(old: &'c Contract, new: &'c Contract, settings: &'c Settings) -> Self {
        Self {
            old,
            new,
            settings,
            about: None,
            differences: Vec::new(),
            by_fingerprint: HashMap::new(),
            left_out: 0,
        }
    }

    /// From now on differences are about this operation, or about the whole contract.
    pub(super) fn about(&mut self, operation: Option<&Operation>) {
        self.about = operation.map(|op| (op.name.clone(), op.kind, op.action));
    }

    pub(super) fn add(&mut self, found: Found) {
        let Some(rule) = rule(found.rule) else {
            debug_assert!(false, "no rule {}", found.rule);
            return;
        };
        let (reader_waits, writer_waits) =
            found.flow.unwrap_or((rule.reader_waits, rule.writer_waits));
        let (first, last) = match found.side {
            Some(Side::Said) => (reader_waits, writer_waits),
            Some(Side::Taken) => (writer_waits, reader_waits),
            None => (Level::Compatible, Level::Compatible),
        };
        let names = self.about.iter().map(|about| about.0.clone()).collect();
        let asked = self.asked();
        self.weighed(found, names, asked, (first.max(rule.first), last.max(rule.last)), rule.help);
    }

    /// What the rules of one notation found. They do not know which of two sides a message
    /// travels to, so that a call is weighed for both.
    pub(super) fn noted(&mut self, noted: Noted, help: &'static str) {
        let level = |verdict: &Verdict| match verdict {
            Verdict::Fine => Level::Compatible,
            Verdict::Risky => Level::Warning,
            Verdict::Breaks => Level::Breaking,
        };
        let (reader_waits, writer_waits) = (level(&noted.new_in_old), level(&noted.old_in_new));
        let operation =
            self.new.operation(&noted.operation).or(self.old.operation(&noted.operation));
        let both = reader_waits.max(writer_waits);
        let (asked, levels) = match operation {
            Some(operation) if matches!(operation.kind, Kind::Message | Kind::Payload) => {
                let asked = Asked::of(self.settings.mode, operation.kind, operation.action);
                let levels = match operation.action {
                    Action::Send => (reader_waits, writer_waits),
                    Action::Receive => (writer_waits, reader_waits),
                };
                (asked, levels)
            }
            _ => (Asked::of(self.settings.mode, Kind::Rpc, Action::Receive), (both, both)),
        };
        let names = Some(noted.operation).filter(|name| !name.is_empty()).into_iter().collect();
        let found = Found {
            rule: noted.rule,
            message: noted.message,
            old_pointer: noted.old_pointer,
            new_pointer: noted.new_pointer,
            before: noted.before,
            after: noted.after,
            ..Found::default()
        };
        self.weighed(found, names, asked, levels, help);
    }

    fn weighed(
        &mut self,
        found: Found,
        names: Vec<String>,
        asked: Asked,
        (first, last): (Level, Level),
        help: &'static str,
    ) {
        let level = asked.weigh(first, last);
        let fingerprint = self.fingerprint(&found);
        if let Some(&at) = self.by_fingerprint.get(&fingerprint) {
            let known = &mut self.differences[at];
            known.level = known.level.max(level);
            known.first = known.first.max(first);
            known.last = known.last.max(last);
            for name in names {
                if known.operations.len() < MOST_NAMED && known.operations.last() != Some(&name) {
                    known.operations.push(name);
                }
            }
            return;
        }
        if self.differences.len() >= MOST {
            self.left_out += 1;
            return;
        }
        self.by_fingerprint.insert(fingerprint.clone(), self.differences.len());
        self.differences.push(Difference {
            rule: found.rule,
            level,
            first,
            last,
            message: found.message,
            operations: names,
            part: found.part,
            reader: found.side.map(|side| match side {
                Side::Said => Reader::Others,
                Side::Taken => Reader::Described,
            }),
            old_pointer: found.old_pointer,
            new_pointer: found.new_pointer,
            before: found.before,
            after: found.after,
            reason: if level == Level::Unknown { found.reason } else { String::new() },
            help: help.to_owned(),
            fingerprint,
            approved: None,
        });
    }

    fn fingerprint(&self, found: &Found) -> String {
        fingerprint(&[
            found.rule,
            match found.side {
                None => "",
                Some(Side::Said) => "said",
                Some(Side::Taken) => "taken",
            },
            &stable(&self.old.document, &found.old_pointer),
            &stable(&self.new.document, &found.new_pointer),
            &found.before,
            &found.after,
        ])
    }

    fn asked(&self) -> Asked {
        match &self.about {
            Some((_, kind, action)) => Asked::of(self.settings.mode, *kind, *action),
            None => Asked::of(self.settings.mode, Kind::Http, Action::Receive),
        }
    }

    /// The differences, the gravest first, else as they were found.
    pub(super) fn finish(mut self) -> (Vec<Difference>, usize) {
        self.differences.sort_by_key(|difference| std::cmp::Reverse(difference.level));
        (self.differences, self.left_out)
    }
}
