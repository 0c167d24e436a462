//! Printing: messages to stderr, results to stdout.

#![expect(clippy::print_stderr, reason = "this is where the program prints")]

use std::{
    env,
    io::{self, IsTerminal as _, Write as _},
};

use super::options::Color;
use crate::{evidence::Diagnostic, report};

/// Which streams are colored, and whether a person watches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) out: bool,
    pub(super) err: bool,
    /// Whether stderr is a terminal that shows one live line.
    pub(super) live: bool,
}

impl Style {
    /// Decides by the option, `NO_COLOR` (<https://no-color.org>), `CI` and
    /// what stands behind the streams.
    pub(super) fn of(color: Color) -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let auto = |terminal: bool| terminal && !set("NO_COLOR") && !dumb;
        let (out, err) = match color {
            Color::Always => (true, true),
            Color::Never => (false, false),
            Color::Auto => (auto(io::stdout().is_terminal()), auto(io::stderr().is_terminal())),
        };
        Self { out, err, live: io::stderr().is_terminal() && !set("CI") && !dumb }
    }
}

/// Prints messages, the gravest kind of output: to stderr.
pub(super) fn complain(diagnostics: &[Diagnostic], style: Style) {
    for diagnostic in diagnostics {
        eprintln!("{}", report::render(diagnostic, style.err).trim_end());
        eprintln!();
    }
}

/// Prints a result: to stdout. A reader that went away is a clean end.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    // Nothing is left to say to a closed pipe.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
