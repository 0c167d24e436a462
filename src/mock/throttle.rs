//! How a partner throttles: its words for it, and the bucket that makes it say them.

use std::time::Duration;

use serde_json::Value;

use super::{
    StandIn,
    act::Said,
    answer,
    behavior::{Canned, overlay},
    compile::Compiler,
    expressions::Scope,
    file::{TypedAnswer, TypedBucket, TypedOperation, TypedThrottle},
    serve::put_all,
    template::{Context, Template, Text, Variables, below},
};
use crate::contract::{Operation, codec::Arguments, generate::Answer};

/// Less than this of a call is no reason to refuse it: leaked drops are fractions.
const GRAIN: f64 = 1e-6;

/// A form of throttling.
#[derive(Debug)]
pub(super) struct Throttle {
    canned: Canned,
    bucket: Option<Bucket>,
}

/// A bucket that each call pours into, and that leaks. What does not fit is throttled.
#[derive(Debug)]
struct Bucket {
    size: f64,
    /// What leaks in a second.
    leak: f64,
    /// What a call pours in; `None`: 1.
    cost: Option<Template>,
    /// On every answer.
    headers: Vec<(String, Text)>,
    /// Over the body of every answer.
    set: Vec<(String, Template)>,
}

/// How full a bucket is. Time is what waits have passed, so that no drop more leaks
/// on a busy machine.
#[derive(Debug, Default)]
pub(super) struct Level {
    filled: f64,
    at: Duration,
    /// In words: that it was nearly filled, and has not overflowed since.
    nearly: Option<String>,
}

/// What a call did to its bucket.
pub(super) struct Poured<'t> {
    bucket: &'t Bucket,
    /// How full it is, as expressions see it.
    gauge: Value,
    /// Whether the call did not fit.
    pub(super) over: bool,
}

/// How a call comes to its bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pour {
    /// As it is.
    Call,
    /// Others have just filled it to the brim.
    AtBrim,
}

impl Level {
    fn leak(&mut self, bucket: &Bucket, now: Duration) {
        let gone = now.saturating_sub(self.at).as_secs_f64();
        self.filled = (self.filled - bucket.leak * gone).max(0.0);
        self.at = now;
    }

    /// That it was nearly filled, and has not overflowed since; in words.
    pub(super) fn never_overflowed(&self) -> Option<&str> {
        self.nearly.as_deref()
    }
}

impl Bucket {
    /// What a call costs; what is no number costs nothing.
    fn cost(&self, context: &Context) -> f64 {
        let Some(template) = &self.cost else { return 1.0 };
        let cost = template.render(context).ok().flatten();
        cost.and_then(|cost| cost.as_f64()).unwrap_or(0.0).max(0.0)
    }

    fn pour(&self, level: &mut Level, cost: f64, now: Duration, pour: Pour) -> Poured<'_> {
        level.leak(self, now);
        if pour == Pour::AtBrim {
            level.filled = self.size;
        }
        let over = pour == Pour::AtBrim || level.filled + cost > self.size + GRAIN;
        if over {
            level.nearly = None;
        } else {
            level.filled += cost;
        }
        Poured { bucket: self, gauge: self.gauge(level.filled, cost, over), over }
    }

    /// As partners tell it: whole drops, in doubt to our disadvantage.
    fn gauge(&self, filled: f64, cost: f64, over: bool) -> Value {
        let left = (self.size - filled + GRAIN).floor().max(0.0);
        let wait = if over { ((cost - left) / self.leak).max(0.0) } else { 0.0 };
        serde_json::json!({
            "size": number(self.size),
            "used": number((filled - GRAIN).ceil().max(0.0)),
            "left": number(left),
            "leak": number(self.leak),
            "cost": number(cost),
            "over": over,
            "wait": number((wait * 1e3).ceil() / 1e3),
        })
    }
}

/// A whole number without a decimal point.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

