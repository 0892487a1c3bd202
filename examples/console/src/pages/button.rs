//! `button/{assessment}`: pushes one assessment, and shows the state of its push. For a page of the
//! product, as the element `<greenhouse-push>`.

use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Answer, Page, names::Names};
use crate::{
    api::{ApiError, Push, encoded},
    parts::{Icon, Tone, help_drawer, icon, notice, time},
    request::ConsoleRequest,
    texts::fill,
};

pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    assessment: &str,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        [] if request.is_read() => show(request, assessment, None).await,
        [] => push(request, assessment).await,
        ["state"] if request.is_read() => {
            let state = State::read(request, assessment).await?;
            Ok(Answer::Fragment(state.markup(request, assessment)))
        }
        _ => Err(ApiError::not_found()),
    }
}

/// Pushes the assessment, or retries its push.
async fn push(request: &ConsoleRequest<'_>, assessment: &str) -> Result<Answer, ApiError> {
    match request
        .api
        .post::<Value>(&path(assessment), &json!({}))
        .await
    {
        Ok(_) => Ok(Answer::Redirect(address(request, assessment))),
        Err(error) => show(request, assessment, Some(&error)).await,
    }
}

async fn show(
    request: &ConsoleRequest<'_>,
    assessment: &str,
    refused: Option<&ApiError>,
) -> Result<Answer, ApiError> {
    let state = State::read(request, assessment).await?;
    let texts = &request.texts().button;
    let poll = format!("button/{}/state", encoded(assessment));
    let poll = request.link(&in_same_form(request, &poll));
    // The state itself says why an assessment cannot be pushed.
    let refused = refused.filter(|_| !matches!(state, State::Refused(_)));
    let content = html! {
        @if let Some(error) = refused {
            (notice(Tone::Problem, &html! {
                p data-code=(error.code) dir="auto" {
                    (fill(texts.refused, &[("reason", &error.message)]))
                    (help_drawer(request, &error.code))
                }
            }))
        }
        div.gh-push data-poll=[state.is_open().then_some(poll)] data-every="3" aria-live="polite" {
            (state.markup(request, assessment))
        }
    };
    let status = match (&state, refused) {
        (_, Some(error)) => error.status,
        (State::Refused(error), None) if error.status == StatusCode::NOT_FOUND => error.status,
        (State::Refused(error), None) if !request.is_read() => error.status,
        _ => StatusCode::OK,
    };
    let content = match is_in_element(request) {
        true => content,
        false => document(request, assessment, &content).await,
    };
    Ok(Page::new(texts.title, "push", content)
        .with_status(status)
        .into())
}

/// The page of its own. An element contains only the button.
async fn document(request: &ConsoleRequest<'_>, assessment: &str, content: &Markup) -> Markup {
    let names = Names::of(request, [assessment]).await;
    html! {
        main #gh-main tabindex="-1" {
            h1 { (request.texts().button.title) }
            p { (names.markup(assessment)) }
            (content)
        }
    }
}

/// State of an assessment's push.
enum State {
    Pushed(Push),
    /// Never pushed, and it can be.
    Ready,
    /// Never pushed, and it cannot be.
    Refused(ApiError),
}

impl State {
    async fn read(request: &ConsoleRequest<'_>, assessment: &str) -> Result<Self, ApiError> {
        let path = path(assessment);
        match request.api.get(&path).await {
            Ok(push) => return Ok(Self::Pushed(push)),
            Err(error) if error.status == StatusCode::NOT_FOUND => (),
            Err(error) => return Ok(Self::Refused(error)),
        }
        let ready = request.api.get::<Value>(&format!("{path}/ready")).await;
        Ok(ready.map_or_else(Self::Refused, |_| Self::Ready))
    }

    /// Returns `true` if the state changes by itself.
    fn is_open(&self) -> bool {
        matches!(self, Self::Pushed(push) if !matches!(&*push.state, "done" | "failed"))
    }

    /// Event of the custom element when the state is reached. Empty if there is none.
    fn result(&self) -> &'static str {
        match self {
            Self::Pushed(push) if push.state == "done" => "pushed",
            Self::Pushed(push) if push.state == "failed" => "error",
            _ => "",
        }
    }

    fn markup(&self, request: &ConsoleRequest<'_>, assessment: &str) -> Markup {
        html! {
            div.gh-push-state data-state=(self.name()) data-poll-end[!self.is_open()]
                data-result=(self.result()) {
                @match self {
                    Self::Pushed(state) => (pushed(request, assessment, state)),
                    Self::Ready => (form(request, assessment, request.texts().button.push)),
                    Self::Refused(error) => (refused(request, assessment, error)),
                }
            }
        }
    }

    /// Name for scripts and style sheets.
    fn name(&self) -> &str {
        match self {
            Self::Pushed(push) => &push.state,
            Self::Ready => "ready",
            Self::Refused(error) => &error.code,
        }
    }
}

