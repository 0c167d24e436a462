//! Control targets: is our own network alive when a partner does not answer?

use std::time::{Duration, Instant};

use futures::future::select_ok;
use tokio::{net::TcpStream, sync::Mutex, time::timeout};

/// What is known of the path between us and the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathState {
    /// A control target answers (or the environment is of class `mock`).
    Alive,
    /// None does.
    Dead,
    /// None is configured.
    Unknown,
}

/// How long a target may take to accept a connection.
const LIMIT: Duration = Duration::from_secs(2);
/// How long an answer holds.
const FRESH: Duration = Duration::from_mins(1);

/// Asks the workspace's control targets, at most once a minute.
#[derive(Debug)]
pub struct Control {
    targets: Vec<String>,
    /// The state where it is known without asking.
    fixed: Option<PathState>,
    /// The last answer. Held while asking, so that many failures at once ask once.
    last: Mutex<Option<(Instant, PathState)>>,
}

impl Control {
    /// `host:port` targets; none: the state is unknown.
    pub fn new(targets: Vec<String>) -> Self {
        let fixed = targets.is_empty().then_some(PathState::Unknown);
        Self { targets, fixed, last: Mutex::default() }
    }

    /// A path that counts as alive without being asked (class `mock`).
    pub fn alive() -> Self {
        Self { targets: Vec::new(), fixed: Some(PathState::Alive), last: Mutex::default() }
    }

    /// The state now; connects to the targets, all at once and for two seconds
    /// at most, when the last answer is older than a minute.
    pub async fn state(&self) -> PathState {
        if let Some(state) = self.fixed {
            return state;
        }
        let mut last = self.last.lock().await;
        if let Some((asked, state)) = *last
            && asked.elapsed() < FRESH
        {
            return state;
        }
        let state = self.ask().await;
        *last = Some((Instant::now(), state));
        state
    }

    async fn ask(&self) -> PathState {
        let connects = self.targets.iter().map(|target| Box::pin(TcpStream::connect(target)));
        match timeout(LIMIT, select_ok(connects)).await {
            Ok(Ok(_)) => PathState::Alive,
            Ok(Err(_)) | Err(_) => PathState::Dead,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::transport::testing::closed_port;

    #[tokio::test]
    async fn one_living_target_is_enough() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let living = listener.local_addr().unwrap().to_string();
        let control = Control::new(vec![closed_port().to_string(), living]);
        assert_eq!(control.state().await, PathState::Alive);
        drop(listener);
        assert_eq!(control.state().await, PathState::Alive, "the answer holds for a minute");
    }

    #[tokio::test]
    async fn dead_unknown_and_alive_without_asking() {
        let dead = Control::new(vec![closed_port().to_string()]);
        assert_eq!(dead.state().await, PathState::Dead);
        assert_eq!(Control::new(Vec::new()).state().await, PathState::Unknown);
        assert_eq!(Control::alive().state().await, PathState::Alive);
    }
}
