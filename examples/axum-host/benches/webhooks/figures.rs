pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    quantile(&mut figures, 0.5)
}

pub(crate) fn quantile(figures: &mut [f64], share: f64) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[(figures.len() as f64 * share) as usize]
}

/// Prints the ratio with its minimum. Returns `true` if the ratio is not below the minimum.
pub(crate) fn at_least(what: &str, ratio: f64, limit: f64) -> bool {
    let kept = ratio >= limit;
    let verdict = if kept { "" } else { ": MISSED" };
    println!("  {what}: {ratio:.3}, at least {limit}{verdict}");
    kept
}

/// Prints the ratio with its maximum. Returns `true` if the ratio does not exceed the maximum.
pub(crate) fn at_most(what: &str, ratio: f64, limit: f64) -> bool {
    let kept = ratio <= limit;
    let verdict = if kept { "" } else { ": EXCEEDED" };
    println!("  {what}: {ratio:.3}, at most {limit}{verdict}");
    kept
}
