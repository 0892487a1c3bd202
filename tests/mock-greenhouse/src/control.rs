//! The control interface for people and for programs in other languages.

use std::sync::Arc;

use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::rows::Attachment;
use crate::time::millis;
use crate::urls;
use crate::wire::{Answer, Call};
use crate::world::{Direction, Exchange, World};

mod changes;
mod clock;
mod consent;
mod faults;
mod hooks;
mod inbox;
mod parse;
mod scopes;
mod seed;
mod switches;
mod take_home_tests;

pub(crate) async fn serve(world: &Arc<World>, call: &Call) -> Answer {
    if let Some(answer) = take_home_tests::serve(world, call).await {
        return answer;
    }
    if let Some(status) = call.path.strip_prefix(urls::INBOX) {
        return inbox::serve(world, call, status);
    }
    let answer = switches::serve(world, call)
        .or_else(|| faults::serve(world, call))
        .or_else(|| clock::serve(world, call))
        .or_else(|| changes::serve(world, call))
        .or_else(|| scopes::serve(world, call))
        .or_else(|| consent::serve(world, call))
        .or_else(|| seed::serve(world, call));
    if let Some(answer) = answer {
        return answer;
    }
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/_mock/state") => ok(&state(world)),
        ("GET", "/_mock/exchanges") => ok(&exchanges(world, call)),
        ("GET", "/_mock/requests") => ok(&requests(world)),
        ("GET", "/_mock/problems") => ok(&world.problems()),
        ("POST", "/_mock/hooks") => hooks::add(world, call).unwrap_or_else(|refusal| refusal),
        ("GET", path) => path
            .strip_prefix(urls::FILES)
            .and_then(|id| file(world, id))
            .unwrap_or_else(Answer::no_route),
        _ => Answer::no_route(),
    }
}

fn state(world: &World) -> Value {
    let state = world.state();
    json!({
        "organization": { "id": world.config.organization.id, "name": world.config.organization.name },
        "candidates": state.candidates.values().collect::<Vec<_>>(),
        "applications": state.applications.values().collect::<Vec<_>>(),
        "application_stages": state.application_stages.values().collect::<Vec<_>>(),
        "jobs": state.jobs.values().collect::<Vec<_>>(),
        "job_interview_stages": state.job_interview_stages.values().collect::<Vec<_>>(),
        "attachments": state.attachments.values().map(attachment).collect::<Vec<_>>(),
        "notes": state.notes.values().collect::<Vec<_>>(),
        "mentions": state.mentions.iter().map(|(note, user)| json!({ "note_id": note, "user_id": user })).collect::<Vec<_>>(),
        "users": state.users.values().collect::<Vec<_>>(),
        "rejection_reasons": state.rejection_reasons.values().collect::<Vec<_>>(),
        "records": state.records.all().iter().map(|(list, rows)| (*list, rows.values().collect::<Vec<_>>())).collect::<std::collections::BTreeMap<_, _>>(),
        "take_home_tests": state.take_home_tests.values().collect::<Vec<_>>(),
        "scopes": state.scopes,
        "stage_rules": state.stage_rules,
        "hooks": state.hooks.values().map(|stored| &stored.hook).collect::<Vec<_>>(),
        "deliveries": state.deliveries,
        "complaints": state.complaints,
        "unexpected": state.unexpected,
    })
}

/// An attachment's row with its visibility, which no list shows.
fn attachment(file: &Attachment) -> Value {
    let mut row = json!(file);
    if let Value::Object(members) = &mut row {
        members.insert("visibility".to_owned(), json!(file.visibility));
        let effective = json!(file.effective_visibility);
        members.insert("effective_visibility".to_owned(), effective);
    }
    row
}

/// Returns the number of requests to each endpoint.
fn requests(world: &World) -> Value {
    let counts = world.counts();
    counts
        .iter()
        .map(|((method, path), count)| json!({ "method": method, "path": path, "count": count }))
        .collect()
}

/// Reads the body of a control request. The error is a 422 response that contains the reason.
fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Answer> {
    let mut deserializer = serde_json::Deserializer::from_slice(&call.body);
    parse::parse(&mut deserializer).map_err(Answer::refused)
}

fn ok(body: &impl Serialize) -> Answer {
    Answer::json(StatusCode::OK, body)
}

/// Returns all exchanges, or those after `?since=<number>`.
fn exchanges(world: &World, call: &Call) -> Value {
    let since = url::form_urlencoded::parse(call.query.as_bytes())
        .find(|(name, _)| name == "since")
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0);
    world.exchanges.since(since).iter().map(exchange).collect()
}

fn exchange(exchange: &Exchange) -> Value {
    json!({
        "number": exchange.number,
        "at": millis(exchange.at),
        "direction": match exchange.direction {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
        },
        "method": exchange.method.as_str(),
        "url": exchange.url,
        "request_headers": exchange.request_headers,
        "request_body": String::from_utf8_lossy(&exchange.request_body),
        "status": exchange.status,
        "response_body": String::from_utf8_lossy(&exchange.response_body),
        "ended_at": exchange.ended_at.map(millis),
    })
}

fn file(world: &World, id: &str) -> Option<Answer> {
    let content = world
        .state()
        .attachments
        .get(&id.parse().ok()?)?
        .content
        .clone()?;
    let mut answer = Answer::empty(StatusCode::OK);
    answer.body = content;
    Some(answer.with(
        "content-type",
        HeaderValue::from_static("application/octet-stream"),
    ))
}
