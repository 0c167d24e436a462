//! Prometheus' text format, read as strictly as its rules are written:
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::collections::{BTreeMap, BTreeSet};

/// A page: families by name, in their order.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    pub(crate) families: Vec<Family>,
}

/// Metrics of one name.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) samples: Vec<Sample>,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Exposition {
    /// Reads a page. Err: the first line that breaks a rule, and which.
    pub(crate) fn parse(page: &str) -> Result<Self, String> {
        let mut all = Self::default();
        if !page.is_empty() && !page.ends_with('\n') {
            return Err("the last line has no end".to_owned());
        }
        let mut lines = page.split_terminator('\n').peekable();
        while let Some(line) = lines.next() {
            let wrong = |what: &str| format!("{what}: {line}");
            let help = line.strip_prefix("# HELP ").ok_or_else(|| wrong("no HELP before"))?;
            let (name, text) = help.split_once(' ').ok_or_else(|| wrong("no help"))?;
            if !is_name(name, true) {
                return Err(wrong("not a name"));
            }
            escapes(text, false).map_err(|what| wrong(&what))?;
            if all.families.iter().any(|family| family.name == name) {
                return Err(wrong("told twice"));
            }
            let next = lines.next().unwrap_or_default();
            let kind =
                next.strip_prefix(&format!("# TYPE {name} ")).ok_or_else(|| wrong("no TYPE"))?;
            if !["counter", "gauge", "histogram"].contains(&kind) {
                return Err(format!("unknown type: {next}"));
            }
            let mut family =
                Family { name: name.to_owned(), kind: kind.to_owned(), samples: Vec::new() };
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                let sample = sample(line).map_err(|what| format!("{what}: {line}"))?;
                family.samples.push(sample);
            }
            family.check()?;
            all.families.push(family);
        }
        Ok(all)
    }

    /// The family of this name.
    pub(crate) fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The sum of all samples of this name that have these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let samples = self.families.iter().flat_map(|family| &family.samples);
        let named = samples.filter(|sample| sample.name == name);
        let wanted = named.filter(|sample| {
            labels
                .iter()
                .all(|(label, value)| sample.labels.get(*label).is_some_and(|v| v == value))
        });
        wanted.map(|sample| sample.value).sum()
    }
}

impl Family {
    fn check(&self) -> Result<(), String> {
        let Self { name, samples, .. } = self;
        if samples.is_empty() {
            return Err(format!("{name} has no sample"));
        }
        let mut seen = BTreeSet::new();
        for sample in samples {
            let of_histogram = ["_bucket", "_sum", "_count"]
                .iter()
                .any(|part| sample.name == format!("{name}{part}"));
            let fits = if self.kind == "histogram" { of_histogram } else { sample.name == *name };
            if !fits {
                return Err(format!("{} stands among {name}", sample.name));
            }
            if !seen.insert((&sample.name, &sample.labels)) {
                return Err(format!("told twice: {sample:?}"));
            }
            if self.kind != "gauge" && !(sample.value >= 0.0 && sample.value.is_finite()) {
                return Err(format!("does not count: {sample:?}"));
            }
        }
        let labels = |sample: &Sample| -> BTreeSet<String> {
            sample.labels.keys().filter(|label| *label != "le").cloned().collect()
        };
        let first = labels(&samples[0]);
        if let Some(other) = samples.iter().find(|sample| labels(sample) != first) {
            return Err(format!("other labels than the first of {name}: {other:?}"));
        }
        if self.kind == "histogram" { self.check_histograms() } else { Ok(()) }
    }

    /// Each is told whole and in one piece: buckets that rise, then sum and count.
    fn check_histograms(&self) -> Result<(), String> {
        let mut left = self.samples.as_slice();
        while !left.is_empty() {
            let wrong = |what: &str| Err(format!("{what} in {}", self.name));
            let buckets = left.iter().take_while(|s| s.name.ends_with("_bucket")).count();
            let (buckets, rest) = left.split_at(buckets);
            let [sum, count, rest @ ..] = rest else { return wrong("no sum or count") };
            left = rest;
            let mut bounds = Vec::new();
            for bucket in buckets {
                let mut labels = bucket.labels.clone();
                let bound = labels.remove("le").and_then(|bound| number(&bound));
                bounds.push(bound.ok_or("a bucket without bound")?);
                if labels != sum.labels || labels != count.labels {
                    return wrong("labels that differ");
                }
            }
            if !sum.name.ends_with("_sum") || !count.name.ends_with("_count") {
                return wrong("no sum or count");
            }
            if !bounds.windows(2).all(|pair| pair[0] < pair[1])
                || !buckets.windows(2).all(|pair| pair[0].value <= pair[1].value)
            {
                return wrong("buckets that do not rise");
            }
            let last = buckets.last().map(|bucket| bucket.value);
            if bounds.last() != Some(&f64::INFINITY) || last != Some(count.value) {
                return wrong("no bucket for all");
            }
        }
        Ok(())
    }
}

fn is_name(text: &str, metric: bool) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || metric && c == ':';
    text.starts_with(first) && text.chars().all(|c| first(c) || c.is_ascii_digit())
}

/// Undoes escapes. Err: one that the format does not know.
fn escapes(text: &str, quoted: bool) -> Result<String, String> {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(match c {
            '\\' => match characters.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('"') if quoted => '"',
                _ => return Err("an unknown escape".to_owned()),
            },
            '"' if quoted => return Err("a quote in a value".to_owned()),
            c => c,
        });
    }
    Ok(plain)
}

fn number(text: &str) -> Option<f64> {
    match text {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        text => text.parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// `name{label="value",...} number`, and no time stamp.
fn sample(line: &str) -> Result<Sample, String> {
    let (name, mut rest) = line.split_once('{').ok_or("no labels")?;
    if !is_name(name, true) {
        return Err("not a name".to_owned());
    }
    let mut labels = BTreeMap::new();
    let value = loop {
        let (label, after) = rest.split_once("=\"").ok_or("a label without value")?;
        if !is_name(label, false) || label.starts_with("__") {
            return Err(format!("`{label}` is not a label"));
        }
        let mut escaped = false;
        let end = after.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or("a value without end")?;
        if labels.insert(label.to_owned(), escapes(&after[..end], true)?).is_some() {
            return Err(format!("`{label}` stands twice"));
        }
        rest = &after[end + 1..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => break rest.strip_prefix("} ").ok_or("no value after the labels")?,
        }
    };
    let value = number(value).ok_or("not a number, or more than one")?;
    Ok(Sample { name: name.to_owned(), labels, value })
}
