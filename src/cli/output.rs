//! Printing: messages to stderr, results to stdout.

use std::{
    env,
    io::{self, IsTerminal as _, Stderr, Stdout, Write},
};

use super::options::Color;
use crate::{
    catalog::lint::LintFinding,
    evidence::{Diagnostic, exit},
    report::{self, Progress},
};

/// Which streams are colored, and how progress is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) out: bool,
    pub(super) err: bool,
    /// How progress is shown on stderr.
    pub(super) progress: Progress,
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
        let live = io::stderr().is_terminal() && !set("CI") && !dumb;
        Self { out, err, progress: if live { Progress::Live } else { Progress::Plain } }
    }
}

/// Prints messages, the gravest kind of output: to stderr.
pub(super) fn complain(diagnostics: &[Diagnostic], style: Style) {
    let mut err = io::stderr().lock();
    for diagnostic in diagnostics {
        // Where stderr takes nothing, the exit code must say it.
        let _ = writeln!(err, "{}\n", report::render(diagnostic, style.err).trim_end());
    }
}

/// Prints what rules found, with their ids: to stderr.
pub(super) fn complain_of(findings: &[LintFinding], style: Style) {
    let mut err = io::stderr().lock();
    for finding in findings {
        let text = report::render_rule(&finding.message, finding.rule.id, style.err);
        // As above.
        let _ = writeln!(err, "{}\n", text.trim_end());
    }
}

/// Prints a result to stdout; gives `code`, or the one for a result that is
/// lost. A reader that went away is a clean end.
pub(super) fn print(text: &str, code: u8) -> u8 {
    let mut out = Out(io::stdout());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => code,
        Err(error) => {
            let lost = Diagnostic::error("the result cannot be written")
                .actual(error.to_string())
                .help("see what stdout leads to");
            complain(&[lost], Style { out: false, err: false, progress: Progress::Silent });
            exit::CONFIG
        }
    }
}

/// Cuts a text into lines at spaces; there is always one line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.len() + word.len() >= width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Stdout for a sink. A reader that went away (`| head`) has seen enough: what
/// is left is dropped, the run and its reports go on. A full disk is an error.
pub(super) struct Out(pub(super) Stdout);

impl Out {
    fn unless_closed<T>(result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
            result => result,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Self::unless_closed(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Self::unless_closed(self.0.flush(), ())
    }
}

/// Stderr for a sink: progress that nobody takes is no reason to stop.
pub(super) struct ErrOut(pub(super) Stderr);

impl Write for ErrOut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(self.0.write(bytes).unwrap_or(bytes.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        // As above.
        let _ = self.0.flush();
        Ok(())
    }
}
