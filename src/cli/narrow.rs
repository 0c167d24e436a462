//! Which part of the selection runs, in which order, and what its end is worth:
//! as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum, builder::PossibleValue};

use crate::evidence::{Order, exit::Ending};

/// Further options of `probe run`.
#[derive(Clone, Debug, Args)]
pub(super) struct Narrow {
    /// Run one of several parts of the selection, such as `2/5`; `ci` takes the part from
    /// `CI_NODE_INDEX` and `CI_NODE_TOTAL`
    #[arg(long, value_name = "I/N", env = "PROBE_SHARD", value_parser = part)]
    pub(super) shard: Option<Part>,
    /// Run only what did not pass in the last run, or in the one that is named
    #[arg(
        long,
        value_name = "RUN",
        env = "PROBE_FAILED",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "last",
        value_parser = failed
    )]
    pub(super) failed: Option<FailedOf>,
    /// In which order scenarios start
    #[arg(long, value_enum, value_name = "ORDER", env = "PROBE_ORDER")]
    pub(super) order: Option<Order>,
    /// What makes the exit code other than 0, instead of failed,errored,inconclusive
    #[arg(long, value_enum, value_name = "VERDICTS", env = "PROBE_FAIL_ON", value_delimiter = ',')]
    pub(super) fail_on: Vec<Ending>,
    /// Print what would run, and run nothing
    #[arg(long, env = "PROBE_LIST", value_parser = clap::builder::FalseyValueParser::new())]
    pub(super) list: bool,
}

/// A part of the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// This one, from 1, of so many.
    Of(u32, u32),
    /// As the CI server counts its jobs.
    Ci,
}

/// Whose failures are run again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FailedOf {
    /// Nobody's: the variable said so.
    Nobody,
    /// Those of the newest run.
    Last,
    /// Those of this run: its folder, its events or its id.
    Run(PathBuf),
}

fn part(text: &str) -> Result<Part, String> {
    if text == "ci" {
        return Ok(Part::Ci);
    }
    let numbers = text.split_once('/');
    numbers.and_then(|(index, of)| part_of(index, of)).ok_or_else(|| {
        "a part and how many there are, such as 2/5, the first being 1/5; or ci".to_owned()
    })
}

/// `2` and `5`, if there is such a part.
pub(super) fn part_of(index: &str, of: &str) -> Option<Part> {
    let (index, of) = (index.parse().ok()?, of.parse().ok()?);
    (1..=of).contains(&index).then_some(Part::Of(index, of))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
fn failed(text: &str) -> Result<FailedOf, String> {
    Ok(match text {
        "" | "0" | "false" | "no" | "off" => FailedOf::Nobody,
        "1" | "true" | "yes" | "on" | "last" => FailedOf::Last,
        run => FailedOf::Run(PathBuf::from(run)),
    })
}

impl ValueEnum for Order {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Defined => "As the files have them",
            Self::Random => "By chance, drawn from --seed",
            Self::FailedFirst => "First what did not pass in the last run",
            Self::Id => "By scenario id",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

impl ValueEnum for Ending {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Failed => "A promise or an expectation is broken: exit code 1",
            Self::Errored => "We could not find out: 3",
            Self::Inconclusive => "We may not judge: 5",
            Self::Skipped => "Not run, where no gap is wanted: 1",
            Self::Flaky => "Passed on a later attempt: 1",
        };
        Some(PossibleValue::new(self.word()).help(help))
    }
}

#[cfg(test)]
mod tests {
    use clap::{ArgAction, Command, CommandFactory as _};

    use super::*;
    use crate::cli::options::Options;

    /// Flags of a command and of those below it that break the rule.
    fn wrong(command: &Command, above: &str) -> Vec<String> {
        let name = format!("{above} {}", command.get_name());
        let flags = command.get_arguments().filter(|argument| {
            let told =
                [ArgAction::Help, ArgAction::HelpShort, ArgAction::HelpLong, ArgAction::Version];
            !argument.is_positional() && !told.iter().any(|told| same(told, argument.get_action()))
        });
        let lacks = flags.filter_map(|flag| {
            let long = flag.get_long().unwrap_or_default();
            let expected = format!("PROBE_{}", long.replace('-', "_").to_uppercase());
            // A flag that says something else than its namesake of another command has its
            // command in its name.
            let own = expected.replacen(
                "PROBE",
                &format!("PROBE_{}", command.get_name().to_uppercase()),
                1,
            );
            let variable = flag.get_env().map(|name| name.to_string_lossy().into_owned());
            (variable.as_ref() != Some(&expected) && variable.as_ref() != Some(&own))
                .then(|| format!("{name} --{long}: {variable:?} instead of {expected}"))
        });
        let below = command.get_subcommands().flat_map(|below| wrong(below, &name));
        lacks.chain(below).collect()
    }

    fn same(one: &ArgAction, other: &ArgAction) -> bool {
        std::mem::discriminant(one) == std::mem::discriminant(other)
    }

    #[test]
    fn every_flag_has_its_variable() {
        let command = Options::command();
        assert_eq!(wrong(&command, "").join("\n"), "");
        let odd = Command::new("odd").arg(clap::Arg::new("a-b").long("a-b").env("PROBE_AB"));
        assert_eq!(wrong(&odd, ""), [r#" odd --a-b: Some("PROBE_AB") instead of PROBE_A_B"#]);
    }

    #[test]
    fn a_part_is_one_that_there_is() {
        assert_eq!(part("1/1"), Ok(Part::Of(1, 1)));
        assert_eq!(part("2/5"), Ok(Part::Of(2, 5)));
        assert_eq!(part("ci"), Ok(Part::Ci));
        for text in ["0/5", "6/5", "1/0", "1", "1/", "/1", "a/b", "-1/5", "1/2/3", ""] {
            assert!(part(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_variable_may_say_no() {
        assert_eq!(failed("0"), Ok(FailedOf::Nobody));
        assert_eq!(failed("1"), Ok(FailedOf::Last));
        assert_eq!(failed("last"), Ok(FailedOf::Last));
        assert_eq!(failed("reports/a"), Ok(FailedOf::Run("reports/a".into())));
    }
}
