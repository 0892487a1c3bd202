//! Partner key endpoints; see [`PartnerKeys`].

use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    answer::{self, ErrorDetails, NewState, method_not_allowed},
    operator::{OperatorRequest, not_found, store_down},
};
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::uncached;
use crate::{KeysError, NewPartnerKey, PartnerKeyView, PartnerKeys, texts::keys as texts};

/// Responds to a request to one of these endpoints. Returns `None` for any other path.
pub(super) async fn answer(
    keys: &PartnerKeys,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    let (path, account) = (request.path(), &request.account);
    let is = |method: Method| request.method == method;
    Some(match path.as_slice() {
        ["keys"] if is(Method::GET) => match keys.list(account).await {
            Ok(keys) => answer::json(StatusCode::OK, &KeyList { keys }),
            Err(error) => refusal_answer(&error),
        },
        ["keys"] if is(Method::POST) => minted_answer(keys.mint(account).await),
        ["keys", id, "rotate"] if is(Method::POST) => minted_answer(keys.rotate(account, id).await),
        ["keys", id] if is(Method::DELETE) => match keys.revoke(account, id).await {
            Ok(()) => answer::json(StatusCode::OK, &NewState::new("revoked")),
            Err(error) => refusal_answer(&error),
        },
        ["keys"] => method_not_allowed(&[Method::GET, Method::POST]),
        ["keys", _] => method_not_allowed(&[Method::DELETE]),
        ["keys", _, "rotate"] => method_not_allowed(&[Method::POST]),
        _ => return None,
    })
}

fn minted_answer(minted: Result<NewPartnerKey, KeysError>) -> Response<Bytes> {
    let minted = match minted {
        Ok(minted) => minted,
        Err(error) => return refusal_answer(&error),
    };
    let body = MintedKey {
        view: &minted.view,
        key: minted.key.expose(),
    };
    uncached(answer::json(StatusCode::CREATED, &body))
}

/// Partner keys of the account.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "PartnerKeyList"))]
struct KeyList {
    /// The keys, oldest first.
    keys: Vec<PartnerKeyView>,
}

/// A key that was just minted.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "MintedPartnerKey"))]
struct MintedKey<'a> {
    #[serde(flatten)]
    view: &'a PartnerKeyView,
    /// The key. It is returned only here.
    key: &'a str,
}

#[cfg(feature = "openapi")]
pub(super) fn operations() -> Vec<Operation> {
    let of = |method, path, summary| {
        Operation::new(method, path, summary)
            .error(StatusCode::NOT_FOUND)
            .error(StatusCode::CONFLICT)
    };
    let minted = |operation: Operation| {
        let created = StatusCode::CREATED;
        operation.response::<MintedKey<'_>>(created, "The new key, which is returned only here.")
    };
    let ok = StatusCode::OK;
    vec![
        Operation::new(Method::GET, "keys", "Lists the partner keys, oldest first.")
            .response::<KeyList>(ok, "The keys.")
            .error(StatusCode::CONFLICT),
        minted(
            Operation::new(Method::POST, "keys", "Mints a partner key.")
                .error(StatusCode::CONFLICT),
        ),
        minted(
            of(
                Method::POST,
                "keys/{id}/rotate",
                "Mints a partner key, and lets the old one expire after the overlap.",
            )
            .path_parameter::<KeyId>("id"),
        ),
        of(
            Method::DELETE,
            "keys/{id}",
            "Revokes a partner key immediately.",
        )
        .path_parameter::<KeyId>("id")
        .response::<NewState>(ok, "The key is revoked."),
    ]
}

/// Id of the key, as listed.
#[cfg(feature = "openapi")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct KeyId(String);

fn refusal_answer(error: &KeysError) -> Response<Bytes> {
    let conflict = |code, remedy: &str| {
        let details = ErrorDetails::remedy(remedy);
        answer::problem_with(StatusCode::CONFLICT, code, error.to_string(), details)
    };
    match error {
        KeysError::UnknownKey => not_found(),
        KeysError::NotConfigured => conflict("not_configured", texts::SET_UP_ASSESSMENTS),
        KeysError::TooMany => conflict("too_many_keys", texts::REVOKE_KEYS),
        KeysError::Mint(_) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            let response = answer::problem(status, "no_randomness", error.to_string());
            answer::caused_by(response, error)
        }
        KeysError::Store(error) => store_down(error),
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{MintError, every_variant, store::StoreError, testing::has_remedy};
    use serde_json::Value;

    use super::*;

    /// The person who changes the keys sees what to do. The cause of a 503 is in the server's log.
    #[test]
    fn every_refused_change_is_answered_with_its_reason() {
        for error in every_variant!(KeysError {
            KeysError::NotConfigured => [KeysError::NotConfigured];
            KeysError::UnknownKey => [KeysError::UnknownKey];
            KeysError::TooMany => [KeysError::TooMany];
            KeysError::Mint(_) => [MintError.into()];
            KeysError::Store(_) => [StoreError::unavailable("disk full").into()];
        }) {
            let response = refusal_answer(&error);
            let body: Value = serde_json::from_slice(response.body()).unwrap();
            let remedy = body["error"]["remedy"].as_str().unwrap_or_default();
            match response.status().as_u16() {
                404 | 503 => assert!(body["error"]["message"].is_string(), "{body}"),
                _ => assert!(has_remedy(remedy), "{body}"),
            }
        }
    }
}
