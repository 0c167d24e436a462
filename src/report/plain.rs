//! Text from outside, made harmless: what a partner says can move no cursor,
//! forge no line of ours, and break no XML.

use std::borrow::Cow;

/// An escape sequence longer than this is not taken for one: a partner could
/// otherwise hide the rest of its answer behind one that never ends.
const LONGEST_ESCAPE: usize = 256;

/// The text without terminal escape sequences. Line breaks stay, tabs become
/// four spaces, other control characters become visible.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    // Nearly all text is plain ASCII, and this runs for each cell of each report.
    let ascii = text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n'));
    if ascii || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(length) = escape_sequence(rest) {
            rest = &rest[length..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\t' => clean.push_str("    "),
            '\r' if rest.starts_with('\n') => {}
            _ => clean.push(shown(c)),
        }
    }
    Cow::Owned(clean)
}

/// The text in one line, without terminal escape sequences; other control
/// characters become visible.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let clean = plain(text);
    if clean.contains('\n') { Cow::Owned(clean.replace('\n', " ")) } else { clean }
}

/// A line of a source file, character for character, so that columns stay true.
/// Tabs are left to whoever draws it.
pub(super) fn source_line(text: &str) -> String {
    let line = text.split('\n').next().unwrap_or_default();
    line.trim_end_matches('\r').chars().map(|c| if c == '\t' { c } else { shown(c) }).collect()
}

/// [`plain`] text that can stand in an XML 1.0 document, also in a CDATA section.
pub(super) fn xml(text: &str) -> Cow<'_, str> {
    let clean = plain(text);
    // The brackets are rarer than the search for three bytes is cheap.
    if clean.bytes().any(|b| b == b']') && clean.contains("]]>") {
        return Cow::Owned(clean.replace("]]>", "]] >"));
    }
    clean
}

/// [`xml`] text in one line, for an attribute.
pub(super) fn xml_line(text: &str) -> Cow<'_, str> {
    let clean = xml(text);
    if clean.contains('\n') { Cow::Owned(clean.replace('\n', " ")) } else { clean }
}

/// The text cut after this many lines and characters, saying how much is missing.
pub(super) fn clip(text: &str, lines: usize, characters: usize) -> Cow<'_, str> {
    let mut end = text.len();
    if let Some((at, _)) = text.match_indices('\n').nth(lines.saturating_sub(1)) {
        end = at;
    }
    if let Some((at, _)) = text[..end].char_indices().nth(characters) {
        end = at;
    }
    if end == text.len() {
        return Cow::Borrowed(text);
    }
    let missing = text[end..].chars().count();
    Cow::Owned(format!("{}... ({missing} more characters)", &text[..end]))
}

fn is_unsafe(c: char) -> bool {
    c != shown(c) || c == '\t'
}

/// What stands for a character: itself, if it is harmless.
fn shown(c: char) -> char {
    match c {
        '\n' => c,
        // The control pictures stand in the order of the controls.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // C1 controls, line separators, overrides of the reading direction.
        '\u{80}'..='\u{9f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        // Noncharacters; two of them may not stand in XML.
        | '\u{fdd0}'..='\u{fdef}' => '\u{fffd}',
        _ if u32::from(c) & 0xfffe == 0xfffe => '\u{fffd}',
        _ => c,
    }
}

/// The length of the terminal escape sequence with which the text begins.
fn escape_sequence(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\u{1b}')?;
    let bytes = body.as_bytes();
    let bounded = &bytes[..bytes.len().min(LONGEST_ESCAPE)];
    match bounded.first()? {
        // Control sequence (ECMA-48, 5.4): parameters, then one final byte.
        b'[' => {
            let end = bounded[1..].iter().position(|b| !(0x20..=0x3f).contains(b))?;
            (0x40..=0x7e).contains(&bounded[1 + end]).then_some(1 + 1 + end + 1)
        }
        // Operating system command: up to BEL or ESC \.
        b']' => {
            let end = bounded.iter().position(|b| *b == 0x07 || *b == 0x1b)?;
            match (bounded[end], bounded.get(end + 1)) {
                (0x07, _) => Some(1 + end + 1),
                (_, Some(b'\\')) => Some(1 + end + 2),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_go_and_control_characters_become_visible() {
        assert_eq!(plain("a\u{1b}[31;1mred\u{1b}[0m b"), "ared b");
        assert_eq!(plain("\u{1b}]0;title\u{7}x\u{1b}]8;;http://e\u{1b}\\y"), "xy");
        assert_eq!(plain("bell\u{7} null\0 del\u{7f} esc\u{1b}c"), "bell␇ null␀ del␡ esc␛c");
        assert_eq!(plain("a\tb\r\nc\rd"), "a    b\nc␍d");
        assert_eq!(plain("\u{202e}abc\u{9b}31m"), "\u{fffd}abc\u{fffd}31m");
    }

    #[test]
    fn an_escape_sequence_without_end_hides_nothing() {
        let hostile = format!("\u{1b}]0;{}", "x".repeat(1_000));
        assert_eq!(plain(&hostile).chars().count(), 1_004);
        assert_eq!(plain("\u{1b}[31"), "␛[31");
        assert_eq!(plain("\u{1b}[3é1m"), "␛[3é1m");
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(plain("größer 漢字\nnext"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_text_says_how_much_is_missing() {
        assert_eq!(clip("abcdef", 5, 3), "abc... (3 more characters)");
        assert_eq!(clip("a\nb\nc", 2, 100), "a\nb... (2 more characters)");
        assert_eq!(clip("a\nb", 2, 3), "a\nb");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_comes_is_harmless_and_stays_so(text in r"(?s)[\x00-\x20\x7f-\x9f\[\];a-c\u{1b}\u{2028}-\u{202e}\u{ffff}]{0,60}|.{0,60}") {
            let clean = plain(&text);
            prop_assert!(clean.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert_eq!(plain(&clean), clean.as_ref());
            prop_assert!(!xml(&text).contains("]]>"));
            prop_assert!(!one_line(&text).contains('\n'));
        }

        #[test]
        fn a_source_line_keeps_its_columns(text in r"[\x00-\x09\x0e-\x7f\u{202e}é漢]{0,40}") {
            let trimmed = text.trim_end_matches('\r');
            prop_assert_eq!(source_line(&text).chars().count(), trimmed.chars().count());
        }
    }
}
