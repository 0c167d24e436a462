//! `probe completions` and `probe man`: what shells and `man` want to know of
//! the command line, made from its one definition.

use std::{fs, path::Path};

use clap::{Command, CommandFactory as _};

use super::{
    exit::config,
    options::{Completions, Man, Options},
    output::{Style, print},
};
use crate::{
    evidence::{Diagnostic, exit},
    report::Progress,
};

/// Prints the completions of a shell.
pub(super) fn completions(typed: &Completions) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(typed.shell, &mut Options::command(), "probe", &mut script);
    print(&String::from_utf8_lossy(&script), exit::PASSED)
}

/// Prints the manual page, or writes one for each command.
pub(super) fn man(typed: &Man) -> u8 {
    let pages = match pages() {
        Ok(pages) => pages,
        Err(error) => return refused("the manual", &error),
    };
    let Some(folder) = &typed.folder else {
        let page = pages.first().map(|(_, page)| page.as_str()).unwrap_or_default();
        return print(page, exit::PASSED);
    };
    let mut told = String::new();
    for (name, page) in &pages {
        let path = folder.join(name);
        if let Err(error) = write(folder, &path, page) {
            return refused(&path.display().to_string(), &error);
        }
        told.extend([path.display().to_string().as_str(), "\n"]);
    }
    print(&told, exit::PASSED)
}

fn refused(what: &str, error: &std::io::Error) -> u8 {
    let problem = Diagnostic::error("the manual cannot be written")
        .expected("a folder that we may write to")
        .actual(format!("{what}: {error}"));
    config(&[problem], Style { out: false, err: false, progress: Progress::Silent })
}

fn write(folder: &Path, path: &Path, page: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(path, page)
}

/// Name and text of each page in roff; that of `probe` itself first.
fn pages() -> std::io::Result<Vec<(String, String)>> {
    let mut all = Options::command();
    // Gives each command its whole name, `probe-run`.
    all.build();
    let commands = all.get_subcommands().filter(|command| command.get_name() != "help");
    let commands: Vec<Command> = std::iter::once(&all).chain(commands).cloned().collect();
    let pages = commands.into_iter().map(|command| {
        let man = clap_mangen::Man::new(command);
        let mut page = Vec::new();
        man.render(&mut page)?;
        Ok((man.get_filename(), with_examples(&String::from_utf8_lossy(&page))))
    });
    pages.collect()
}

/// The examples in a section of their own, in lines as they are typed.
fn with_examples(page: &str) -> String {
    match page.split_once(".SH EXTRA\nExamples:\n") {
        Some((before, after)) => {
            let after = after.replacen("\n.SH ", "\n.fi\n.SH ", 1);
            format!("{before}.SH EXAMPLES\n.nf\n{after}")
        }
        None => page.to_owned(),
    }
}
