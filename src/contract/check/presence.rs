//! How often each optional member and each listed value was seen: drift that no single answer
//! shows, such as a member that came in each answer and now comes in one of thirty.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Places that are counted; of more it is only known that there were more.
pub(super) const MOST_PLACES: usize = 10_000;
/// Values counted at one place.
const MOST_VALUES: usize = 64;
/// Objects that must have been seen, before and now, to say anything.
const FEWEST: u64 = 20;
/// The chance, in one of so many comparisons, of telling a change where there is none.
const CHANCE: f64 = 0.001;
/// How many shares must differ at least: a change of less is of no consequence.
const LEAST_CHANGE: f64 = 0.1;

/// Counts of what was there, by operation, status and place. Equal for equal bodies in any order;
/// what two runs saw is added up by [`Presence::merge`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// By operation and status, `getOrder 200`, then by place: `/items/*/note`.
    places: BTreeMap<String, BTreeMap<String, Seen>>,
    /// Whether there were more places than are counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

/// What was seen at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Objects that could have held the member.
    pub of: u64,
    /// Those that did.
    pub there: u64,
    /// Values of a listed kind, and how often each was seen; `*` for all beyond the list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, u64>,
}

/// Something that is not as often there as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Operation and status: `getOrder 200`.
    pub answer: String,
    /// Place in the body, with `*` for items: `/items/*/note`.
    pub place: String,
    /// The value that it is about; `None`: the member itself.
    pub value: Option<String>,
    /// Its share before, of 1.
    pub before: f64,
    /// Its share now.
    pub now: f64,
    /// Out of how many, before and now.
    pub of: (u64, u64),
}

impl Change {
    /// For a person: `/note of getOrder 200 was in 100 % of 240, and is in 3 % of 120`.
    pub fn describe(&self) -> String {
        let (before, now) = self.of;
        let what = match &self.value {
            Some(value) => format!("{value} at {}", self.place),
            None => self.place.clone(),
        };
        format!(
            "{what} of {} was in {} of {before}, and is in {} of {now}",
            self.answer,
            percent(self.before),
            percent(self.now)
        )
    }
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "none".to_owned(),
        few if few < 1.0 => "under 1 %".to_owned(),
        almost if almost > 99.0 && almost < 100.0 => "over 99 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

impl Presence {
    /// What was counted, by answer and place; `cut` where there was no room for more.
    pub(super) fn new(places: BTreeMap<String, BTreeMap<String, Seen>>, cut: bool) -> Self {
        Self { places, cut }
    }

    /// Adds what another run saw.
    pub fn merge(&mut self, other: &Self) {
        let mut room = MOST_PLACES.saturating_sub(self.places.values().map(BTreeMap::len).sum());
        self.cut |= other.cut;
        for (answer, theirs) in &other.places {
            let ours = self.places.entry(answer.clone()).or_default();
            for (place, seen) in theirs {
                if !ours.contains_key(place) {
                    if room == 0 {
                        self.cut = true;
                        continue;
                    }
                    room -= 1;
                }
                let mine = ours.entry(place.clone()).or_default();
                mine.of = mine.of.saturating_add(seen.of);
                mine.there = mine.there.saturating_add(seen.there);
                for (value, count) in &seen.values {
                    mine.count(value, *count);
                }
            }
        }
    }