impl StandIn {
    /// Lets a call draw on the bucket of its operation, if it has one.
    pub(super) fn pour(
        &self,
        levels: &mut [Level],
        now: Duration,
        (number, index): (u64, usize),
        arguments: &Arguments,
        pour: Pour,
    ) -> Option<Poured<'_>> {
        let place = self.behavior.plays[index].throttle?;
        let bucket = self.behavior.throttles[place].bucket.as_ref()?;
        let cost = match bucket.cost {
            Some(_) => bucket.cost(&Variables::new(number, arguments).context(number)),
            None => 1.0,
        };
        Some(bucket.pour(&mut levels[place], cost, now, pour))
    }

    /// Nearly fills the bucket of an operation: so many calls fit. Err: it has none.
    pub(super) fn leave_room(
        &self,
        levels: &mut [Level],
        now: Duration,
        index: usize,
        calls: u32,
    ) -> Result<(), String> {
        let name = &self.behavior.plays[index].name;
        let place = self.behavior.plays[index].throttle;
        let bucket = place.and_then(|place| self.behavior.throttles[place].bucket.as_ref());
        let (Some(place), Some(bucket)) = (place, bucket) else {
            return Err(format!("calls of {name} draw on no bucket"));
        };
        let cost = bucket.cost(&Variables::of_request(0).context(0));
        let filled = (bucket.size - cost * f64::from(calls)).max(0.0);
        let word = if calls == 1 { "call" } else { "calls" };
        let nearly = Some(format!("have room for {calls} more {word} of {name}"));
        levels[place] = Level { filled, at: now, nearly };
        Ok(())
    }

    /// Whether calls of an operation draw on a bucket; by the scenarios' name, else the contract's.
    pub fn has_bucket(&self, operation: &str) -> bool {
        let play = self.operation(operation).map(|index| &self.behavior.plays[index]);
        let place = play.and_then(|play| play.throttle);
        place.is_some_and(|place| self.behavior.throttles[place].bucket.is_some())
    }

    /// The refusal of a throttled call, in the partner's words.
    pub(super) fn throttled(
        &self,
        number: u64,
        index: usize,
        op: &Operation,
        poured: Option<&Poured<'_>>,
    ) -> Said {
        let Some(place) = self.behavior.plays[index].throttle else {
            return answer::status(&self.contract, op, 429, self.seed).into();
        };
        let canned = &self.behavior.throttles[place].canned;
        let mut answer = canned.answer(&self.contract, op, self.seed);
        let mut variables = Variables::of_request(number);
        if let Some(poured) = poured {
            variables.bucket(&poured.gauge);
        }
        put_all(&mut answer.headers, &canned.headers, &variables.context(number));
        answer.into()
    }
}

impl Poured<'_> {
    /// Tells on an answer how full the bucket is.
    pub(super) fn tell(&self, number: u64, answer: &mut Answer) -> Result<(), String> {
        let mut variables = Variables::of_request(number);
        variables.bucket(&self.gauge);
        let context = variables.context(number);
        put_all(&mut answer.headers, &self.bucket.headers, &context);
        let Some((_, body @ Value::Object(_))) = &mut answer.body else { return Ok(()) };
        for (name, template) in &self.bucket.set {
            if let Some(value) = template.render(&context)? {
                let over = serde_json::Map::from_iter([(name.clone(), value)]);
                overlay(body, Value::Object(over));
            }
        }
        Ok(())
    }
}

