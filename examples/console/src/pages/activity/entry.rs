//! `activity/{id}`: an entry of the log with everything that is known about it, and what a person
//! can do about it.

use greenhouse_core::{CandidateId, profile_url};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{framed, words};
use crate::{
    api::{ApiError, LogEntry, Push, PushProblem, encoded},
    pages::{Answer, help, names::Names},
    parts::{Icon, Tone, help_drawer, hidden, icon, notice, time},
    request::ConsoleRequest,
    texts::fill,
};

/// An entry, and the push that it reports.
struct Entry {
    entry: LogEntry,
    push: Option<Push>,
}

/// `GET activity/{id}`, and the page after a refused retry.
pub(super) async fn show(
    request: &ConsoleRequest<'_>,
    id: &str,
    refused: Option<&ApiError>,
) -> Result<Answer, ApiError> {
    let entry = Entry::read(request, id).await?;
    let texts = &request.texts().activity;
    let address = request.link(&format!(
        "activity/{}/state{}",
        entry.entry.id,
        query(request)
    ));
    let content = html! {
        p.gh-back { a href=(request.link("activity")) { (texts.all_activity) } }
        h2 { (words::subject(texts, &entry.entry.subject)) }
        @if let Some(error) = refused { (refusal(request, error)) }
        div data-poll=[entry.entry.is_pending().then_some(address)] data-every="3" aria-live="polite" {
            (entry.markup(request).await)
        }
    };
    let status = refused.map_or(StatusCode::OK, |error| error.status);
    Ok(framed(request, &content).with_status(status).into())
}

/// `GET activity/{id}/state`: the entry without the frame of the page.
pub(super) async fn state(request: &ConsoleRequest<'_>, id: &str) -> Result<Answer, ApiError> {
    let entry = Entry::read(request, id).await?;
    Ok(Answer::Fragment(entry.markup(request).await))
}

/// `POST activity/{id}/retry`, with the chosen candidate.
pub(super) async fn retry(request: &ConsoleRequest<'_>, id: &str) -> Result<Answer, ApiError> {
    let id = number(id)?;
    let body = match request.form.filled("candidate_id") {
        Some(candidate) => json!({ "candidate_id": number(candidate)? }),
        None => json!({}),
    };
    let path = format!("sync-log/{id}/retry");
    let retried = request.api.post::<Value>(&path, &body).await;
    answer_of(request, id, retried).await
}

/// `POST activity/{id}/push`: pushes an assessment that the trigger skipped.
pub(super) async fn push(request: &ConsoleRequest<'_>, id: &str) -> Result<Answer, ApiError> {
    let Entry { entry, .. } = Entry::read(request, id).await?;
    let assessment = entry.assessment.ok_or_else(ApiError::not_found)?;
    let path = format!("push/{}", encoded(&assessment));
    let pushed = request.api.post::<Value>(&path, &json!({})).await;
    answer_of(request, entry.id, pushed).await
}

/// The page of the entry, which shows the state after a request or why it was refused.
async fn answer_of(
    request: &ConsoleRequest<'_>,
    id: i64,
    result: Result<Value, ApiError>,
) -> Result<Answer, ApiError> {
    match result {
        Ok(_) => {
            let page = request.link(&format!("activity/{id}?{SENT}=1"));
            Ok(Answer::Redirect(page))
        }
        Err(error) => show(request, &id.to_string(), Some(&error)).await,
    }
}

fn refusal(request: &ConsoleRequest<'_>, error: &ApiError) -> Markup {
    let texts = &request.texts().activity;
    let text = match error.status {
        StatusCode::NOT_FOUND => texts.refused_gone,
        status if status.is_server_error() => texts.unavailable,
        _ => texts.refused,
    };
    let text = fill(text, &[("reason", &error.message)]);
    notice(
        Tone::Problem,
        &html! {
            p data-code=(error.code) dir="auto" { (text) (help_drawer(request, &error.code)) }
        },
    )
}

impl Entry {
    async fn read(request: &ConsoleRequest<'_>, id: &str) -> Result<Self, ApiError> {
        let path = format!("sync-log/{}", number(id)?);
        let entry: LogEntry = request.api.get(&path).await?;
        let push = match &entry.assessment {
            Some(assessment) if entry.subject == "push" => {
                let path = format!("push/{}", encoded(assessment));
                match request.api.get(&path).await {
                    Err(error) if error.status == StatusCode::NOT_FOUND => None,
                    found => Some(found?),
                }
            }
            _ => None,
        };
        Ok(Self { entry, push })
    }

    /// Reason why the push failed or waits.
    fn problem(&self) -> Option<&PushProblem> {
        let push = self.push.as_ref()?;
        push.error.as_ref().or(push.wait.as_ref())
    }

    async fn markup(&self, request: &ConsoleRequest<'_>) -> Markup {
        let (entry, texts) = (&self.entry, &request.texts().activity);
        let help = match entry.status.as_str() {
            "done" => None,
            _ => help::section(request, &entry.code).or_else(|| {
                let problem = self.problem()?;
                help::section(request, &problem.code)
            }),
        };
        html! {
            div.gh-entry data-entry=(entry.id) data-poll-end[!self.entry.is_pending()] {
                (self.result(request))
                p { (words::status(texts, &entry.status)) }
                p.gh-entry-text dir="auto" { (entry.text) }
                @if let Some(at) = self.problem().and_then(|problem| problem.retry_at.as_deref()) {
                    p {
                        (if self.entry.is_pending() { texts.next_attempt } else { texts.retry_after })
                        " " (time(at))
                    }
                }
                (self.actions(request))
                @if let Some(push) = &self.push { (steps(request, push)) }
                (self.facts(request).await)
                @if let Some(help) = help {
                    div.gh-entry-help { p.gh-hint { (texts.what_helps) } (help) }
                }
            }
        }
    }