    /// What was seen at a place of an answer: `("getOrder 200", "/items/*/note")`.
    pub fn at(&self, answer: &str, place: &str) -> Option<&Seen> {
        self.places.get(answer)?.get(place)
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What is clearly more or less often there than before. Two shares differ where Fisher's
    /// exact test says that chance alone would bring it about once in a thousand times, shared
    /// among all that is compared (Bonferroni), and where they lie 10 % apart or one of them is
    /// none or all. Below 20 objects on either side nothing is said.
    pub fn compare(before: &Self, now: &Self) -> Vec<Change> {
        let mut pairs = Vec::new();
        for (answer, places) in &now.places {
            for (place, new) in places {
                let Some(old) = before.at(answer, place) else { continue };
                if old.of >= FEWEST && new.of >= FEWEST {
                    pairs.push((answer, place, None, (old.there, old.of), (new.there, new.of)));
                }
                let (old_there, new_there) = (old.there, new.there);
                if old_there < FEWEST || new_there < FEWEST {
                    continue;
                }
                let values = old.values.keys().chain(new.values.keys());
                let mut values: Vec<&String> = values.collect();
                values.sort_unstable();
                values.dedup();
                for value in values {
                    let count = |seen: &Seen| seen.values.get(value).copied().unwrap_or(0);
                    let (old, new) = ((count(old), old_there), (count(new), new_there));
                    pairs.push((answer, place, Some(value), old, new));
                }
            }
        }
        let (factorials, chance) = (Factorials::new(), CHANCE / pairs.len().max(1) as f64);
        let changed =
            pairs.into_iter().filter(|(_, _, _, old, new)| differ(&factorials, *old, *new, chance));
        changed
            .map(|(answer, place, value, old, new)| Change {
                answer: answer.clone(),
                place: place.clone(),
                value: value.cloned(),
                before: share(old),
                now: share(new),
                of: (old.1, new.1),
            })
            .collect()
    }
}

impl Seen {
    /// Counts a listed value so many times; beyond the list it is counted as `*`.
    pub(super) fn count(&mut self, value: &str, times: u64) {
        let known = self.values.len() < MOST_VALUES || self.values.contains_key(value);
        let name = if known { value } else { "*" };
        let count = match self.values.get_mut(name) {
            Some(count) => count,
            None => self.values.entry(name.to_owned()).or_default(),
        };
        *count = count.saturating_add(times);
    }
}

fn share((there, of): (u64, u64)) -> f64 {
    there as f64 / of.max(1) as f64
}

fn differ(factorials: &Factorials, old: (u64, u64), new: (u64, u64), chance: f64) -> bool {
    let (before, now) = (share(old), share(new));
    let all_or_none = [old, new].iter().any(|(there, of)| *there == 0 || there == of);
    let apart = (before - now).abs();
    apart > 0.0 && (apart >= LEAST_CHANGE || all_or_none) && fisher(factorials, old, new) <= chance
}

/// Counts that are told apart exactly; larger ones are brought down in proportion, which makes the
/// test say less rather than more.
const LARGE: u64 = 5_000;

/// Logarithms of factorials, for [`fisher`].
struct Factorials(Vec<f64>);

impl Factorials {
    fn new() -> Self {
        let steps = (1..=2 * LARGE).scan(0.0, |sum, k| {
            *sum += (k as f64).ln();
            Some(*sum)
        });
        Self(std::iter::once(0.0).chain(steps).collect())
    }

