//! Places in YAML, from the events of the parser.
//!
//! What stands behind an alias or a merge key is not followed: the place is
//! where the document says `*name`, which is what its reader has in front of them.

use std::{borrow::Cow, ops::Range};

use serde_saphyr::granit_parser::{Event, Options, Parser, Span, StrInput};

use super::Spot;

pub(super) fn locate(text: &str, pointer: &[Cow<'_, str>]) -> Option<Spot> {
    let mut options = Options::default();
    options.emit_comments = false;
    let mut walk = Walk { parser: Parser::new_from_str_with_options(text, options) };
    let mut node = walk.next()?;
    let mut spot = Spot { key: None, value: range(&node)?, depth: 0 };
    for segment in pointer {
        let found = match node.0 {
            Event::MappingStart(..) => walk.member(segment),
            Event::SequenceStart(..) => segment.parse().ok().and_then(|index| walk.item(index)),
            _ => None,
        };
        let Some((key, next)) = found else { return Some(spot) };
        let value = range(&next)?;
        // Nothing was written for the value: the key stands for it.
        let value = match &key {
            Some(key) if value.is_empty() && !opens(&next.0) => key.clone(),
            _ => value,
        };
        spot = Spot { key, value, depth: spot.depth + 1 };
        node = next;
    }
    spot.value.end = spot.value.end.max(walk.end_on_line(&node).unwrap_or(0));
    Some(spot)
}

type Node<'t> = (Event<'t>, Span);

struct Walk<'t> {
    parser: Parser<'t, StrInput<'t>>,
}

impl<'t> Walk<'t> {
    /// The next node, or the end of a collection; `None` at the end or at a broken place.
    fn next(&mut self) -> Option<Node<'t>> {
        loop {
            let event = self.parser.next_event()?.ok()?;
            match event.0 {
                Event::StreamEnd | Event::DocumentEnd => return None,
                Event::MappingEnd | Event::SequenceEnd => return Some(event),
                ref other if other.is_node() => return Some(event),
                _ => {}
            }
        }
    }

    /// Goes to a member of the mapping that was just opened.
    fn member(&mut self, wanted: &str) -> Option<(Option<Range<usize>>, Node<'t>)> {
        loop {
            let key = self.next()?;
            let matches = match &key.0 {
                Event::MappingEnd => return None,
                Event::Scalar(text, ..) => text == wanted,
                _ => false,
            };
            self.skip(&key)?;
            let value = self.next()?;
            if matches {
                return Some((Some(range(&key)?), value));
            }
            self.skip(&value)?;
        }
    }

    /// Goes to an item of the sequence that was just opened.
    fn item(&mut self, index: usize) -> Option<(Option<Range<usize>>, Node<'t>)> {
        for _ in 0..index {
            let item = self.next()?;
            if matches!(item.0, Event::SequenceEnd) {
                return None;
            }
            self.skip(&item)?;
        }
        let item = self.next()?;
        (!matches!(item.0, Event::SequenceEnd)).then_some((None, item))
    }

    /// Steps over the rest of a node.
    fn skip(&mut self, node: &Node<'t>) -> Option<()> {
        let mut depth = usize::from(opens(&node.0));
        while depth > 0 {
            match self.next()?.0 {
                Event::MappingEnd | Event::SequenceEnd => depth -= 1,
                event => depth += usize::from(opens(&event)),
            }
        }
        Some(())
    }

    /// Where a collection ends, or its last part that begins on its first line.
    fn end_on_line(&mut self, node: &Node<'t>) -> Option<usize> {
        let first_line = node.1.start.line();
        let mut depth = usize::from(opens(&node.0));
        let mut end = node.1.end.byte_offset();
        while depth > 0 {
            let next = self.next()?;
            if next.1.start.line() > first_line {
                break;
            }
            match next.0 {
                Event::MappingEnd | Event::SequenceEnd => depth -= 1,
                ref event => depth += usize::from(opens(event)),
            }
            end = end.max(next.1.end.byte_offset());
        }
        end
    }
}

fn opens(event: &Event<'_>) -> bool {
    matches!(event, Event::MappingStart(..) | Event::SequenceStart(..))
}

fn range(node: &Node<'_>) -> Option<Range<usize>> {
    node.1.byte_range()
}
