use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use sha2::Sha256;

use crate::outbound::{self, Outgoing};
use crate::rows::{Attempt, Delivery, StoredHook};
use crate::state::ActError;
use crate::switches::RetryEventId;
use crate::wire::basic_header;
use crate::world::{World, hex};

/// Returns the request for the next delivery attempt.
pub(crate) fn request(world: &World, number: u64) -> Result<Request<Bytes>, ActError> {
    let state = world.state();
    let delivery = state.delivery(number)?;
    let headers = headers(state.hook_of(delivery)?, delivery)?;
    let mut request = Request::post(&delivery.url)
        .body(delivery.body.clone())
        .map_err(|_| ActError::Refused("the URL of the webhook is invalid".to_owned()))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Makes a delivery attempt with the original URL and body, signed with the hook's current secret.
pub(crate) async fn attempt(world: &Arc<World>, number: u64) -> Result<Delivery, ActError> {
    let (outgoing, event_id) = {
        let mut state = world.state();
        let new_event_id = state.switches.retry_event_id == RetryEventId::New;
        let delivery = state.delivery_mut(number)?;
        if new_event_id && !delivery.attempts.is_empty() {
            delivery.event_id = world.ids.uuid();
        }
        let delivery = state.delivery(number)?;
        let outgoing = Outgoing {
            method: Method::POST,
            url: delivery.url.clone(),
            headers: headers(state.hook_of(delivery)?, delivery)?,
            body: delivery.body.clone(),
        };
        (outgoing, delivery.event_id.clone())
    };
    let at = world.now();
    let (status, error) = match outbound::send(world, outgoing).await {
        Ok(answer) => (Some(answer.status.as_u16()), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let mut state = world.state();
    let delivery = state.delivery_mut(number)?;
    delivery.attempts.push(Attempt {
        at,
        event_id,
        status,
        error,
    });
    let delivered = delivery.is_delivered();
    if delivered {
        delivery.next_attempt_at = None;
    }
    let delivery = delivery.clone();
    if delivered && let Some(stored) = state.hooks.get_mut(&delivery.hook_id) {
        stored.hook.last_delivered = Some(at);
    }
    Ok(delivery)
}

fn headers(stored: &StoredHook, delivery: &Delivery) -> Result<HeaderMap, ActError> {
    let unsendable = || ActError::Refused("the delivery has an invalid header".to_owned());
    let mut headers = HeaderMap::new();
    for line in stored
        .hook
        .additional_headers
        .iter()
        .flat_map(|text| text.lines())
    {
        let (name, value) = line.split_once(':').ok_or_else(unsendable)?;
        let name = HeaderName::try_from(name.trim()).map_err(|_| unsendable())?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| unsendable())?;
        headers.insert(name, value);
    }
    // Customers cannot override the headers below (documented).
    headers.remove(CONTENT_LENGTH);
    headers.remove(AUTHORIZATION);
    if let Some((user, password)) = &stored.basic_auth {
        let basic = basic_header(user, password).ok_or_else(unsendable)?;
        headers.insert(AUTHORIZATION, basic);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static("Greenhouse Webhooks (mock)"),
    );
    let signature = signature(&stored.secret, &delivery.body);
    headers.insert(
        HeaderName::from_static("signature"),
        HeaderValue::from_str(&signature).map_err(|_| unsendable())?,
    );
    headers.insert(
        HeaderName::from_static("greenhouse-event-id"),
        HeaderValue::from_str(&delivery.event_id).map_err(|_| unsendable())?,
    );
    Ok(headers)
}

/// Returns the signature header: `sha256` and 64 hex digits, separated by one space (documented,
/// observed live).
fn signature(secret: &str, body: &Bytes) -> String {
    let digest = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(body);
        mac.finalize().into_bytes()
    });
    // HMAC accepts keys of any length, so this never fails. Receivers would reject an empty digest.
    format!(
        "sha256 {}",
        digest.map(|digest| hex(&digest)).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_algorithm_a_space_and_hex() {
        let wanted = "sha256 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(
            signature("Jefe", &Bytes::from_static(b"what do ya want for nothing?")),
            wanted
        );
    }
}
