//! Runs a program once: its time and its memory.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::Failure;

/// One run of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// The most memory that it held, where the system tells.
    pub(crate) peak_kib: Option<u64>,
}

/// Runs the command to its end, its output in a file. A code other than 0 is an
/// error that holds the end of that output.
pub(crate) fn run(command: &mut Command, output: &Path) -> Result<Sample, Failure> {
    let file = File::create(output)?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let peak = AtomicU64::new(0);
    let ended = AtomicBool::new(false);
    let (code, wall) = thread::scope(|scope| {
        // The high-water mark is read until the process is gone, so only what it
        // took in its last 2 ms can be missed.
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                if let Some(kib) = high_water(&status) {
                    peak.fetch_max(kib, Ordering::Relaxed);
                }
                thread::park_timeout(Duration::from_millis(2));
            }
        });
        let code = child.wait();
        let wall = start.elapsed();
        ended.store(true, Ordering::Relaxed);
        (code, wall)
    });
    let code = code?;
    if !code.success() {
        let text = fs::read(output)?;
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        let end = lines[lines.len().saturating_sub(12)..].join("\n    ");
        return Err(format!("ended with {code}\n    {end}").into());
    }
    let peak_kib = Some(peak.into_inner()).filter(|kib| *kib > 0);
    Ok(Sample { wall, peak_kib })
}

/// `VmHWM` of a Linux process in KiB.
fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Several runs in one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    median: f64,
    least: f64,
    most: f64,
    /// Scenarios a second, by the median.
    pub(crate) per_second: f64,
    /// The largest peak of all runs.
    pub(crate) peak_mib: Option<f64>,
}

impl Summary {
    /// `None` without a sample.
    pub(crate) fn of(samples: &[Sample], scenarios: usize) -> Option<Self> {
        let mut walls: Vec<f64> = samples.iter().map(|s| s.wall.as_secs_f64()).collect();
        walls.sort_by(f64::total_cmp);
        let median = *walls.get(walls.len() / 2)?;
        Some(Self {
            median,
            least: *walls.first()?,
            most: *walls.last()?,
            per_second: scenarios as f64 / median,
            peak_mib: samples.iter().filter_map(|s| s.peak_kib).max().map(|k| k as f64 / 1024.0),
        })
    }
}

impl Summary {
    /// The wall times: the median, and from the least to the most.
    pub(crate) fn wall(&self) -> String {
        let wall = format!("{:.3} [{:.3}-{:.3}]", self.median, self.least, self.most);
        format!("{wall:>24}")
    }
}
