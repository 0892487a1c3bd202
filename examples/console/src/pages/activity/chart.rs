//! Bar chart of the last days. Each bar is a link that shows the log of its day.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::{api::Day, request::ConsoleRequest, texts::ActivityTexts};

/// A kind of entry: class of its colour, word, number on a day.
type Kind = (
    &'static str,
    fn(&ActivityTexts) -> &'static str,
    fn(&Day) -> u64,
);

const KINDS: [Kind; 5] = [
    ("gh-bar-done", |texts| texts.pushed, |day| day.pushes.done),
    (
        "gh-bar-skipped",
        |texts| texts.skipped,
        |day| day.pushes.skipped,
    ),
    (
        "gh-bar-pending",
        |texts| texts.waiting,
        |day| day.pushes.pending,
    ),
    (
        "gh-bar-failed",
        |texts| texts.failed,
        |day| day.pushes.failed,
    ),
    (
        "gh-bar-from",
        |texts| texts.from_greenhouse,
        |day| {
            let counts = day.from_greenhouse;
            counts.done + counts.skipped + counts.pending + counts.failed
        },
    ),
];

pub(super) fn section(request: &ConsoleRequest<'_>, days: &[Day]) -> Markup {
    let texts = &request.texts().activity;
    let most = days.iter().map(total).max().unwrap_or_default();
    html! {
        section.gh-section aria-labelledby="gh-chart-title" {
            h3 #gh-chart-title { (texts.chart_title) }
            @if most == 0 {
                p.gh-hint { (texts.chart_empty) }
            } @else {
                (bars(request, days, most))
                ul.gh-legend {
                    @for (class, word, number) in KINDS {
                        li {
                            svg.gh-swatch viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" {
                                rect class=(class) width="10" height="10" {}
                            }
                            (word(texts)) " " strong { (days.iter().map(number).sum::<u64>()) }
                        }
                    }
                }
                details { summary { (texts.chart_table) } (table(request, days)) }
            }
        }
    }
}

/// The bars. They are hidden from screen readers and from the keyboard, which have the table.
fn bars(request: &ConsoleRequest<'_>, days: &[Day], most: u64) -> Markup {
    let texts = &request.texts().activity;
    let width = days.len() * STEP;
    let ends = days.first().into_iter().chain(days.last());
    html! {
        svg.gh-chart viewBox={ "0 0 " (width) " " (HEIGHT + LABELS) } aria-hidden="true"
            focusable="false" {
            @for (number, day) in days.iter().enumerate().filter(|(_, day)| total(day) > 0) {
                a href=(link(request, day)) tabindex="-1" {
                    title { (summary(texts, day)) }
                    rect.gh-bar-day fill="transparent" x=(number * STEP) y="0" width=(STEP) height=(HEIGHT) {}
                    @for (class, top, height) in stack(day, most) {
                        rect class=(class) x=(number * STEP + GAP) y=(top)
                            width=(STEP - 2 * GAP) height=(height) {}
                    }
                }
            }
            line.gh-axis stroke="currentColor" x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
            @for (day, (x, anchor)) in ends.zip([(0, "start"), (width, "end")]) {
                text x=(x) y=(HEIGHT + LABELS - 4) text-anchor=(anchor) { (shown(day)) }
            }
            text x="0" y="10" { (most) }
        }
    }
}

/// Class, top and height of each part of a bar, from the bottom.
fn stack(day: &Day, most: u64) -> Vec<(&'static str, String, String)> {
    let mut bottom = HEIGHT as f64;
    let parts = KINDS.iter().filter_map(|(class, _, number)| {
        let number = number(day);
        if number == 0 {
            return None;
        }
        let height = number as f64 / most as f64 * (HEIGHT - TOP) as f64;
        let height = height.max(SMALLEST);
        bottom -= height;
        Some((
            *class,
            format!("{:.1}", bottom.max(0.0)),
            format!("{height:.1}"),
        ))
    });
    parts.collect()
}

fn table(request: &ConsoleRequest<'_>, days: &[Day]) -> Markup {
    let texts = &request.texts().activity;
    html! {
        table {
            caption { (texts.chart_caption) }
            thead {
                tr {
                    th scope="col" { (texts.day) }
                    @for (_, word, _) in KINDS { th scope="col" { (word(texts)) } }
                }
            }
            tbody {
                @for day in days.iter().rev().filter(|day| total(day) > 0) {
                    tr {
                        th scope="row" { a href=(link(request, day)) { (shown(day)) } }
                        @for (_, word, number) in KINDS {
                            td data-label=(word(texts)) { (number(day)) }
                        }
                    }
                }
            }
        }
    }
}

fn total(day: &Day) -> u64 {
    KINDS.iter().map(|(_, _, number)| number(day)).sum()
}

/// Such as "30 Nov 2026: Pushed 3, Failed 1".
fn summary(texts: &ActivityTexts, day: &Day) -> String {
    let numbers = KINDS.iter().filter_map(|(_, word, number)| {
        let number = number(day);
        (number > 0).then(|| format!("{} {number}", word(texts)))
    });
    let numbers: Vec<_> = numbers.collect();
    format!("{}: {}", shown(day), numbers.join(", "))
}

fn link(request: &ConsoleRequest<'_>, day: &Day) -> String {
    request.link(&format!("activity?from={0}&until={0}", day.date))
}

fn shown(day: &Day) -> String {
    let date = day.date.parse::<NaiveDate>();
    date.map_or_else(
        |_| day.date.clone(),
        |date| date.format("%-d %b %Y").to_string(),
    )
}

/// Width of a day, with the gap at each side of its bar.
const STEP: usize = 20;
const GAP: usize = 3;
/// Height of the bars, with the space above the highest one.
const HEIGHT: usize = 120;
const TOP: usize = 16;
/// Height of the labels below the bars.
const LABELS: usize = 20;
/// Smallest height of a part, so that 1 beside 1,000 can be seen.
const SMALLEST: f64 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Counts;

    #[test]
    fn bars_are_stacked_and_small_parts_stay_visible() {
        let day = Day {
            date: "2026-11-30".to_owned(),
            pushes: Counts {
                done: 999,
                failed: 1,
                ..Counts::default()
            },
            from_greenhouse: Counts::default(),
        };
        let parts = stack(&day, 1000);
        assert_eq!(parts[0].0, "gh-bar-done");
        assert_eq!((&*parts[0].1, &*parts[0].2), ("16.1", "103.9"));
        assert_eq!((&*parts[1].1, &*parts[1].2), ("14.1", "2.0"));
        let text = summary(&ActivityTexts::ENGLISH, &day);
        assert_eq!(text, "30 Nov 2026: Pushed 999, Failed 1");
    }
}
