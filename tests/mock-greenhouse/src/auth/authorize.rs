use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use url::Url;

use crate::config::PartnerCredential;
use crate::switches::Consent;
use crate::wire::{Answer, Call};
use crate::world::{Caller, World};

/// Serves `GET /authorize` (documented). The consenting user consents or refuses immediately, or is
/// asked by a page, and the browser is redirected to the partner. The response to an unknown client
/// or redirect URI is 400 instead of a redirect (inferred, like the error texts).
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
    let (true, Ok(target)) = (redirect_uri == registered(world), target) else {
        return refused("redirect_uri does not match");
    };
    let scopes = scopes(
        partner,
        member("response_type").as_deref(),
        member("scope").as_deref(),
    );
    let decision = match (world.switches().consent, member(DECISION).as_deref()) {
        (Consent::Consents, _) | (Consent::Asks, Some("allow")) => true,
        (Consent::Refuses, _) | (Consent::Asks, Some(_)) => false,
        (Consent::Asks, None) if scopes.is_ok() => return page(call, &scopes.unwrap_or_default()),
        (Consent::Asks, None) => false,
    };
    let outcome = scopes.and_then(|scopes| match decision {
        true => Ok(code(world, scopes)),
        false => Err("access_denied"),
    });
    match redirect(target, outcome, member("state").as_deref()) {
        Some(location) => Answer::empty(StatusCode::FOUND).with("location", location),
        None => refused("redirect_uri does not match"),
    }
}

/// Returns the URL at which the browser opens the redirect URI after a consent that a user began on
/// Greenhouse's integrations page. It has no `state` (reported). The consent covers every scope that
/// the partner may request (unknown).
pub(crate) fn from_integrations_page(world: &World) -> Option<String> {
    let mut target = Url::parse(&registered(world)).ok()?;
    let code = code(world, world.config.partner_credential.scopes.clone());
    target.query_pairs_mut().append_pair("code", &code);
    Some(target.to_string())
}

fn registered(world: &World) -> String {
    let changed = world.state().redirect_uri.clone();
    changed.unwrap_or_else(|| world.config.partner_credential.redirect_uri.clone())
}

/// Returns the scopes of the consent, or the OAuth error code. Without `scope`, the request covers
/// every scope that the partner may request (unknown).
fn scopes(
    partner: &PartnerCredential,
    response_type: Option<&str>,
    scope: Option<&str>,
) -> Result<Vec<String>, &'static str> {
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
    Ok(scopes)
}

fn code(world: &World, scopes: Vec<String>) -> String {
    let user = {
        let state = world.state();
        state.consenting_user.unwrap_or(state.site_admin)
    };
    let caller = Caller {
        client_id: world.config.partner_credential.client_id.clone(),
        acting_user: user,
        scopes: Arc::from(scopes),
    };
    let redirect_uri = registered(world);
    world
        .grants
        .code(&world.ids, caller, &redirect_uri, world.now())
}

fn redirect(
    mut target: Url,
    outcome: Result<String, &'static str>,
    state: Option<&str>,
) -> Option<HeaderValue> {
    {
        let mut query = target.query_pairs_mut();
        match &outcome {
            Ok(code) => query.append_pair("code", code),
            Err(error) => query.append_pair("error", error),
        };
        if let Some(state) = state {
            query.append_pair("state", state);
        }
    }
    HeaderValue::from_str(target.as_str()).ok()
}

/// The page that asks the user. Its buttons repeat the request with the decision.
fn page(call: &Call, scopes: &[String]) -> Answer {
    let fields: String = url::form_urlencoded::parse(call.query.as_bytes())
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escaped(&name),
                escaped(&value)
            )
        })
        .collect();
    let scopes: String = scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escaped(scope)))
        .collect();
    let html = format!(
        "<!doctype html><html lang=\"en\"><title>Greenhouse</title>\
         <link rel=\"icon\" href=\"data:,\"><h1>Authorize access</h1>\
         <ul>{scopes}</ul><form action=\"/authorize\">{fields}\
         <button name=\"{DECISION}\" value=\"allow\">Allow</button> \
         <button name=\"{DECISION}\" value=\"deny\">Deny</button></form></html>"
    );
    let mut answer = Answer::empty(StatusCode::OK);
    answer.body = Bytes::from(html);
    answer.with(
        "content-type",
        HeaderValue::from_static("text/html; charset=utf-8"),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Parameter with which the page repeats the request.
const DECISION: &str = "decision";
