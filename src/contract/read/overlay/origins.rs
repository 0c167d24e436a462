//! Where the parts of an edited document were written.

use std::{collections::BTreeMap, ops::Bound};

use crate::contract::{pointer::split, source::Sources};

/// A place in one of the files of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The file's number, see [`Sources`].
    pub(super) file: usize,
    /// The pointer in that file.
    pub(super) pointer: String,
}

/// What does not stand in the root document at its own pointer, by its pointer in the result.
#[derive(Debug, Default)]
pub(super) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Where this and everything below it was written.
    pub(super) fn set(&mut self, at: &str, origin: Origin) {
        self.forget(at);
        self.0.insert(at.to_owned(), origin);
    }

    /// What stood here is gone.
    pub(super) fn forget(&mut self, at: &str) {
        self.take(at);
    }

    /// Where a part of the document was written.
    pub(super) fn of(&self, at: &str) -> Origin {
        let mut above = at;
        loop {
            if let Some(origin) = self.0.get(above) {
                let pointer = format!("{}{}", origin.pointer, &at[above.len()..]);
                return Origin { file: origin.file, pointer };
            }
            match split(above) {
                Some((parent, _)) => above = parent,
                None => return Origin { file: 0, pointer: at.to_owned() },
            }
        }
    }

    /// Moves a part of the document, with what is known of the parts below it.
    pub(super) fn shift(&mut self, from: &str, to: &str) {
        let origin = self.of(from);
        let below = self.take(from);
        self.set(to, origin);
        for (at, origin) in below {
            self.0.insert(format!("{to}{}", &at[from.len()..]), origin);
        }
    }

    /// Tells the sources.
    pub(super) fn mount(self, sources: &mut Sources) {
        for (at, origin) in self.0 {
            sources.mount(at, origin.file, origin.pointer);
        }
    }

    /// Takes out what is known of a part and of all below it.
    fn take(&mut self, at: &str) -> Vec<(String, Origin)> {
        let mut taken: Vec<(String, Origin)> = self.0.remove_entry(at).into_iter().collect();
        let prefix = format!("{at}/");
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        let below = self.0.range::<str, _>(from).map(|(key, _)| key);
        let below: Vec<String> =
            below.take_while(|key| key.starts_with(&prefix)).cloned().collect();
        taken.extend(below.into_iter().filter_map(|key| self.0.remove_entry(&key)));
        taken
    }
}
