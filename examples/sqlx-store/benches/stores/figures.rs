use std::time::Duration;

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Prints the ratio with its limit. Returns `true` if it is within the limit.
pub(crate) fn within(what: &str, measured: Duration, floor: Duration, limit: f64) -> bool {
    let ratio = measured.as_secs_f64() / floor.as_secs_f64();
    let kept = ratio <= limit;
    let verdict = if kept { "" } else { ": EXCEEDED" };
    println!("  {what}: {ratio:.3}, limit {limit}{verdict}");
    kept
}

pub(crate) fn micros(time: Duration) -> String {
    format!("{:.0} us", time.as_secs_f64() * 1e6)
}
