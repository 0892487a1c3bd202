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

/// A text of an endpoint, with its times shown as by [`time`]. A preposition before a time is left
/// out, because the script shows the time as "5 minutes ago".
pub(crate) fn with_times(text: &str) -> Markup {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, at, after)) = next_time(rest) {
        let preposition = [" at ", " for "].into_iter();
        let mut shorter = preposition.filter_map(|own| before.strip_suffix(own));
        let shorter = shorter.next().map(|before| format!("{before} "));
        parts.push((shorter.unwrap_or_else(|| before.to_owned()), at));
        rest = after;
    }
    html! {
        @for (before, at) in &parts { (before) (time(at)) }
        (rest)
    }
}

/// Splits a text at its first ISO 8601 time in UTC.
fn next_time(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices('T').find_map(|(place, _)| {
        let start = place.checked_sub(DATE.len())?;
        let end = place + text.get(place..)?.find('Z')? + 1;
        let at = text.get(start..end)?;
        DateTime::parse_from_rfc3339(at).ok()?;
        Some((text.get(..start)?, at, text.get(end..)?))
    })
}

const DATE: &str = "2026-11-30";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_readable_without_the_script() {
        let shown = time("2026-11-30T08:05:00.123Z").into_string();
        assert!(shown.contains("30 Nov 2026, 08:05 UTC"), "{shown}");
        assert!(time("<b>").into_string().contains("&lt;b&gt;"));
    }

    #[test]
    fn times_in_a_text_are_shown_as_times() {
        let shown = |text: &str| with_times(text).into_string();
        let at = "2026-11-30T08:05:00Z";
        let time = time(at).into_string();
        for (text, expected) in [
            (
                "The tags are valid.".to_owned(),
                "The tags are valid.".to_owned(),
            ),
            (format!("Received at {at}."), format!("Received {time}.")),
            (format!("Scheduled for {at}."), format!("Scheduled {time}.")),
            (
                format!("Overdue since {at}."),
                format!("Overdue since {time}."),
            ),
            (format!("{at} {at}"), format!("{time} {time}")),
            (format!("é{at}<b>"), format!("é{time}&lt;b&gt;")),
            ("2026-11-30T08:05".to_owned(), "2026-11-30T08:05".to_owned()),
            ("TTTTTTTTTTTTTZ Z".to_owned(), "TTTTTTTTTTTTTZ Z".to_owned()),
        ] {
            assert_eq!(shown(&text), expected, "{text}");
        }
    }
}
