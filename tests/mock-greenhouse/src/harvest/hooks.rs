//! Webhook management. In Greenhouse, only partners have access (official specification). In the
//! mock, every caller with the scopes has access.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::Serialize;
use url::Url;

use crate::harvest::body::ClosedBody;
use crate::harvest::{ListRequest, WriteRequest, page};
use crate::rows::{HookForm, StoredHook, row};
use crate::time::{as_millis, as_millis_or_null};
use crate::wire::Answer;

/// Serves `GET /v3/webhooks`. The rows also contain the creator's `client_id` (documented). A hook
/// that an admin created shows the customer's credential (unknown).
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    let rows: BTreeMap<i64, HookRow> = request
        .state
        .hooks
        .iter()
        .map(|(id, stored)| {
            let creator = stored.client_id.as_deref();
            let client_id = Some(creator.unwrap_or(request.client_id).to_owned());
            let deactivated = !stored.hook.active;
            (*id, HookRow::new(stored, deactivated, client_id))
        })
        .collect();
    page::list(request, &rows, &[], |_, _| false)
}

/// Serves `POST /v3/webhooks`. Returns 201 with the row. The ping is sent after the response
/// (inferred).
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    for required in [
        "name",
        "endpoint_url",
        "secret_key",
        "event_action_type",
        "max_attempts",
    ] {
        body.require(required);
    }
    let form = form(&mut body, None);
    body.finish()?;

    let id = request.state.add_hook(form, request.now)?;
    if let Some(stored) = request.state.hooks.get_mut(&id) {
        stored.client_id = Some(request.client_id.to_owned());
    }
    answer(request, StatusCode::CREATED, id)
}

/// Serves `PATCH /v3/webhooks/{id}`. Returns 200 with the row. The ping is sent after the response
/// (inferred).
pub(super) fn update(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let form = form(&mut body, request.state.hooks.get(&request.id));
    body.finish()?;

    request.state.change_hook(request.id, form, request.now)?;
    answer(request, StatusCode::OK, request.id)
}

/// Serves `DELETE /v3/webhooks/{id}`. Returns 200 with a message.
pub(super) fn delete(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    request.state.delete_hook(request.id)?;
    Ok(Answer::deleted("Webhook", request.id))
}

/// A hook as rows show it, without the secret and the Basic credentials (official specification).
#[derive(Serialize)]
struct HookRow {
    id: i64,
    name: String,
    endpoint_url: String,
    event_action_type: String,
    max_attempts: u32,
    additional_headers: Option<String>,
    error_recipient_email: Option<String>,
    deactivated: bool,
    #[serde(serialize_with = "as_millis_or_null")]
    last_delivered: Option<DateTime<Utc>>,
    #[serde(serialize_with = "as_millis")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "as_millis")]
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
}

row!(HookRow);

impl HookRow {
    fn new(stored: &StoredHook, deactivated: bool, client_id: Option<String>) -> Self {
        let hook = &stored.hook;
        Self {
            id: hook.id,
            name: hook.name.clone(),
            endpoint_url: hook.url.clone(),
            event_action_type: hook.action.clone(),
            max_attempts: hook.max_attempts,
            additional_headers: hook.additional_headers.clone(),
            error_recipient_email: hook.error_recipient_email.clone(),
            deactivated,
            last_delivered: hook.last_delivered,
            created_at: hook.created_at,
            updated_at: hook.updated_at,
            client_id,
        }
    }
}

fn answer(request: &mut WriteRequest<'_>, status: StatusCode, id: i64) -> Result<Answer, Answer> {
    request.pings.push(id);
    let stored = request
        .state
        .hooks
        .get(&id)
        .ok_or_else(|| Answer::no_record("Webhook"))?;
    let row = HookRow::new(stored, !stored.enabling, None);
    Ok(Answer::json(status, &row))
}

fn form(body: &mut ClosedBody, current: Option<&StoredHook>) -> HookForm {
    let url = body.text("endpoint_url");
    if url.as_ref().is_some_and(|url| Url::parse(url).is_err()) {
        body.problem("endpoint_url", "is not a URL");
    }
    let max_attempts = body.integer("max_attempts").map(|attempts| {
        u32::try_from(attempts).unwrap_or_else(|_| {
            body.problem("max_attempts", "is not a positive 32-bit integer");
            1
        })
    });
    HookForm {
        name: body.text("name"),
        action: body.text("event_action_type"),
        url,
        secret: body.text("secret_key"),
        max_attempts,
        basic_auth: basic_auth(body, current),
        additional_headers: body.text_or_null("additional_headers"),
        error_recipient_email: body.text_or_null("error_recipient_email"),
        active: body.flag("deactivated").map(|deactivated| !deactivated),
    }
}

/// Reads the Basic credentials. Returns `None` if the body contains neither member. If it contains
/// only one, the other stays unchanged.
fn basic_auth(
    body: &mut ClosedBody,
    current: Option<&StoredHook>,
) -> Option<Option<(String, String)>> {
    let mut member = |name| {
        let text = body.text_or_null(name);
        if text
            .iter()
            .flatten()
            .any(|text: &String| text.chars().count() > 255)
        {
            body.problem(name, "is longer than 255 characters");
        }
        text
    };
    let (user, password) = (member("basic_auth_username"), member("basic_auth_password"));
    if user.is_none() && password.is_none() {
        return None;
    }
    let (old_user, old_password) = current.and_then(|stored| stored.basic_auth.clone()).unzip();
    match (user.unwrap_or(old_user), password.unwrap_or(old_password)) {
        (None, None) => Some(None),
        (user, password) => Some(Some((
            user.unwrap_or_default(),
            password.unwrap_or_default(),
        ))),
    }
}
