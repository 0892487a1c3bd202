use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use sha2::Sha256;

use crate::mint::hex;
use crate::outbound::{self, Outgoing};
use crate::state::{ActError, Event};
use crate::webhooks::bodies;
use crate::webhooks::delivery::{Attempt, Delivery};
use crate::world::World;

/// Sends an event to every active hook of its action, one after the other, one attempt each.
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

/// Makes one delivery and its first attempt.
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
        let url = state
            .hooks
            .get(&hook)
            .ok_or(ActError::NotFound("Webhook"))?
            .hook
            .url
            .clone();
        let number = state.deliveries.len() as u64 + 1;
        state.deliveries.push(Delivery {
            number,
            hook_id: hook,
            action: action.to_owned(),
            event_id: world.mint.uuid(),
            url,
            body: body.into(),
            attempts: Vec::new(),
        });
        number
    };
    redeliver(world, number).await
}

/// Sends a delivery again as it was: same body, same event id, signed with the hook's present secret.
pub(crate) async fn redeliver(world: &Arc<World>, number: u64) -> Result<Delivery, ActError> {
    let outgoing = {
        let state = world.state();
        let delivery = state
            .deliveries
            .iter()
            .find(|delivery| delivery.number == number)
            .ok_or(ActError::NotFound("Delivery"))?;
        let stored = state
            .hooks
            .get(&delivery.hook_id)
            .ok_or(ActError::NotFound("Webhook"))?;
        Outgoing {
            method: Method::POST,
            url: delivery.url.clone(),
            headers: headers(&stored.secret, delivery)?,
            body: delivery.body.clone(),
        }
    };
    let at = world.now();
    let attempt = match outbound::send(world, outgoing).await {
        Ok(answer) => Attempt {
            at,
            status: Some(answer.status.as_u16()),
            error: None,
        },
        Err(error) => Attempt {
            at,
            status: None,
            error: Some(error.to_string()),
        },
    };
    let mut state = world.state();
    let delivery = state
        .deliveries
        .iter_mut()
        .find(|delivery| delivery.number == number)
        .ok_or(ActError::NotFound("Delivery"))?;
    delivery.attempts.push(attempt);
    Ok(delivery.clone())
}

fn headers(secret: &str, delivery: &Delivery) -> Result<HeaderMap, ActError> {
    let unsendable =
        |_| ActError::Refused("the delivery has a header that cannot be sent".to_owned());
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static("Greenhouse Webhooks (mock)"),
    );
    headers.insert(
        HeaderName::from_static("signature"),
        HeaderValue::from_str(&signature(secret, &delivery.body)).map_err(unsendable)?,
    );
    headers.insert(
        HeaderName::from_static("greenhouse-event-id"),
        HeaderValue::from_str(&delivery.event_id).map_err(unsendable)?,
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
