//! The authorization server, `auth.greenhouse.io` in production.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::wire::{Answer, Call};
use crate::world::World;

mod authorize;
mod client;
mod introspect;
mod token;

pub(crate) use self::authorize::from_integrations_page;

/// Serves a call, or returns `None` for another path or method.
pub(crate) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    let serve: fn(&World, &Call) -> Answer = match (&call.method, call.path.as_str()) {
        (&Method::GET, "/authorize") => authorize::serve,
        (&Method::POST, "/token") => token::serve,
        (&Method::POST, "/introspect") => introspect::serve,
        _ => return None,
    };
    let allowance = world.auth_window.count_call(world.now());
    Some(allowance.add_headers(allowance.refusal().unwrap_or_else(|| serve(world, call))))
}

/// Returns the path and query without secrets, for the exchange log. The query can contain secrets,
/// because a guide shows token requests whose parameters are in the query.
pub(crate) fn target_without_secrets(call: &Call) -> String {
    if call.query.is_empty() || call.path != "/token" {
        return call.target();
    }
    let shown = without_secrets(&call.path, &Bytes::from(call.query.clone()));
    format!("{}?{}", call.path, String::from_utf8_lossy(&shown))
}

/// Returns a request or response body without secrets, for the exchange log. Only bodies of the
/// token host and of webhook management contain secrets.
pub(crate) fn without_secrets(path: &str, body: &Bytes) -> Bytes {
    match path {
        "/token" | "/introspect" => {}
        path if path.starts_with("/v3/webhooks") => return without_hook_secrets(body),
        _ => return body.clone(),
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut members)) => {
            for secret in ["access_token", "refresh_token"] {
                if let Some(value) = members.get_mut(secret) {
                    *value = Value::from("...");
                }
            }
            Value::Object(members).to_string().into()
        }
        _ => url::form_urlencoded::parse(body)
            .map(|(name, value)| match name.as_ref() {
                "grant_type" | "sub" | "token_type_hint" => format!("{name}={value}"),
                _ => format!("{name}=..."),
            })
            .collect::<Vec<_>>()
            .join("&")
            .into(),
    }
}

/// Hides the secrets of a webhook. Hides the whole body if it is not JSON, because a secret can be
/// anywhere in the body.
fn without_hook_secrets(body: &Bytes) -> Bytes {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut members)) => {
            for secret in ["secret_key", "basic_auth_password", "additional_headers"] {
                if let Some(value) = members.get_mut(secret) {
                    *value = Value::from("...");
                }
            }
            Value::Object(members).to_string().into()
        }
        Ok(_) => body.clone(),
        Err(_) if body.is_empty() => Bytes::new(),
        Err(_) => Bytes::from_static(b"..."),
    }
}
