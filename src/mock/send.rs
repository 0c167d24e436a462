//! How an answer goes out where it does not go out as it should.

use bytes::Bytes;

use super::{FaultKind, Moment, answer::put};
use crate::{
    evidence::Headers,
    transport::{
        Pause,
        listener::{End, Reply},
    },
};

/// The answer as a fault lets it go out. `pause` makes the pause between drops.
pub(super) fn by(
    kind: &FaultKind,
    reply: Reply,
    pause: impl Fn(std::time::Duration) -> Pause,
) -> Reply {
    let Reply::Answer { status, mut headers, body } = reply else { return reply };
    match kind {
        FaultKind::Reset(Moment::InHead) => Reply::HalfAHead { status, headers },
        FaultKind::Reset(_) => half(status, headers, &body, End::Reset),
        FaultKind::CutShort => half(status, headers, &body, End::Closed),
        FaultKind::Drops(every) => {
            state_length(&mut headers, &body);
            let pieces = (0..body.len()).map(|at| body.slice(at..=at)).collect();
            Reply::Pieces { status, headers, pieces, pause: Some(pause(*every)), end: End::Whole }
        }
        FaultKind::MediaType(media) => {
            put(&mut headers, "content-type", media.clone());
            Reply::Answer { status, headers, body }
        }
        _ => Reply::Answer { status, headers, body },
    }
}

/// The first half of a body of which the head promises the whole. An answer without a body
/// breaks in its head: there is nothing else to break.
fn half(status: u16, mut headers: Headers, body: &Bytes, end: End) -> Reply {
    if body.is_empty() {
        return Reply::HalfAHead { status, headers };
    }
    state_length(&mut headers, body);
    let pieces = vec![body.slice(..body.len() / 2)];
    Reply::Pieces { status, headers, pieces, pause: None, end }
}

fn state_length(headers: &mut Headers, body: &Bytes) {
    put(headers, "content-length", body.len().to_string());
}
