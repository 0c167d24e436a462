//! Which contracts are meant by the words of the command line.

use std::path::Path;

use crate::{
    catalog::Catalog,
    cli::{contract::options::Diff, contract::target, git::Revision, meant},
    contract::{self, Contract, DescribedFrom, compare::Reach},
    evidence::Diagnostic,
};

/// Pairs to compare: each of the older versions, and the new one.
pub(super) struct Pairs {
    pub(super) olds: Vec<Contract>,
    pub(super) new: Contract,
}

/// A contract as it is named.
enum Named<'n> {
    /// `git:REV`, and perhaps what at that revision.
    Git { revision: &'n str, what: Option<&'n str> },
    /// A path or an id.
    Here(&'n str),
}

impl<'n> Named<'n> {
    fn of(text: &'n str) -> Self {
        match text.strip_prefix("git:") {
            Some(rest) => match rest.split_once(':') {
                Some((revision, what)) => Self::Git { revision, what: Some(what) },
                None => Self::Git { revision: rest, what: None },
            },
            None => Self::Here(text),
        }
    }

    /// What it names, without the revision.
    fn what(&self) -> Option<&'n str> {
        match *self {
            Self::Git { what, .. } => what,
            Self::Here(what) => Some(what),
        }
    }

    /// Reads it; `other` is what the other side names, for a revision that says nothing more.
    fn read(&self, typed: &Diff, other: Option<&str>) -> Result<Contract, Vec<Diagnostic>> {
        match *self {
            Self::Here(named) => target::read(&typed.common, named),
            Self::Git { revision, what } => {
                let Some(what) = what.or(other) else {
                    return Err(vec![
                        Diagnostic::error("two revisions, and no contract")
                            .expected("git:REV:CONTRACT on one side at least")
                            .actual(format!("git:{revision}"))
                            .help("such as: probe contract diff git:v1.0 git:main:payments/transactions/v3"),
                    ]);
                };
                at(typed, revision, what)
            }
        }
    }
}

/// A contract at a revision: by its path from here, else by its id in the workspace.
fn at(typed: &Diff, revision: &str, what: &str) -> Result<Contract, Vec<Diagnostic>> {
    let is_id = is_id(what) && !Path::new(what).exists();
    if !is_id {
        return Revision::of(Path::new("."), revision).map_err(|d| vec![d])?.open(what);
    }
    let workspace = meant::workspace(&typed.common)?;
    let revision_there = Revision::of(&workspace.root, revision).map_err(|d| vec![d])?;
    revision_there.contract(what)?.ok_or_else(|| {
        vec![
            Diagnostic::error(format!(
                "there is no contract `{what}` at the revision `{revision}`"
            ))
            .expected(format!("contracts/{what}/ with a document"))
            .help("it is new since then; nothing can be compared"),
        ]
    })
}

fn is_id(text: &str) -> bool {
    text.split('/').count() == 3 && version(text).is_some()
}

/// The name of a contract and the number of its version: `a/b` and 3 of `a/b/v3`.
fn version(id: &str) -> Option<(&str, u64)> {
    let (name, version) = id.rsplit_once('/')?;
    Some((name, version.strip_prefix('v')?.parse().ok()?))
}

/// Reads what is meant.
pub(super) fn pairs(typed: &Diff, reach: Reach) -> Result<Pairs, Vec<Diagnostic>> {
    let (first, second) = (Named::of(&typed.old), typed.new.as_deref().map(Named::of));
    let Some(second) = second else {
        let Named::Here(id) = first else {
            return Err(vec![
                Diagnostic::error("a revision is compared with something")
                    .expected("git:REV and a contract")
                    .actual(&typed.old)
                    .help(format!(
                        "such as: probe contract diff {} payments/transactions/v3",
                        typed.old
                    )),
            ]);
        };
        let new = first.read(typed, None)?;
        return Ok(Pairs { olds: earlier(typed, id, reach)?, new });
    };
    let new = second.read(typed, first.what())?;
    let old = first.read(typed, second.what())?;
    let mut olds = vec![old];
    if reach == Reach::All {
        let id = second.what().filter(|what| is_id(what));
        let listed = id.map(|id| earlier(typed, id, reach)).transpose()?.unwrap_or_default();
        let known = olds[0].id.clone();
        olds.extend(listed.into_iter().filter(|contract| contract.id != known));
    }
    Ok(Pairs { olds, new })
}

/// The versions before one, the newest first; the last one alone where no more is asked.
fn earlier(typed: &Diff, id: &str, reach: Reach) -> Result<Vec<Contract>, Vec<Diagnostic>> {
    let workspace = meant::workspace(&typed.common)?;
    let missing = || {
        vec![
            Diagnostic::error(format!("there is no version before `{id}`"))
                .expected("an earlier vN beside it in contracts/, or two contracts")
                .actual(id)
                .help(format!("compare it with what it was: probe contract diff git:main {id}")),
        ]
    };
    let (name, number) = version(id).ok_or_else(missing)?;
    let mut ids: Vec<(u64, String)> = contract::known(&workspace.root)
        .into_iter()
        .filter_map(|known| {
            let (other, earlier) = version(&known)?;
            (other == name && earlier < number).then_some((earlier, known.clone()))
        })
        .collect();
    ids.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    if ids.is_empty() {
        return Err(missing());
    }
    let most = if reach == Reach::All { ids.len() } else { 1 };
    ids.iter().take(most).map(|(_, id)| contract::load(&workspace.root, id)).collect()
}

/// Whose view the contracts take, as the records say that name one of them; the partner's, where
/// none does.
pub(super) fn described_from(typed: &Diff, pairs: &Pairs) -> DescribedFrom {
    let catalog = meant::workspace(&typed.common).ok().and_then(|w| Catalog::load(&w).ok());
    let plain = |id: &str| id.split('@').next().unwrap_or_default().to_owned();
    let ids: Vec<String> =
        pairs.olds.iter().chain([&pairs.new]).map(|contract| plain(&contract.id)).collect();
    let named = |id: &String| ids.contains(id);
    catalog
        .iter()
        .flat_map(|catalog| catalog.integrations.values())
        .map(|integration| &integration.contract)
        .find(|used| named(&used.current) || used.previous.as_ref().is_some_and(named))
        .map_or(DescribedFrom::Partner, |used| used.described_from)
}
