//! The text format itself: names, escaping, numbers.

use std::fmt::Write as _;

use crate::evidence::metrics::{DURATION_BUCKETS, Metric};
use crate::report::metrics::count::Durations;
use crate::report::plain::one_line;

/// A page that is being written.
pub(super) struct Page {
    text: String,
    environment: String,
    profile: String,
}

impl Page {
    /// An empty page of a run.
    pub(super) fn new(environment: &str, profile: &str) -> Self {
        let [environment, profile] = [environment, profile].map(escaped);
        Self { text: String::new(), environment, profile }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// A family of plain samples; nothing where there are none.
    pub(super) fn family<L: AsRef<[V]>, V: AsRef<str>>(
        &mut self,
        metric: &Metric,
        samples: impl IntoIterator<Item = (L, f64)>,
    ) {
        let mut begun = false;
        for (labels, value) in samples {
            self.begin(metric, &mut begun);
            self.text.push_str(metric.name);
            self.labels(metric, labels.as_ref(), None);
            self.value(value);
        }
    }

    /// A family of histograms; `scale` is how many of its unit make a second.
    pub(super) fn histograms<L: AsRef<[V]>, V: AsRef<str>>(
        &mut self,
        metric: &Metric,
        scale: f64,
        samples: impl IntoIterator<Item = (L, Durations)>,
    ) {
        let mut begun = false;
        for (labels, durations) in samples {
            self.begin(metric, &mut begun);
            let labels = labels.as_ref();
            let mut below = 0;
            let bounds = DURATION_BUCKETS.iter().map(|bound| number(bound * scale));
            for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(durations.buckets) {
                below += count;
                self.text.extend([metric.name, "_bucket"]);
                self.labels(metric, labels, Some(&bound));
                self.value(below as f64);
            }
            for (part, value) in
                [("_sum", durations.sum_ms / 1e3 * scale), ("_count", below as f64)]
            {
                self.text.extend([metric.name, part]);
                self.labels(metric, labels, None);
                self.value(value);
            }
        }
    }

    fn begin(&mut self, metric: &Metric, begun: &mut bool) {
        if !std::mem::replace(begun, true) {
            let help = metric.help.replace('\\', "\\\\");
            let _ = writeln!(self.text, "# HELP {} {help}", metric.name);
            let _ = writeln!(self.text, "# TYPE {} {}", metric.name, metric.kind.word());
        }
    }

    /// Writes the labels of a metric with these values, those of the run in
    /// their places.
    fn labels<V: AsRef<str>>(&mut self, metric: &Metric, values: &[V], bound: Option<&str>) {
        let mut own = values.iter();
        self.text.push('{');
        for (index, label) in metric.labels.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            let _ = write!(self.text, "{label}=\"");
            match *label {
                "environment" => self.text.push_str(&self.environment),
                "profile" => self.text.push_str(&self.profile),
                _ => {
                    let value = own.next().map_or("", AsRef::as_ref);
                    self.text.push_str(&escaped(value));
                }
            }
            self.text.push('"');
        }
        debug_assert!(own.next().is_none(), "{} has too many values", metric.name);
        if let Some(bound) = bound {
            let _ = write!(self.text, ",le=\"{bound}\"");
        }
        self.text.push('}');
    }

    fn value(&mut self, value: f64) {
        self.text.push(' ');
        self.text.push_str(&number(value));
        self.text.push('\n');
    }
}

/// A number as the format has it; sums of floats are rounded to what was
/// measured, a microsecond at most.
pub(super) fn number(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        _ if rounded.is_finite() => rounded.to_string(),
        _ => value.to_string(),
    }
}

/// A label's value: one harmless line, then escaped as the format asks.
fn escaped(value: &str) -> String {
    one_line(value).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_stay_on_their_line() {
        assert_eq!(escaped(r#"a"b\c"#), r#"a\"b\\c"#);
        assert_eq!(escaped("a\nb\u{1b}[31m\r"), "a b␍");
    }

    #[test]
    fn numbers_are_what_was_measured() {
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(3.0), "3");
        assert_eq!(number(1_795_169_700.25), "1795169700.25");
        assert_eq!(number(f64::INFINITY), "+Inf");
        assert_eq!(number(f64::NEG_INFINITY), "-Inf");
        assert_eq!(number(f64::MAX).parse(), Ok(f64::MAX));
        assert_eq!(number(f64::NAN), "NaN");
    }
}
