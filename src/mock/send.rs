//! How an answer goes out where it does not go out as it should.

use std::time::Duration;

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
pub(super) fn by(kind: &FaultKind, reply: Reply, pause: impl Fn(Duration) -> Pause) -> Reply {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Inserted, Pace};

    fn sent(kind: &FaultKind, body: &'static [u8]) -> Reply {
        let reply =
            Reply::Answer { status: 200, headers: Headers::new(), body: Bytes::from_static(body) };
        let inserted = Inserted::new(Pace::REAL);
        by(kind, reply, |every| inserted.pause(([127, 0, 0, 1], 1).into(), every))
    }

    #[test]
    fn the_head_promises_what_does_not_come() {
        for (kind, expected) in
            [(FaultKind::CutShort, End::Closed), (FaultKind::Reset(Moment::InBody), End::Reset)]
        {
            let Reply::Pieces { headers, pieces, end, .. } = sent(&kind, b"whole") else {
                panic!("{kind:?} sends the body in pieces")
            };
            assert_eq!(headers, [("content-length".to_owned(), "5".to_owned())]);
            assert_eq!((pieces, end), (vec![Bytes::from_static(b"wh")], expected));
            assert!(matches!(sent(&kind, b""), Reply::HalfAHead { .. }));
        }
    }

    #[test]
    fn drops_are_bytes_and_the_whole_body() {
        let drops = sent(&FaultKind::Drops(Duration::from_secs(1)), b"abc");
        let Reply::Pieces { pieces, pause: Some(_), end: End::Whole, .. } = drops else {
            panic!("drops are pieces with pauses")
        };
        assert_eq!(pieces, [&b"a"[..], b"b", b"c"]);
    }
}