impl Compiler<'_> {
    /// The form of throttling that stands here, documented by `op` or by any operation.
    pub(super) fn throttle(
        &mut self,
        typed: &TypedThrottle,
        op: Option<&Operation>,
        at: &str,
    ) -> Option<Throttle> {
        let TypedThrottle { status, example, headers, bucket } = typed;
        let scope = Scope { bucket: bucket.is_some(), ..Scope::default() };
        let canned = TypedAnswer {
            status: *status,
            example: example.clone(),
            headers: std::collections::BTreeMap::new(),
        };
        let canned = self.canned(&canned, op, at);
        let headers = self.headers(headers, scope, &below(at, "headers"));
        let bucket = bucket.as_ref().map(|bucket| self.bucket(bucket, &below(at, "bucket")));
        canned.map(|canned| Throttle { canned: Canned { headers, ..canned }, bucket })
    }

    /// The form in which an operation is throttled: its own, else the one for all.
    pub(super) fn own_throttle(
        &mut self,
        index: usize,
        typed: Option<(&str, &TypedOperation)>,
        throttles: &mut Vec<Throttle>,
    ) -> Option<usize> {
        if let Some((name, TypedOperation { throttle: Some(own), .. })) = typed {
            let at = below(&below("/operations", name), "throttle");
            throttles.push(self.throttle(own, Some(&self.contract.operations[index]), &at)?);
            return Some(throttles.len() - 1);
        }
        // The one for all stands first, and only it does not belong to an operation.
        (self.file.typed.throttle.is_some() && !throttles.is_empty()).then_some(0)
    }

    fn bucket(&mut self, typed: &TypedBucket, at: &str) -> Bucket {
        for (key, nothing) in [("size", typed.size == 0), ("leak", typed.leak.0 <= 0.0)] {
            if nothing {
                let title = format!("a bucket without {key} throttles for good");
                let problem =
                    self.file.problem(title, &below(at, key)).expected("more than nothing");
                self.problems.push(problem.help("write it as the partner documents it"));
            }
        }
        let scope = Scope { bucket: true, ..Scope::default() };
        let cost = typed.cost.as_ref().map(|cost| {
            let request = Scope { request: true, ..Scope::default() };
            self.template(cost, request, &below(at, "cost"))
        });
        Bucket {
            size: f64::from(typed.size),
            leak: typed.leak.0,
            cost,
            headers: self.headers(&typed.headers, scope, &below(at, "headers")),
            set: self.templates(&typed.set, scope, &below(at, "set")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bucket(size: f64, leak: f64) -> Bucket {
        Bucket { size, leak, cost: None, headers: Vec::new(), set: Vec::new() }
    }

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_bucket_overflows_and_leaks() {
        let (bucket, mut level) = (bucket(3.0, 2.0), Level::default());
        let mut used = |now| {
            let poured = bucket.pour(&mut level, 1.0, at(now), Pour::Call);
            (poured.gauge["used"].clone(), poured.over)
        };
        assert_eq!(used(0.0), (json!(1), false));
        assert_eq!(used(0.0), (json!(2), false));
        assert_eq!(used(0.0), (json!(3), false));
        assert_eq!(used(0.0), (json!(3), true), "what does not fit is not poured in");
        assert_eq!(used(0.25), (json!(3), true), "half a call has leaked");
        assert_eq!(used(0.5), (json!(3), false));
        assert_eq!(used(9.0), (json!(1), false), "it is never less than empty");
        assert_eq!(used(8.0), (json!(2), false), "time never runs back");
    }

    #[test]
    fn the_gauge_says_how_long_to_wait() {
        let (bucket, mut level) = (bucket(1000.0, 100.0), Level::default());
        bucket.pour(&mut level, 980.0, at(0.0), Pour::Call);
        let over = bucket.pour(&mut level, 52.0, at(0.0), Pour::Call);
        let expected = json!({
            "size": 1000, "used": 980, "left": 20, "leak": 100, "cost": 52, "over": true,
            "wait": 0.32,
        });
        assert_eq!(over.gauge, expected);
        assert!(!bucket.pour(&mut level, 52.0, at(0.32), Pour::Call).over);
        let brim = bucket.pour(&mut level, 52.0, at(0.32), Pour::AtBrim);
        assert_eq!((&brim.gauge["left"], &brim.gauge["wait"]), (&json!(0), &json!(0.52)));
        assert!(brim.over);
        assert!(!bucket.pour(&mut level, 52.0, at(0.84), Pour::Call).over);
    }
}
