//! What a stand-in received.

use std::collections::VecDeque;

use crate::evidence::Headers;

/// Entries kept; older ones are dropped.
const KEPT: usize = 1_000;

/// One request and how it was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counted from 1 over all requests of this stand-in.
    pub number: u64,
    /// The scenarios' name of the operation; `None`: nothing matched.
    pub operation: Option<String>,
    /// Header fields as received, credentials included: to be masked before it is shown.
    pub headers: Headers,
    /// The status answered; `None`: silence, or not answered yet.
    pub status: Option<u16>,
    /// The faults that fired, in words.
    pub fault: Option<String>,
    /// Why the request was refused, in one line, where the stand-in did not like it.
    pub refused: Option<String>,
}

/// The last 1,000 requests, oldest first.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    count: u64,
}

impl Journal {
    /// Writes down a request before it is answered; its number.
    pub(super) fn receive(&mut self, operation: Option<&str>, headers: Headers) -> u64 {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.count += 1;
        self.entries.push_back(Entry {
            number: self.count,
            operation: operation.map(str::to_owned),
            headers,
            status: None,
            fault: None,
            refused: None,
        });
        self.count
    }

    /// The entry of a request, unless it was dropped since.
    pub(super) fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let first = self.entries.front()?.number;
        self.entries.get_mut(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// All kept entries, oldest first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_thousand() {
        let mut journal = Journal::default();
        for _ in 0..KEPT + 2 {
            journal.receive(Some("a"), Headers::new());
        }
        assert_eq!(journal.entries().count(), 1_000);
        assert_eq!(journal.entries().next().map(|e| e.number), Some(3));
        assert_eq!(journal.entry(2), None);
        journal.entry(1_002).unwrap().status = Some(200);
        assert_eq!(journal.entries().last().and_then(|e| e.status), Some(200));
        assert_eq!(journal.entry(1_003), None);
    }
}
