//! The examples at the end of each command's help: what is typed, and what it does.

pub(super) const RUN: &str = "\
Examples:
  probe run                                    all scenarios, against the embedded stand-ins
  probe run features/stripe.payments           those of one folder
  probe run features/acme/orders.feature:12    the one at this line
  probe run --tags '@critical and not @wip'    those with these tags
  probe run --integration stripe.payments --fail-fast
  probe run --env sandbox                      against the partners' sandboxes
  probe run --profile nightly --env sandbox --junit out/junit.xml
  probe run --metrics /var/lib/node_exporter/probe.prom";

pub(super) const CHECK: &str = "\
Examples:
  probe check                                  this workspace
  probe check --workspace ../partners          another one
  probe check --strict --today 2027-03-01      what will be due; warnings fail it too
  probe check --against main                   no contract breaks with what main has
  probe check --baseline known.yaml            without the findings that are known
  probe check --baseline known.yaml --update-baseline";

pub(super) const CONTRACT: &str = "\
Examples:
  probe contract show                          which contracts there are
  probe contract show payments/transactions/v3
  probe contract show openapi.yaml PostRefunds   one operation at length
  probe contract rules                         by what messages are judged
  probe contract rules body.enum               one rule, with a message that breaks it";

pub(super) const CONTRACT_DIFF: &str = "\
Examples:
  probe contract diff payments/transactions/v3            with the version before it
  probe contract diff git:main payments/transactions/v3   with what it was there
  probe contract diff old.yaml new.yaml --described-from partner
  probe contract diff git:v1.4:openapi.yaml openapi.yaml --format markdown
  probe contract diff payments/transactions/v3 --mode full_transitive
  probe contract diff old.yaml new.yaml --approve approvals.yaml";

pub(super) const CONTRACT_EXAMPLES: &str = "\
Examples:
  probe contract examples payments/transactions/v3 PostRefunds
  probe contract examples openapi.yaml PostRefunds --negative | jq '.[].about'
  probe contract examples shipping/labels/v2 --mutants --format text";

pub(super) const CONTRACT_DRIFT: &str = "\
Examples:
  probe contract drift                         of all integrations
  probe contract drift carrier-a.labels        of one, with what to write
  probe contract drift --mutations             what is done to answers, and who did it before";

pub(super) const REPORT: &str = "\
Examples:
  probe report                                 the newest run again, as it was shown
  probe report --from 20261120T101500Z-7f3a    another one, by its folder or id
  probe report --junit out/junit.xml           as JUnit
  probe report --metrics out/probe.prom --metric-aliases connector
  probe report --format json                   its events, a line each";

pub(super) const LIST: &str = "\
Examples:
  probe list                                   all integrations, a line each
  probe list --format markdown                 a table for a wiki
  probe list --format json                     for other programs";

pub(super) const SHOW: &str = "\
Examples:
  probe show stripe.payments                   whom to call, how it is reached, what is proven
  probe show stripe.payments --format json     for machines";

pub(super) const STEPS: &str = "\
Examples:
  probe steps                                  all sentences, parameters and matchers
  probe steps throttles                        those that hold this word
  probe steps --markdown                       the page docs/vocabulary.md";

pub(super) const EXPLAIN: &str = "\
Examples:
  probe explain verdicts                       what is said of a scenario, and whom it means
  probe explain exit-codes                     what the exit code of a run means
  probe explain metrics                        the names in metrics.prom
  probe explain lint                           the rules of probe check
  probe explain lint owner-missing             one of them, with an example";

pub(super) const INIT: &str = "\
Examples:
  probe init partners                          an example that runs, in a new folder
  probe init . --integration acme.orders       the same here, under a name of your own
  probe init . --integration acme.orders --from-openapi orders.yaml
                                               from the partner's own document";

pub(super) const SCHEMA: &str = "\
Examples:
  probe schema record                          what a record may say
  probe schema --dir .probe/schemas            those of all files, as `probe init` writes them";

pub(super) const COMPLETIONS: &str = "\
Examples:
  probe completions bash > /etc/bash_completion.d/probe
  probe completions zsh > ~/.zfunc/_probe
  probe completions fish > ~/.config/fish/completions/probe.fish";

pub(super) const MAN: &str = "\
Examples:
  probe man                                    the page of probe itself, as roff
  probe man /usr/local/share/man/man1          a page for each command, into this folder";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use crate::cli::options::Options;

    /// What is typed in an example line: up to its explanation or redirection.
    fn typed(line: &str) -> Vec<String> {
        let command = line.trim().split("   ").next().unwrap_or_default();
        let command = command.split(" > ").next().unwrap_or_default();
        let quoted = command.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        quoted.collect()
    }

    #[test]
    fn each_command_ends_its_help_with_examples_that_can_be_typed() {
        for command in Options::command().get_subcommands() {
            let name = command.get_name();
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.strip_prefix("Examples:\n");
            let examples = examples.unwrap_or_else(|| panic!("no examples of {name}"));
            assert!(help.lines().count() <= 12, "{name}: more than a screen");
            assert!(help.lines().all(|line| line.chars().count() <= 96), "{name}: too wide");
            let lines = examples.lines().filter(|line| line.starts_with("  probe "));
            let mut count = 0;
            for line in lines {
                let words = typed(line);
                assert_eq!(words[1], name, "{line}");
                if let Err(error) = Options::try_parse_from(&words) {
                    panic!("{line}: {error}");
                }
                count += 1;
            }
            assert!(count > 0, "{name}");
        }
    }

    #[test]
    fn the_command_line_is_well_made() {
        Options::command().debug_assert();
    }
}
