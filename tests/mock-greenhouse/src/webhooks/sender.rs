use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde_json::Value;
use sha2::Sha256;

use crate::mint::hex;
use crate::outbound::{self, Outgoing};
use crate::state::{ActError, Event};
use crate::switches::RetryEventId;
use crate::webhooks::delivery::{Attempt, Delivery};
use crate::webhooks::hooks::StoredHook;
use crate::webhooks::{bodies, schedule};
use crate::wire::basic_header;
use crate::world::World;

/// Sends an event to every active hook of its action, one after the other, the first attempt each.
pub(crate) async fn fire(world: &Arc<World>, event: &Event) -> Vec<Delivery> {
    let hooks: Vec<i64> = {
        let state = world.state();
        let serving = state
            .hooks
            .values()
            .filter(|stored| stored.hook.active && stored.hook.action == event.action);
        serving.map(|stored| stored.hook.id).collect()
    };
    let mut deliveries = Vec::new();
    for hook in hooks {
        deliveries.extend(
            deliver(world, hook, event.action, &event.payload)
                .await
                .ok(),
        );
    }
    deliveries
}

/// Makes one delivery and its first attempt; none while they are held, but of a ping.
pub(super) async fn deliver(
    world: &Arc<World>,
    hook: i64,
    action: &str,
    payload: &Value,
) -> Result<Delivery, ActError> {
    let body = bodies::body(&world.config.organization, action, payload)
        .ok_or_else(|| ActError::Refused("no body".to_owned()))?;
    let number = {
        let mut state = world.state();
        let stored = state
            .hooks
            .get(&hook)
            .ok_or(ActError::NotFound("Webhook"))?;
        let delivery = Delivery {
            number: state.deliveries.len() as u64 + 1,
            hook_id: hook,
            action: action.to_owned(),
            event_id: world.mint.uuid(),
            url: stored.hook.url.clone(),
            body: body.into(),
            attempts: Vec::new(),
            max_attempts: if action == "ping" {
                1
            } else {
                stored.hook.max_attempts
            },
            next_attempt_at: None,
            scheduled: 0,
        };
        let number = delivery.number;
        state.deliveries.push(delivery.clone());
        if action != "ping" && world.holds_deliveries.load(Ordering::Relaxed) {
            return Ok(delivery);
        }
        number
    };
    let planned = world.now();
    let delivery = attempt(world, number).await?;
    Ok(schedule::plan_next(&mut world.state(), number, planned).unwrap_or(delivery))
}

/// Sends a delivery again by hand, which its schedule does not count. Once delivered, it is not tried again.
pub(crate) async fn redeliver(world: &Arc<World>, number: u64) -> Result<Delivery, ActError> {
    attempt(world, number).await
}

/// What an attempt at a delivery sends now.
pub(crate) fn request(world: &World, number: u64) -> Result<Request<Bytes>, ActError> {
    let mut state = world.state();
    let state = &mut *state;
    let delivery = find(&mut state.deliveries, number).ok_or(ActError::NotFound("Delivery"))?;
    let stored = state
        .hooks
        .get(&delivery.hook_id)
        .ok_or(ActError::NotFound("Webhook"))?;
    let headers = headers(stored, delivery)?;
    let mut request = Request::post(&delivery.url)
        .body(delivery.body.clone())
        .map_err(|error| ActError::Refused(error.to_string()))?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Sends a delivery to the address of its beginning: the same body, signed with the hook's present secret.
pub(super) async fn attempt(world: &Arc<World>, number: u64) -> Result<Delivery, ActError> {
    let (outgoing, event_id) = {
        let mut state = world.state();
        let state = &mut *state;
        let delivery = find(&mut state.deliveries, number).ok_or(ActError::NotFound("Delivery"))?;
        let stored = state
            .hooks
            .get(&delivery.hook_id)
            .ok_or(ActError::NotFound("Webhook"))?;
        if state.switches.retry_event_id == RetryEventId::New && !delivery.attempts.is_empty() {
            delivery.event_id = world.mint.uuid();
        }
        let outgoing = Outgoing {
            method: Method::POST,
            url: delivery.url.clone(),
            headers: headers(stored, delivery)?,
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
    let state = &mut *state;
    let delivery = find(&mut state.deliveries, number).ok_or(ActError::NotFound("Delivery"))?;
    delivery.attempts.push(Attempt {
        at,
        event_id,
        status,
        error,
    });
    if delivery.delivered() {
        delivery.next_attempt_at = None;
        if let Some(stored) = state.hooks.get_mut(&delivery.hook_id) {
            stored.hook.last_delivered = Some(at);
        }
    }
    Ok(delivery.clone())
}

/// Numbers count from 1 in the order of the list.
pub(super) fn find(deliveries: &mut [Delivery], number: u64) -> Option<&mut Delivery> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    deliveries.get_mut(index)
}

fn headers(stored: &StoredHook, delivery: &Delivery) -> Result<HeaderMap, ActError> {
    let unsendable =
        || ActError::Refused("the delivery has a header that cannot be sent".to_owned());
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
    // What follows cannot be overridden by a customer (documented).
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

/// `sha256 <64 hex digits>`, a blank between (documented, observed live).
fn signature(secret: &str, body: &Bytes) -> String {
    let digest = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(body);
        mac.finalize().into_bytes()
    });
    // HMAC takes a key of any length, so the error cannot occur; an empty digest would be refused by every receiver.
    format!(
        "sha256 {}",
        digest.map(|digest| hex(&digest)).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_word_a_blank_and_hex() {
        let wanted = "sha256 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(
            signature("Jefe", &Bytes::from_static(b"what do ya want for nothing?")),
            wanted
        );
    }
}
