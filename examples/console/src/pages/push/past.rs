//! Section "Past results": counts past results, and brings them over.

use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    section::{Section, Sections},
    show,
};
use crate::{
    api::{ApiError, Backfill, sentence},
    draft::Draft,
    form::Form,
    pages::{Answer, settings::Saved},
    parts::{
        Choice, Confirm, Field, Tone, confirm, hidden, notice, problem_summary, select, text_input,
    },
    request::ConsoleRequest,
    texts::fill,
};

/// Answers the pages and forms below `push/past`.
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    let form = &request.form;
    let body = match path {
        ["state"] if request.is_read() => {
            let backfill = read(request).await;
            return Ok(Answer::Fragment(content(
                request,
                &backfill,
                &Draft::default(),
            )));
        }
        [action @ ("count" | "run")] if !request.is_read() => json!({
            "action": action,
            "days": number(form, DAYS),
            "share": number(form, SHARE),
            "scope": form.get(SCOPE).unwrap_or("all"),
        }),
        [action @ ("pause" | "resume" | "cancel")] if !request.is_read() => {
            json!({ "action": action })
        }
        _ => return Err(ApiError::not_found()),
    };
    match request.api.post::<Value>("backfill", &body).await {
        Ok(_) => Ok(Answer::Redirect(request.link("push#past"))),
        Err(error) => {
            let refused = Saved::not_saved(form, error)?;
            show(request, Some((Section::Past, refused))).await
        }
    }
}

/// A number as the endpoint expects it. Other text stays text, so that the endpoint refuses it.
fn number(form: &Form, name: &str) -> Value {
    let text = form.get(name).unwrap_or_default().trim();
    text.parse::<u32>()
        .map_or_else(|_| json!(text), |number| json!(number))
}

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().past;
    let backfill = read(request).await;
    let is_open = matches!(&backfill, Ok(Some(backfill)) if backfill.is_running());
    let poll = request.link("push/past/state");
    html! {
        p.gh-lead { (texts.lead) }
        p { (texts.rest) }
        div.gh-past data-poll=[is_open.then_some(poll)] data-every="3" aria-live="polite" {
            (content(request, &backfill, draft))
        }
    }
}

/// Reads the last backfill. `None` if there was none.
async fn read(request: &ConsoleRequest<'_>) -> Result<Option<Backfill>, ApiError> {
    match request.api.get("backfill").await {
        Ok(backfill) => Ok(Some(backfill)),
        Err(error) if error.status == StatusCode::NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}

/// The state, and what can be done next. Polled while it changes by itself.
fn content(
    request: &ConsoleRequest<'_>,
    backfill: &Result<Option<Backfill>, ApiError>,
    draft: &Draft<'_>,
) -> Markup {
    let texts = &request.texts().past;
    let backfill = match backfill {
        Ok(backfill) => backfill.as_ref(),
        Err(error) => {
            return notice(
                Tone::Problem,
                &html! { p { (texts.read_failed) " " (sentence(&error.message)) } },
            );
        }
    };
    let is_running = backfill.is_some_and(Backfill::is_running);
    let is_unfinished = backfill.is_some_and(Backfill::is_unfinished);
    html! {
        div data-backfill=(backfill.map_or("none", |backfill| &*backfill.state))
            data-poll-end[!is_running] {
            @if is_unfinished || backfill.is_none() {
                (problem_summary(request, draft, FIELDS))
            }
            @if let Some(backfill) = backfill { (state(request, backfill)) }
            @if !is_unfinished { (count_form(request, backfill, draft)) }
        }
    }
}

fn state(request: &ConsoleRequest<'_>, backfill: &Backfill) -> Markup {
    let texts = &request.texts().past;
    let (ended, all) = backfill.progress();
    let (shown_ended, shown_all) = (ended.to_string(), all.to_string());
    let pushed = backfill.counts.pushed.to_string();
    let values = [
        ("ended", &*shown_ended),
        ("all", &shown_all),
        ("pushed", &pushed),
    ];
    let is_count = backfill.mode == "dry_run";
    let text = match (&*backfill.state, is_count) {
        ("running", true) => texts.counting,
        ("running", false) => texts.running,
        ("paused", _) => texts.paused,
        ("cancelled", _) => texts.cancelled,
        (_, true) => texts.counted,
        (_, false) => texts.done,
    };
    html! {
        h3 { (fill(text, &values)) }
        @if let Some(reason) = &backfill.reason {
            (notice(Tone::Warning, &html! { p { (reason) } }))
        }
        @if backfill.is_unfinished() && !is_count {
            progress.gh-progress value=(ended) max=(all.max(1)) aria-label=(texts.title) {}
            p {
                @if backfill.waiting > 0 { (texts.waiting.of(backfill.waiting)) " " }
                @if let (true, Some(left)) = (backfill.is_running(), backfill.seconds_left) {
                    (fill(texts.left, &[("time", &time(request, left))]))
                }
            }
        }
        @if is_count && backfill.state != "cancelled" { (counted(request, backfill)) }
        @if backfill.counts.failed > 0 {
            (notice(Tone::Warning, &html! {
                p {
                    (texts.pushes_failed.of(backfill.counts.failed)) " " (texts.failed) " "
                    a href=(request.link("activity?status=failed")) { (texts.open_activity) }
                }
            }))
        }
        (skipped(request, backfill))
        (actions(request, backfill))
    }
}

/// The numbers of a dry run, and the button that starts the run.
fn counted(request: &ConsoleRequest<'_>, backfill: &Backfill) -> Markup {
    let texts = &request.texts().past;
    let taken = backfill.counts.taken;
    let (days, share) = (backfill.days.to_string(), backfill.share.to_string());
    let (shown, seen) = (taken.to_string(), backfill.counts.seen.to_string());
    let values = [("taken", &*shown), ("seen", &seen), ("days", &days)];
    let is_done = backfill.state == "done";
    html! {
        p { (fill(texts.would, &values)) }
        @if is_done && taken == 0 { p { (texts.nothing) } }
        @if is_done && taken > 0 {
            @if let Some(left) = backfill.seconds_left {
                @let time = time(request, left);
                p { (fill(texts.takes, &[("share", &share), ("time", &time)])) }
            }
            form method="post" action=(request.link("push/past/run#past")) data-partial {
                (hidden(DAYS, &days)) (hidden(SHARE, &share)) (hidden(SCOPE, &backfill.scope))
                button.gh-button.gh-primary type="submit" { (texts.bring.of(taken)) }
            }
        }
    }
}

fn skipped(request: &ConsoleRequest<'_>, backfill: &Backfill) -> Markup {
    let texts = &request.texts().past;
    if backfill.counts.skipped.is_empty() {
        return html! {};
    }
    html! {
        table.gh-estimates {
            caption { (texts.skipped) }
            thead {
                tr { th scope="col" { (texts.column_reason) } th scope="col" { (texts.column_count) } }
            }
            tbody {
                @for (reason, count) in &backfill.counts.skipped {
                    tr { th scope="row" { (word(request, reason)) } td { (count) } }
                }
            }
        }
    }
}

fn word<'a>(request: &'a ConsoleRequest<'_>, reason: &'a str) -> &'a str {
    let texts = &request.texts().past;
    match reason {
        "known" => texts.known,
        "invited" => texts.invited,
        "invited_without_application" => texts.invited_without_application,
        "out_of_scope" => texts.out_of_scope,
        "no_score" => texts.no_score,
        "below_minimum" => texts.below_minimum,
        "no_mapping" => texts.no_mapping,
        "no_contact" => texts.no_contact,
        "not_completed" => texts.not_completed,
        "unread" => texts.unread,
        other => other,
    }
}