    /// Result of the request that was just sent.
    fn result(&self, request: &ConsoleRequest<'_>) -> Markup {
        let texts = &request.texts().activity;
        let shown = match self.entry.status.as_str() {
            _ if request.query.get(SENT).is_none() => None,
            "done" => Some((Tone::Success, texts.result_done)),
            "failed" => Some((Tone::Problem, texts.result_failed)),
            "pending" => Some((Tone::Info, texts.result_pending)),
            _ => None,
        };
        html! {
            @if let Some((tone, text)) = shown { (notice(tone, &html! { p { (text) } })) }
        }
    }

    fn actions(&self, request: &ConsoleRequest<'_>) -> Markup {
        let (entry, texts) = (&self.entry, &request.texts().activity);
        html! {
            @if entry.retry && !entry.candidates.is_empty() { (self.candidates(request)) }
            @if entry.retry { (self.form(request, "retry", texts.retry, None)) }
            @if entry.push { (self.form(request, "push", texts.push_anyway, None)) }
        }
    }

    /// The choice among several candidates.
    fn candidates(&self, request: &ConsoleRequest<'_>) -> Markup {
        let texts = &request.texts().activity;
        html! {
            section.gh-candidates aria-labelledby="gh-candidates-title" {
                h3 #gh-candidates-title { (texts.choose_title) }
                p { (texts.choose_text) }
                ul {
                    @for candidate in &self.entry.candidates {
                        @let id = candidate.to_string();
                        @let label = |text| fill(text, &[("id", &id)]);
                        li {
                            (in_greenhouse(
                                &label(texts.open_candidate),
                                &profile_url(CandidateId::new(*candidate), None),
                            ))
                            " " (self.form(request, "retry", &label(texts.use_candidate), Some(&id)))
                        }
                    }
                }
            }
        }
    }

    fn form(
        &self,
        request: &ConsoleRequest<'_>,
        action: &str,
        label: &str,
        candidate: Option<&str>,
    ) -> Markup {
        let address = request.link(&format!("activity/{}/{action}", self.entry.id));
        html! {
            form.gh-inline method="post" action=(address) data-partial {
                @if let Some(candidate) = candidate { (hidden("candidate_id", candidate)) }
                button.gh-button type="submit" data-busy=(request.texts().activity.retrying) {
                    (label)
                }
            }
        }
    }

    async fn facts(&self, request: &ConsoleRequest<'_>) -> Markup {
        let (entry, texts) = (&self.entry, &request.texts().activity);
        let names = Names::of(request, entry.assessment.as_deref()).await;
        html! {
            h3 { (texts.facts) }
            dl.gh-facts {
                dt { (texts.time) }
                dd { (time(&entry.at)) }
                dt { (texts.direction) }
                dd { (words::direction(texts, &entry.direction)) }
                @if let Some(assessment) = &entry.assessment {
                    dt { (texts.assessment) }
                    dd {
                        @if names.has(assessment) { (names.markup(assessment)) " " }
                        code dir="auto" { (assessment) }
                    }
                }
                @if let Some(invitation) = &entry.invitation {
                    dt { (texts.invitation) }
                    dd { code dir="auto" { (invitation) } }
                }
                @if let Some(candidate) = entry.candidate {
                    dt { (texts.candidate) }
                    dd { (candidate) }
                }
                @if let Some(application) = entry.application {
                    dt { (texts.application) }
                    dd { (application) }
                }
                @if let Some(url) = &entry.greenhouse_url {
                    dt { (texts.greenhouse) }
                    dd { (in_greenhouse(request.texts().common.open_in_greenhouse, url)) }
                }
            }
        }
    }
}

/// The steps of a push with their times.
fn steps(request: &ConsoleRequest<'_>, push: &Push) -> Markup {
    let texts = &request.texts().activity;
    html! {
        h3 #gh-steps-title { (texts.steps) }
        @if push.steps.is_empty() {
            p.gh-hint { (texts.no_steps) }
        } @else {
            table aria-labelledby="gh-steps-title" {
                thead {
                    tr {
                        @for column in [texts.step, texts.state, texts.began, texts.ended] {
                            th scope="col" { (column) }
                        }
                    }
                }
                tbody {
                    @for step in &push.steps {
                        tr data-step=(step.step) {
                            th scope="row" { (words::step(texts, &step.step)) }
                            td data-label=(texts.state) { (words::step_state(texts, &step.state)) }
                            td data-label=(texts.began) { (time(&step.began_at)) }
                            td data-label=(texts.ended) { @if let Some(ended) = &step.ended_at { (time(ended)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A link into Greenhouse, which opens in a new tab.
fn in_greenhouse(label: &str, url: &str) -> Markup {
    html! {
        a.gh-external href=(url) target="_blank" rel="noreferrer" { (label) (icon(Icon::External)) }
    }
}

fn number(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

/// Query of the page, for the fragment that replaces its state.
fn query(request: &ConsoleRequest<'_>) -> String {
    match request.query.get(SENT) {
        Some(_) => format!("?{SENT}=1"),
        None => String::new(),
    }
}

/// Parameter of the page after a request was sent.
const SENT: &str = "sent";
