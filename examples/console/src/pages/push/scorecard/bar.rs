//! The bar of the five score ranges, with a handle for each bound.
//!
//! Positions are percentages, so the bar is as wide as the page without being distorted. The
//! script moves a handle by the `x` of its `svg`, and a range by the `x` and `width` of its `rect`.

use greenhouse_core::scorecard::{Score, Thresholds};
use maud::{Markup, html};

use super::bounds::Bound;
use crate::{request::ConsoleRequest, texts::fill};

pub(super) fn markup(request: &ConsoleRequest<'_>, thresholds: &Thresholds) -> Markup {
    let texts = &request.texts().scorecard;
    html! {
        svg.gh-bar data-bar width="100%" height="56" role="group" aria-label=(texts.bar) {
            @for range in thresholds.ranges().iter().rev() {
                @let from = range.from.value();
                @let to = range.below.map_or(100.0, |below| below.value());
                rect class={ "gh-range gh-" (range.recommendation.as_str()) }
                    data-range=(range.recommendation.as_str())
                    x=(percent(from)) y="8" width=(percent(to - from)) height="16" {
                    title { (range.label) ": " (range.text) }
                }
            }
            @for bound in Bound::ALL.iter().rev() { (handle(request, *bound, thresholds)) }
        }
    }
}

fn handle(request: &ConsoleRequest<'_>, bound: Bound, thresholds: &Thresholds) -> Markup {
    let texts = &request.texts().scorecard;
    let label = bound.recommendation().label();
    let value = bound.value(thresholds);
    let named = fill(texts.handle, &[("recommendation", label)]);
    let values = [("recommendation", label), ("score", &value.to_string())];
    slider(
        bound.name(),
        &named,
        &fill(texts.handle_value, &values),
        value,
    )
}

/// A bar with one handle, which moves the score of the preview.
pub(super) fn marker(request: &ConsoleRequest<'_>, score: Score) -> Markup {
    let label = request.texts().scorecard.score;
    let value = score.value();
    html! {
        svg.gh-bar.gh-marker data-bar width="100%" height="56" role="group" aria-label=(label) {
            rect.gh-track x="0" y="14" width="100%" height="4" fill="currentColor"
                fill-opacity="0.25" {}
            (slider(SCORE, label, &value.to_string(), value))
        }
    }
}

/// The handle of the input with this name.
fn slider(name: &str, label: &str, text: &str, value: f64) -> Markup {
    html! {
        g.gh-handle role="slider" tabindex="0" data-handle=(name) aria-label=(label)
            aria-valuemin="0" aria-valuemax="100" aria-valuenow=(value) aria-valuetext=(text) {
            svg x=(percent(value)) overflow="visible" {
                path d="M0 2v28" {}
                circle cx="0" cy="16" r="9" {}
                text x="0" y="46" text-anchor="middle" { (value) }
            }
        }
    }
}

/// Position on the bar, with at most three decimals.
fn percent(value: f64) -> String {
    format!("{}%", (value * 1000.0).round() / 1000.0)
}

pub(super) const SCORE: &str = "score";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_has_few_decimals() {
        assert_eq!(percent(79.9 - 60.0), "19.9%");
        assert_eq!(
            (percent(100.0), percent(0.5)),
            ("100%".into(), "0.5%".into())
        );
    }
}