/// Pause or resume, and cancel.
fn actions(request: &ConsoleRequest<'_>, backfill: &Backfill) -> Markup {
    let texts = &request.texts().past;
    if !backfill.is_unfinished() {
        return html! {};
    }
    let (action, label) = match backfill.is_running() {
        true => ("push/past/pause#past", texts.pause),
        false => ("push/past/resume#past", texts.resume),
    };
    let cancel = Confirm {
        action: texts.cancel,
        label: texts.cancel_label,
        text: texts.cancel_text,
        address: &request.link("push/past/cancel#past"),
    };
    html! {
        form method="post" action=(request.link(action)) data-partial {
            button.gh-button type="submit" { (label) }
        }
        (confirm(cancel, &html! {}))
        // Without an anchor, because a browser would only scroll to it.
        p { a href=(request.link("push")) data-partial { (texts.refresh) } }
    }
}

fn count_form(
    request: &ConsoleRequest<'_>,
    backfill: Option<&Backfill>,
    draft: &Draft<'_>,
) -> Markup {
    let texts = &request.texts().past;
    let input = |name, label, hint, stored: String| {
        let field = Field { name, label, hint };
        text_input(request, draft, field, "number", &stored)
    };
    let scopes = [
        Choice::new("all", texts.scope_all),
        Choice::new("invited", texts.scope_invited),
    ];
    let scope = Field {
        name: SCOPE,
        label: texts.scope,
        hint: "",
    };
    let days = backfill.map_or(30, |backfill| backfill.days);
    let share = backfill.map_or(50, |backfill| backfill.share);
    let stored_scope = backfill.map_or("all", |backfill| &*backfill.scope);
    html! {
        form.gh-form method="post" action=(request.link("push/past/count#past")) data-partial {
            @if backfill.is_some() { (problem_summary(request, draft, FIELDS)) }
            (input(DAYS, texts.days, texts.days_hint, days.to_string()))
            (input(SHARE, texts.share, texts.share_hint, share.to_string()))
            (select(request, draft, scope, &scopes, stored_scope))
            button.gh-button type="submit" data-busy=(texts.counting) { (texts.count) }
        }
    }
}

/// A rounded duration.
fn time(request: &ConsoleRequest<'_>, seconds: u64) -> String {
    let texts = &request.texts().past;
    match seconds {
        0..=90 => texts.seconds.to_owned(),
        91..7200 => texts.minutes.of(seconds.div_ceil(60)),
        _ => texts.hours.of(seconds.div_ceil(3600)),
    }
}

const DAYS: &str = "days";
const SHARE: &str = "share";
const SCOPE: &str = "scope";
/// Fields that show their own problems.
const FIELDS: &[&str] = &[DAYS, SHARE, SCOPE];
