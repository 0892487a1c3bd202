use chrono::{DateTime, Utc};
use maud::{Markup, html};

/// A time. The script shows it relative to now and in the user's time zone; without the script it
/// is in UTC.
pub(crate) fn time(at: &str) -> Markup {
    let shown = DateTime::parse_from_rfc3339(at).map(|at| at.with_timezone(&Utc));
    let shown = shown.map(|at| at.format("%-d %b %Y, %H:%M UTC").to_string());
    html! {
        time datetime=(at) { (shown.as_deref().unwrap_or(at)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_readable_without_the_script() {
        let shown = time("2026-11-30T08:05:00.123Z").into_string();
        assert!(shown.contains("30 Nov 2026, 08:05 UTC"), "{shown}");
        assert!(time("<b>").into_string().contains("&lt;b&gt;"));
    }
}
