//! From problems to exit codes.

use super::output::{Style, complain};
use crate::evidence::{Diagnostic, exit};

/// Prints what is wrong with files or usage; nothing was sent.
pub(super) fn config(diagnostics: &[Diagnostic], style: Style) -> u8 {
    complain(diagnostics, style);
    exit::CONFIG
}

/// Ends the process without another word: the second Ctrl-C.
#[expect(clippy::exit, reason = "a person who asks twice does not want to wait for reports")]
pub(super) fn now(code: u8) {
    std::process::exit(i32::from(code));
}
