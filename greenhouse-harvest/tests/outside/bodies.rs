//! Bodies with a described form have exactly the described members, and all required ones.

use std::collections::BTreeSet;

use greenhouse_harvest::api::{NewWebhook, UpdateWebhook, WebhookAction};
use serde::Serialize;
use serde_json::{Value, to_value};

pub(crate) fn of_webhooks(description: &Value) -> Result<(), String> {
    let action = WebhookAction::HireCandidate;
    let smallest = NewWebhook::new("n", "https://a.example/", "k", action.clone(), 7);
    let create = request(description, "/v3/webhooks", "post");
    let required = create["required"]
        .as_array()
        .ok_or("the schema has no required members")?;
    let required = required.iter().filter_map(Value::as_str).map(str::to_owned);
    same(&members(&smallest)?, &required.collect())?;

    let mut new = smallest.with_basic_auth("u", "p");
    new.deactivated = Some(false);
    new.additional_headers = Some("h".into());
    new.error_recipient_email = Some("e".into());
    same(&members(&new)?, &described(create)?)?;

    let mut update = UpdateWebhook::new()
        .with_basic_auth("u", "p")
        .with_additional_headers(None)
        .with_error_recipient(None);
    update.name = Some("n".into());
    update.endpoint_url = Some("https://a.example/".into());
    update.secret_key = Some("k".into());
    update.event_action_type = Some(action);
    update.max_attempts = Some(7);
    update.deactivated = Some(false);
    let patch = request(description, "/v3/webhooks/{id}", "patch");
    same(&members(&update)?, &described(patch)?)
}

pub(crate) fn request<'a>(description: &'a Value, path: &str, method: &str) -> &'a Value {
    let body = &description["paths"][path][method]["requestBody"];
    &body["content"]["application/json"]["schema"]
}

pub(crate) fn described(schema: &Value) -> Result<BTreeSet<String>, String> {
    let members = schema["properties"].as_object();
    Ok(members
        .ok_or("the schema has no members")?
        .keys()
        .cloned()
        .collect())
}

pub(crate) fn members(body: &impl Serialize) -> Result<BTreeSet<String>, String> {
    let body = to_value(body).map_err(|error| error.to_string())?;
    let members = body.as_object().ok_or("a body is not an object")?;
    Ok(members.keys().cloned().collect())
}

pub(crate) fn same(written: &BTreeSet<String>, described: &BTreeSet<String>) -> Result<(), String> {
    if written == described {
        return Ok(());
    }
    let different: Vec<_> = written.symmetric_difference(described).collect();
    Err(format!("{different:?} is written or described, not both"))
}
