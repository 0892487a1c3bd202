//! `health`: every check, problems first, each with its remedy and the setting that mends it.

mod places;

use std::cmp::Reverse;

use maud::{Markup, html};

use super::{
    Answer,
    settings::{Tab, page},
};
use crate::{
    api::{ApiError, Check, CheckState, Health},
    parts::{Icon, Tone, icon, notice, with_times},
    request::ConsoleRequest,
};

pub(super) async fn answer(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let mut health: Health = request.api.get("health").await?;
    health.checks.sort_by_key(|check| Reverse(check.state));
    Ok(page(request, Tab::Health, &content(request, &health)).into())
}

fn content(request: &ConsoleRequest<'_>, health: &Health) -> Markup {
    let (common, texts) = (&request.texts().common, &request.texts().health);
    let number = |state| {
        let of_state = health.checks.iter().filter(|check| check.state == state);
        of_state.count() as u64
    };
    let (problems, warnings) = (number(CheckState::Problem), number(CheckState::Warning));
    html! {
        div.gh-title {
            h2 { (texts.title) }
            form method="get" action=(request.link("health")) {
                button.gh-button type="submit" data-busy=(common.checking) { (common.check_again) }
            }
        }
        p.gh-lead { (texts.lead) }
        @if health.checks.is_empty() {
            (notice(Tone::Info, &html! { p { (texts.empty) } }))
        } @else if health.state == CheckState::Ok {
            (notice(Tone::Success, &html! { p { (texts.all_ok) } }))
        } @else {
            p.gh-summary {
                @if problems > 0 { (texts.problems.of(problems)) }
                @if problems > 0 && warnings > 0 { ", " }
                @if warnings > 0 { (texts.warnings.of(warnings)) }
            }
        }
        ul.gh-checks {
            @for check in &health.checks { (row(request, check)) }
        }
    }
}

fn row(request: &ConsoleRequest<'_>, check: &Check) -> Markup {
    let (common, texts) = (&request.texts().common, &request.texts().health);
    let (class, word, shown) = match check.state {
        CheckState::Ok => ("gh-ok", common.ok, Icon::Done),
        CheckState::Warning => ("gh-warning", common.warning, Icon::Warning),
        CheckState::Problem => ("gh-problem", common.problem, Icon::Failed),
    };
    let code = check.name.split(':').next().unwrap_or_default();
    html! {
        li class={ "gh-check-row " (class) } data-check=(check.name) {
            span class={ "gh-status " (class) } { (icon(shown)) (word) }
            div {
                p { (with_times(&check.text)) }
                @if let Some(remedy) = &check.remedy {
                    p.gh-remedy { strong { (texts.what_to_do) ": " } (with_times(remedy)) }
                }
                @if check.state > CheckState::Ok {
                    p.gh-links {
                        @if let Some(place) = places::of(code) {
                            a href=(request.link(place)) { (texts.open_setting) } " "
                        }
                        a href=(request.link(&format!("help#{code}"))) { (common.what_helps) }
                    }
                }
                @if !check.lines.is_empty() {
                    details {
                        summary { (texts.details) }
                        ul { @for line in &check.lines { li { (with_times(line)) } } }
                    }
                }
            }
        }
    }
}
