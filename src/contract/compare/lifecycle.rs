//! How an operation ends: deprecation, the announced day, removal.
//!
//! The day is `x-sunset`, with the meaning of the `Sunset` header field (RFC 8594).

use time::{Date, Month};

use super::{
    operations::called,
    report::{Found, Report},
};
use crate::contract::Operation;

/// Days that those who use an operation are to have.
const NOTICE: i32 = 90;

/// An operation that is gone.
pub(super) fn removed(report: &mut Report<'_>, operation: &Operation) {
    let end = operation.sunset.as_deref().and_then(day);
    let over = end.zip(today(report)).is_some_and(|(end, today)| end <= today);
    let (rule, after) = match &operation.sunset {
        Some(end) if operation.deprecated && over => {
            ("operation.removed-after-sunset", format!("nothing, as announced for {end}"))
        }
        Some(end) => ("operation.removed", format!("nothing, before its announced end, {end}")),
        None => ("operation.removed", "nothing".to_owned()),
    };
    report.add(Found {
        rule,
        message: format!("{} is gone", called(operation)),
        old_pointer: operation.pointer.clone(),
        before: called(operation),
        after,
        ..Found::default()
    });
}

/// An operation that is there in both versions.
pub(super) fn compare(report: &mut Report<'_>, old: &Operation, new: &Operation) {
    let state = |operation: &Operation| match (operation.deprecated, &operation.sunset) {
        (false, None) => "in use".to_owned(),
        (true, None) => "deprecated".to_owned(),
        (_, Some(end)) => format!("ends on {end}"),
    };
    let mut tell = |rule, message| {
        report.add(Found {
            rule,
            message,
            old_pointer: old.pointer.clone(),
            new_pointer: new.pointer.clone(),
            before: state(old),
            after: state(new),
            ..Found::default()
        });
    };
    match (old.deprecated, new.deprecated) {
        (false, true) => {
            tell("operation.deprecated", format!("{} is deprecated now", called(new)));
        }
        (true, false) => {
            tell("operation.reinstated", format!("{} is no longer deprecated", called(new)));
        }
        _ => {}
    }
    if old.sunset == new.sunset {
        return;
    }
    match (&old.sunset, &new.sunset) {
        (Some(was), None) if new.deprecated => {
            let message = format!("{} is still deprecated, without its day {was}", called(new));
            tell("operation.sunset-removed", message);
        }
        (was, Some(is)) => {
            let (was, end) = (was.as_deref().and_then(day), day(is));
            let earlier = was.zip(end).is_some_and(|(was, end)| end < was);
            let rule = if earlier { "operation.sunset-earlier" } else { announced(report, end) };
            report.add(Found {
                rule,
                message: format!("{} ends on {is}", called(new)),
                old_pointer: old.pointer.clone(),
                new_pointer: new.pointer.clone(),
                before: state(old),
                after: state(new),
                ..Found::default()
            });
        }
        (_, None) => {}
    }
}

fn announced(report: &Report<'_>, end: Option<Date>) -> &'static str {
    let left =
        end.zip(today(report)).map(|(end, today)| end.to_julian_day() - today.to_julian_day());
    match left {
        Some(left) if left < NOTICE => "operation.sunset-near",
        _ => "operation.sunset-announced",
    }
}

fn today(report: &Report<'_>) -> Option<Date> {
    report.settings.today.as_deref().and_then(day)
}

/// The day that a date or time begins with (RFC 3339); `None` where it does not.
pub(super) fn day(text: &str) -> Option<Date> {
    let mut parts = text.get(..10)?.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_from_a_date_or_a_time() {
        assert_eq!(day("2027-03-01").map(Date::to_julian_day), Some(2_461_466));
        assert_eq!(day("2027-03-01T10:00:00Z"), day("2027-03-01"));
        for wrong in ["", "soon", "2027-13-01", "01.03.2027", "Wed, 11 Nov 2026"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
