use http::StatusCode;
use serde::Serialize;
use serde_json::json;

use crate::auth::client::{Client, authenticate, member};
use crate::switches::{CodeRedirectUri, TokenExpiry, TokenWithoutScopes};
use crate::time::seconds;
use crate::wire::{Answer, Call};
use crate::world::{Caller, World};

/// Serves `POST /token`, with responses and errors as recorded live. A customer's own integration
/// may use only client credentials, and a partner only the authorization code and its refresh token
/// (documented).
pub(super) fn serve(world: &World, call: &Call) -> Answer {
    grant(world, call).unwrap_or_else(|refusal| refusal)
}

fn grant(world: &World, call: &Call) -> Result<Answer, Answer> {
    let client = authenticate(world, call)?;
    let needed = |name| member(call, name).ok_or_else(|| oauth_error("invalid_request"));
    let (caller, refreshable) = match (member(call, "grant_type").as_deref(), client) {
        (Some("client_credentials"), Client::Customer(credential)) => {
            let caller = Caller {
                client_id: credential.client_id.clone(),
                acting_user: acting_user(world, call)?,
                scopes: world.state().scopes.iter().cloned().collect(),
            };
            if caller.scopes.is_empty()
                && world.switches().token_without_scopes == TokenWithoutScopes::Refused
            {
                return Err(oauth_error("invalid_scope"));
            }
            (Some(caller), false)
        }
        (Some("authorization_code"), Client::Partner(partner)) => {
            let code = needed("code")?;
            let redirect_uri = match world.switches().code_redirect_uri {
                CodeRedirectUri::Optional => member(call, "redirect_uri"),
                CodeRedirectUri::Required => Some(needed("redirect_uri")?),
            };
            let caller = world.grants.take_code(
                &code,
                &partner.client_id,
                redirect_uri.as_deref(),
                world.now(),
            );
            (caller, true)
        }
        (Some("refresh_token"), Client::Partner(partner)) => {
            let token = needed("refresh_token")?;
            let caller = world
                .grants
                .take_refresh_token(&token, &partner.client_id, world.now());
            (caller, true)
        }
        (Some("client_credentials"), Client::Partner(_)) => {
            return Err(oauth_error("unauthorized_client"));
        }
        // A customer's own integration has no codes, so every code or refresh token is invalid.
        (Some("authorization_code" | "refresh_token" | TOKEN_EXCHANGE), _) => (None, false),
        (Some(unknown), _) => {
            let message = format!(
                "grant_type={unknown} is invalid, please use one of: authorization_code, refresh_token, client_credentials, {TOKEN_EXCHANGE}"
            );
            return Err(Answer::message(StatusCode::BAD_REQUEST, &message));
        }
        (None, _) => {
            return Err(Answer::message(
                StatusCode::BAD_REQUEST,
                "Must include `grant_type` parameter in /token request",
            ));
        }
    };
    let caller = caller.ok_or_else(|| oauth_error("invalid_grant"))?;
    let refresh_token = refreshable.then(|| {
        let life = world.switches().refresh_token_life;
        world
            .grants
            .refresh_token(&world.ids, caller.clone(), life, world.now())
    });
    Ok(token_response(world, caller, refresh_token))
}

/// Returns the acting user: the user in `sub`, or the credential's service user.
fn acting_user(world: &World, call: &Call) -> Result<i64, Answer> {
    let state = world.state();
    match member(call, "sub") {
        None => Ok(state.service_user),
        Some(sub) => sub
            .parse()
            .ok()
            .filter(|sub| state.users.get(sub).is_some_and(|user| !user.deactivated))
            .ok_or_else(|| oauth_error("invalid_request")),
    }
}

fn token_response(world: &World, caller: Caller, refresh_token: Option<String>) -> Answer {
    let (access_token, expires_at) =
        world
            .tokens
            .issue(&world.ids, &world.base_url, caller, world.now());
    let expiry = world.switches().token_expiry;
    Answer::json(
        StatusCode::OK,
        &TokenResponse {
            token_type: "Bearer",
            access_token,
            expires_at: matches!(expiry, TokenExpiry::ExpiresAt | TokenExpiry::Both)
                .then(|| seconds(expires_at)),
            expires_in: matches!(expiry, TokenExpiry::ExpiresIn | TokenExpiry::Both)
                .then(|| (expires_at - world.now()).num_seconds()),
            refresh_token,
        },
    )
}

fn oauth_error(error: &'static str) -> Answer {
    Answer::json(StatusCode::BAD_REQUEST, &json!({ "error": error }))
}

#[derive(Serialize)]
struct TokenResponse {
    token_type: &'static str,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