fn pushed(request: &ConsoleRequest<'_>, assessment: &str, push: &Push) -> Markup {
    let texts = &request.texts().button;
    let problem = push.error.as_ref().or(push.wait.as_ref());
    let reason = problem.map_or("", |problem| &problem.message);
    let retry_at = problem.and_then(|problem| problem.retry_at.as_deref());
    let is_chosen = problem.is_some_and(|problem| !problem.candidates.is_empty());
    let entry = push.log.map(|id| request.link(&format!("activity/{id}")));
    let details = html! {
        @if let Some(entry) = &entry { " " a data-drawer href=(entry) { (texts.details) } }
    };
    html! {
        @match push.state.as_str() {
            "done" => {
                @match &push.greenhouse_url {
                    Some(url) => a.gh-status.gh-ok href=(url) target="_blank" rel="noreferrer" {
                        (icon(Icon::Done)) (texts.pushed) (icon(Icon::External))
                    },
                    None => span.gh-status.gh-ok { (icon(Icon::Done)) (texts.pushed) },
                }
            }
            "waiting" => {
                p.gh-status.gh-pending dir="auto" {
                    (icon(Icon::Pending)) (fill(texts.waiting, &[("reason", reason)]))
                }
                @if let Some(at) = retry_at { p { (texts.next_attempt) " " (time(at)) } }
                (form(request, assessment, texts.try_now)) (details)
            }
            "failed" => {
                p.gh-status.gh-problem dir="auto" {
                    (icon(Icon::Failed)) (fill(texts.failed, &[("reason", reason)]))
                }
                @if let Some(at) = retry_at { p { (texts.retry_after) " " (time(at)) } }
                (form(request, assessment, texts.retry))
                @match (&entry, is_chosen) {
                    (Some(entry), true) => { " " a data-drawer href=(entry) { (texts.choose) } }
                    _ => (details),
                }
            }
            _ => {
                span.gh-status.gh-pending role="status" { (icon(Icon::Pending)) (texts.pushing) }
                (details)
            }
        }
    }
}

/// Reason why an assessment that was never pushed cannot be pushed.
fn refused(request: &ConsoleRequest<'_>, assessment: &str, error: &ApiError) -> Markup {
    let texts = &request.texts().button;
    let reason = [("reason", error.message.as_str())];
    html! {
        @match (error.status, error.code.as_str()) {
            (StatusCode::NOT_FOUND, code) => p.gh-status.gh-problem data-code=(code) {
                (icon(Icon::Failed)) (texts.unknown)
            },
            (_, "not_completed") => {
                button.gh-button type="button" disabled { (texts.not_completed) }
                p.gh-hint { (texts.not_completed_text) }
            },
            (_, "switched_off") => {
                p.gh-status.gh-skipped { (icon(Icon::Skipped)) (texts.switched_off) }
                p { a href=(request.link("push")) { (texts.open_settings) } }
            },
            (status, code) => {
                @let text = if status.is_server_error() { texts.unavailable } else { texts.not_possible };
                p.gh-status.gh-problem data-code=(code) dir="auto" {
                    (icon(Icon::Failed)) (fill(text, &reason))
                }
                p.gh-links {
                    a data-partial href=(address(request, assessment)) {
                        (texts.check_again)
                    }
                    (help_drawer(request, code))
                }
            },
        }
    }
}

fn form(request: &ConsoleRequest<'_>, assessment: &str, label: &str) -> Markup {
    html! {
        form.gh-inline method="post" action=(address(request, assessment))
            data-partial {
            button.gh-button.gh-primary type="submit" data-busy=(request.texts().button.pushing) {
                (label)
            }
        }
    }
}

/// Returns `true` if the button is shown in an element, and not on a page of its own.
fn is_in_element(request: &ConsoleRequest<'_>) -> bool {
    request.is_fragment && request.query.get(OWN_PAGE).is_none()
}

/// Adds to an address what tells the later requests of the script that the button is on a page of
/// its own.
fn in_same_form(request: &ConsoleRequest<'_>, address: &str) -> String {
    match is_in_element(request) {
        true => address.to_owned(),
        false => format!("{address}?{OWN_PAGE}=1"),
    }
}

/// Parameter of the requests from a page of its own.
const OWN_PAGE: &str = "page";

/// Path of the endpoint.
fn path(assessment: &str) -> String {
    format!("push/{}", encoded(assessment))
}

/// Address of the page.
fn address(request: &ConsoleRequest<'_>, assessment: &str) -> String {
    let address = format!("button/{}", encoded(assessment));
    request.link(&in_same_form(request, &address))
}
