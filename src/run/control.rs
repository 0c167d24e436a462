//! How a run is stopped before its end.

use std::sync::Arc;

use tokio::sync::watch;

/// Why a run stops early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// `--fail-fast`: nothing new starts; what runs may end.
    FailFast,
    /// A signal: everything ends now.
    Signal(&'static str, u8),
}

/// A handle that stops a run. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: Arc<watch::Sender<Option<Reason>>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(None)) }
    }
}

impl Stop {
    /// Ends the run now: scenarios under way are dropped, reports are written.
    /// `exit_code` is the run's, whatever its verdicts.
    pub fn signal(&self, name: &'static str, exit_code: u8) {
        self.sender.send_replace(Some(Reason::Signal(name, exit_code)));
    }

    /// Starts no further scenario. A signal before it stands.
    pub(super) fn fail_fast(&self) {
        self.sender.send_if_modified(|reason| {
            let first = reason.is_none();
            reason.get_or_insert(Reason::FailFast);
            first
        });
    }

    /// Why the run stops, if it does.
    pub(super) fn reason(&self) -> Option<Reason> {
        *self.sender.borrow()
    }

    /// Waits for a signal; for ever where none comes.
    pub(super) async fn signalled(&self) {
        let mut receiver = self.sender.subscribe();
        let signal = |reason: &Option<Reason>| matches!(reason, Some(Reason::Signal(..)));
        if receiver.wait_for(signal).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
