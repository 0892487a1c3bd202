use http::StatusCode;
use serde::Serialize;
use serde_json::json;

use crate::auth::client::{authenticate, member};
use crate::switches::TokenExpiry;
use crate::time::seconds;
use crate::wire::{Answer, Call};
use crate::world::World;

/// `POST /token`, the client-credentials grant. Answer and errors as recorded live.
pub(super) fn serve(world: &World, call: &Call) -> Answer {
    mint(world, call).unwrap_or_else(|refusal| refusal)
}

fn mint(world: &World, call: &Call) -> Result<Answer, Answer> {
    let credential = authenticate(world, call)?;
    match member(call, "grant_type").as_deref() {
        Some("client_credentials") => {}
        // This credential is a customer's own integration: it has no codes, so any code or refresh token is a dead one.
        Some("authorization_code" | "refresh_token" | TOKEN_EXCHANGE) => {
            return Err(Answer::json(
                StatusCode::BAD_REQUEST,
                &json!({ "error": "invalid_grant" }),
            ));
        }
        Some(unknown) => {
            let message = format!(
                "grant_type={unknown} is invalid, please use one of: authorization_code, refresh_token, client_credentials, {TOKEN_EXCHANGE}"
            );
            return Err(Answer::message(StatusCode::BAD_REQUEST, &message));
        }
        None => {
            return Err(Answer::message(
                StatusCode::BAD_REQUEST,
                "Must include `grant_type` parameter in /token request",
            ));
        }
    }
    let acting_user = match member(call, "sub") {
        None => world.state().service_user,
        Some(sub) => sub
            .parse()
            .ok()
            .filter(|sub| {
                world
                    .state()
                    .users
                    .get(sub)
                    .is_some_and(|user| !user.deactivated)
            })
            .ok_or_else(|| {
                Answer::json(
                    StatusCode::BAD_REQUEST,
                    &json!({ "error": "invalid_request" }),
                )
            })?,
    };
    let (access_token, expires_at) = world.tokens.mint(world, &credential.client_id, acting_user);
    let expiry = world.switches().token_expiry;
    Ok(Answer::json(
        StatusCode::OK,
        &Minted {
            token_type: "Bearer",
            access_token,
            expires_at: matches!(expiry, TokenExpiry::ExpiresAt | TokenExpiry::Both)
                .then(|| seconds(expires_at)),
            expires_in: matches!(expiry, TokenExpiry::ExpiresIn | TokenExpiry::Both)
                .then(|| (expires_at - world.now()).num_seconds()),
        },
    ))
}

#[derive(Serialize)]
struct Minted {
    token_type: &'static str,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
}

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
