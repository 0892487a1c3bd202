use std::sync::Arc;

use http::{HeaderValue, StatusCode};
use url::Url;

use crate::config::PartnerCredential;
use crate::switches::Consent;
use crate::wire::{Answer, Call};
use crate::world::{Caller, World};

/// Serves `GET /authorize` (documented). The seeded Site Admin consents or refuses immediately, and
/// the browser is redirected to the partner. The response to an unknown client or redirect URI is
/// 400 instead of a redirect (inferred, like the error texts).
pub(super) fn serve(world: &World, call: &Call) -> Answer {
    let member = |name: &str| {
        url::form_urlencoded::parse(call.query.as_bytes())
            .find(|(member, _)| member == name)
            .map(|(_, value)| value.into_owned())
    };
    let refused = |why| Answer::message(StatusCode::BAD_REQUEST, why);
    let partner = &world.config.partner_credential;
    if member("client_id").as_deref() != Some(&*partner.client_id) {
        return refused("client_id is unknown");
    }
    let redirect_uri = member("redirect_uri").unwrap_or_default();
    let target = Url::parse(&redirect_uri);
    let (true, Ok(mut target)) = (redirect_uri == partner.redirect_uri, target) else {
        return refused("redirect_uri does not match");
    };
    let outcome = outcome(
        world,
        partner,
        &redirect_uri,
        member("response_type").as_deref(),
        member("scope").as_deref(),
    );
    {
        let mut query = target.query_pairs_mut();
        match outcome {
            Ok(code) => query.append_pair("code", &code),
            Err(error) => query.append_pair("error", error),
        };
        if let Some(state) = member("state") {
            query.append_pair("state", &state);
        }
    }
    match HeaderValue::from_str(target.as_str()) {
        Ok(location) => Answer::empty(StatusCode::FOUND).with("location", location),
        Err(_) => refused("redirect_uri does not match"),
    }
}

/// Returns an authorization code, or the OAuth error code. Without `scope`, the request covers
/// every scope that the partner may request (unknown).
fn outcome(
    world: &World,
    partner: &PartnerCredential,
    redirect_uri: &str,
    response_type: Option<&str>,
    scope: Option<&str>,
) -> Result<String, &'static str> {
    if response_type != Some("code") {
        return Err("unsupported_response_type");
    }
    let scopes: Vec<String> = match scope {
        Some(scope) => scope.split_whitespace().map(str::to_owned).collect(),
        None => partner.scopes.clone(),
    };
    if scopes.is_empty() || !scopes.iter().all(|scope| partner.scopes.contains(scope)) {
        return Err("invalid_scope");
    }
    if world.switches().consent == Consent::Refuses {
        return Err("access_denied");
    }
    let caller = Caller {
        client_id: partner.client_id.clone(),
        acting_user: world.state().site_admin,
        scopes: Arc::from(scopes),
    };
    Ok(world
        .grants
        .code(&world.ids, caller, redirect_uri, world.now()))
}
