//! Completions and manual pages: there for each shell and command, and right.

#[expect(dead_code, reason = "each of these binaries uses its own part of what they share")]
mod common;

use std::fs;

use common::workspace::{Ran, Workspace};

fn probe(workspace: &Workspace, arguments: &[&str]) -> Ran {
    let output = workspace.probe(arguments.iter().copied()).output().expect("it starts");
    workspace.ran(output)
}

/// The commands that there are, by the program's own word.
fn commands(workspace: &Workspace) -> Vec<String> {
    let help = probe(workspace, &["--help"]).out;
    let list = help.split("Commands:\n").nth(1).expect("a list of commands");
    let list = list.split("\n\n").next().expect("its end");
    let names = list.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn each_shell_completes_each_command() {
    let workspace = Workspace::new("http://unused.invalid", "");
    let commands = commands(&workspace);
    assert!(commands.len() >= 8, "{commands:?}");
    for (shell, begins) in [
        ("bash", "_probe() {"),
        ("zsh", "#compdef probe"),
        ("fish", "# Print an optspec"),
        ("powershell", "\nusing namespace"),
        ("elvish", "\nuse builtin;"),
    ] {
        let ran = probe(&workspace, &["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.out.starts_with(begins), "{shell}: {}", &ran.out[..80]);
        for command in &commands {
            assert!(ran.out.contains(command.as_str()), "{shell} does not know {command}");
        }
        assert!(ran.out.contains("metric-aliases"), "{shell} knows no options");
    }
    assert_eq!(probe(&workspace, &["completions", "tcsh"]).code, Some(2));
}

#[test]
fn each_command_has_its_manual_page() {
    let workspace = Workspace::new("http://unused.invalid", "");
    let main = probe(&workspace, &["man"]);
    assert_eq!((main.code, main.err.as_str()), (Some(0), ""));
    assert!(main.out.contains("\n.TH probe 1 "), "{}", main.out);
    let written = probe(&workspace, &["man", "share/man1"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    let read = |name: &str| {
        fs::read_to_string(workspace.root().join("share/man1").join(name)).expect("a page")
    };
    assert_eq!(read("probe.1"), main.out);
    let commands = commands(&workspace);
    for command in &commands {
        assert!(main.out.contains(&format!("probe\\-{command}(1)")), "{command}: {}", main.out);
        let page = read(&format!("probe-{command}.1"));
        assert!(page.contains(&format!("\n.TH probe-{command} 1 ")), "{page}");
        assert!(page.contains("\n.SH EXAMPLES\n.nf\n  probe "), "{page}");
    }
    assert_eq!(written.out.lines().count(), commands.len() + 1);
    let refused = probe(&workspace, &["man", "probe.toml"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.starts_with("error: the manual cannot be written\n"), "{}", refused.err);
}
