//! Hook that a delivery claims to come from, before its signature is checked.

use std::borrow::Cow;

use serde::Deserialize;

use super::action::{Action, HookEvent};

/// Returns the action of the hook that a body claims to come from, without any check. For messages
/// about rejected deliveries. `None` if the body is not from a known hook.
///
/// ```
/// use greenhouse_core::webhook::claimed_action;
///
/// let body = br#"{"action":"ping","payload":{"event":"Candidate has been hired"}}"#;
/// assert_eq!(claimed_action(body), Some("hire_candidate"));
/// assert_eq!(claimed_action(b"{}"), None);
/// ```
pub fn claimed_action(body: &[u8]) -> Option<&'static str> {
    let claim: Claim<'_> = serde_json::from_slice(body).ok()?;
    let action = Action::from_word(claim.action.trim())?;
    let mut hooks = HookEvent::ALL.iter();
    if action == Action::Ping {
        let payload = serde_json::from_slice::<PingClaim<'_>>(body).ok();
        let label = payload.map(|claim| claim.payload.event).unwrap_or_default();
        let hook = hooks.find(|hook| hook.label.eq_ignore_ascii_case(label.trim()));
        return Some(hook.map_or(HookEvent::PING, |hook| hook.action));
    }
    hooks
        .find(|hook| hook.action == action.word())
        .map(|hook| hook.action)
}

#[derive(Deserialize)]
struct Claim<'a> {
    #[serde(borrow)]
    action: Cow<'a, str>,
}

#[derive(Deserialize)]
struct PingClaim<'a> {
    #[serde(borrow)]
    payload: PingPayload<'a>,
}

#[derive(Deserialize)]
struct PingPayload<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_only_known_hooks() {
        for (body, action) in [
            (
                r#"{"action":"reject_candidate","payload":{}}"#,
                Some("reject_candidate"),
            ),
            (
                r#"{"payload":[1],"action":"candidate_rejected"}"#,
                Some("reject_candidate"),
            ),
            (r#"{"action":"ping"}"#, Some("ping")),
            (r#"{"action":"ping","payload":{"event":7}}"#, Some("ping")),
            (
                r#"{"action":"ping","payload":{"event":"Offer created"}}"#,
                Some("ping"),
            ),
            (
                r#"{"action":"ping","payload":{"event":" candidate merged"}}"#,
                Some("merge_candidate"),
            ),
            (r#"{"action":"offer_created"}"#, None),
            (r#"{"action":"<script>"}"#, None),
            (r#"{"action":1}"#, None),
            ("[]", None),
            ("", None),
            ("{", None),
        ] {
            assert_eq!(claimed_action(body.as_bytes()), action, "{body}");
        }
    }
}