    /// The logarithm of the number of ways to choose.
    fn choose(&self, of: usize, some: usize) -> f64 {
        self.0[of] - self.0[some] - self.0[of - some]
    }
}

/// The two-sided p-value of Fisher's exact test for two shares (R. A. Fisher, Statistical Methods
/// for Research Workers, 1934, section 21.02): the sum over all tables of these margins that are
/// no more likely than the one that was seen.
fn fisher(factorials: &Factorials, old: (u64, u64), new: (u64, u64)) -> f64 {
    let down = |(there, of): (u64, u64)| match of {
        of if of > LARGE => {
            let there = (there as f64 * LARGE as f64 / of as f64).round();
            (there as usize, LARGE as usize)
        }
        of => (there as usize, of as usize),
    };
    let ((a, n), (b, m)) = (down(old), down(new));
    let there = a + b;
    let all = factorials.choose(n + m, there);
    let chance = |k: usize| (factorials.choose(n, k) + factorials.choose(m, there - k) - all).exp();
    let seen = chance(a) * (1.0 + 1e-7);
    let possible = there.saturating_sub(m)..=there.min(n);
    possible.map(chance).filter(|chance| *chance <= seen).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{
        check::Tally,
        fixture::{json, payments},
    };

    fn seen(times: usize, body: impl Fn(usize) -> String) -> Presence {
        let contract = payments();
        let operation = contract.operation("getIntent").expect("known");
        let mut tally = Tally::default();
        for at in 0..times {
            tally.observe(&contract, operation, 200, &json(&body(at)));
        }
        tally.presence()
    }

    fn intent(more: &str) -> String {
        format!(r#"{{"id":"pi_1","amount":1,"status":"succeeded"{more}}}"#)
    }

    fn told(before: &Presence, now: &Presence) -> Vec<String> {
        Presence::compare(before, now).iter().map(Change::describe).collect()
    }

    #[test]
    fn members_and_values_are_counted_by_place() {
        let presence = seen(4, |at| {
            intent(if at == 0 { r#","charges":[{"paid":true},{}],"note":null"# } else { "" })
        });
        let at = |place: &str| presence.at("getIntent 200", place).map(|s| (s.there, s.of));
        assert_eq!(at("/id"), Some((4, 4)));
        assert_eq!(at("/note"), Some((1, 4)));
        assert_eq!(at("/charges/*/paid"), Some((1, 2)));
        assert_eq!(at("/next"), Some((0, 4)));
        assert_eq!(at("/next/id"), None);
        let status = presence.at("getIntent 200", "/status").expect("counted");
        assert_eq!(status.values, BTreeMap::from([("\"succeeded\"".to_owned(), 4)]));
    }

    #[test]
    fn what_nobody_described_is_not_counted_and_no_value_of_it_is_kept() {
        let presence = seen(1, |_| {
            let keys: Vec<String> = (0..20_000).map(|n| format!("\"k{n}\":1")).collect();
            let metadata = format!(r#","metadata":{{{0}}},"odd":{{{0}}}"#, keys.join(","));
            intent(&metadata).replace("succeeded", "ada@example.com")
        });
        let text = serde_json::to_string(&presence).expect("JSON");
        assert!(text.len() < 2_000 && !text.contains("ada@example.com"), "{text}");
        let status = presence.at("getIntent 200", "/status").expect("counted");
        assert_eq!(status.values, BTreeMap::from([("*".to_owned(), 1)]));
    }

    #[test]
    fn a_member_that_is_hardly_there_any_more_is_told() {
        let with = |all: usize, every: usize| {
            seen(all, move |at| intent(if at % every == 0 { r#","note":"x""# } else { "" }))
        };
        assert_eq!(
            told(&with(240, 1), &with(120, 40)),
            ["/note of getIntent 200 was in 100 % of 240, and is in 2 % of 120"]
        );
        assert!(told(&with(240, 1), &with(240, 1)).is_empty());
        assert!(told(&with(240, 2), &with(239, 2)).is_empty(), "chance");
        assert!(told(&with(19, 1), &with(240, 40)).is_empty(), "too few");
        assert_eq!(told(&with(240, 40), &with(120, 1)).len(), 1, "more of it is told too");
    }

    #[test]
    fn a_value_that_comes_or_goes_is_told() {
        let paid = seen(100, |_| intent(""));
        let held = seen(100, |at| {
            intent("").replace("succeeded", if at % 4 == 0 { "held" } else { "succeeded" })
        });
        let gone =
            "\"succeeded\" at /status of getIntent 200 was in 100 % of 100, and is in 75 % of 100";
        let new = "* at /status of getIntent 200 was in none of 100, and is in 25 % of 100";
        assert_eq!(told(&paid, &held), [gone, new]);
    }

    #[test]
    fn runs_are_added_up_in_any_order_and_kept_as_json() {
        let (one, two) = (seen(3, |_| intent(r#","note":"x""#)), seen(5, |_| intent("")));
        let mut sum = one.clone();
        sum.merge(&two);
        let mut other = two.clone();
        other.merge(&one);
        assert_eq!(sum, other);
        let note = sum.at("getIntent 200", "/note").expect("counted");
        assert_eq!((note.there, note.of), (3, 8));
        let text = serde_json::to_string(&sum).expect("JSON");
        assert_eq!(serde_json::from_str::<Presence>(&text).expect("JSON"), sum);
    }

    #[test]
    fn chances_are_those_of_the_tables() {
        let factorials = Factorials::new();
        let close = |value: f64, known: f64| (value - known).abs() < 1e-4;
        // The lady tasting tea: three of four cups each way.
        assert!(close(fisher(&factorials, (3, 4), (1, 4)), 0.4857));
        assert!(close(fisher(&factorials, (1, 10), (11, 14)), 0.0028));
        assert!(fisher(&factorials, (1_000_000, 1_000_000), (0, 1_000_000)) < 1e-100);
    }
}
