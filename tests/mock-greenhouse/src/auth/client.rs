use http::StatusCode;
use serde_json::json;

use crate::config::{Credential, PartnerCredential};
use crate::switches::ClientAuthentication;
use crate::wire::{Answer, Call, same_secret};
use crate::world::World;

/// The credential that a call presents.
#[derive(Debug, Clone, Copy)]
pub(super) enum Client<'a> {
    /// A customer's own integration.
    Customer(&'a Credential),
    /// A partner, which needs the customer's consent.
    Partner(&'a PartnerCredential),
}

impl Client<'_> {
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Customer(credential) => &credential.client_id,
            Self::Partner(partner) => &partner.client_id,
        }
    }
}

/// Returns the credential that a call to the token host presents, or the error response as recorded
/// live.
pub(super) fn authenticate<'a>(world: &'a World, call: &Call) -> Result<Client<'a>, Answer> {
    let Some(sent) = credentials(call, world.switches().client_authentication) else {
        let body =
            json!({ "message": "Unauthorized", "errorId": format!("err-{}", world.ids.hex()) });
        return Err(Answer::json(StatusCode::UNAUTHORIZED, &body));
    };
    let [(client_id, _), ..] = sent.as_slice() else {
        return Err(invalid_client());
    };
    if !has_suffix(client_id) {
        let message = format!("client_id={client_id} does not contain a valid client ID suffix");
        let body = json!({ "message": message, "errorId": format!("err-{}", world.ids.hex()) });
        return Err(Answer::json(StatusCode::BAD_REQUEST, &body));
    }
    let (customer, partner) = (&world.config.credential, &world.config.partner_credential);
    let shows = |id: &str, its_secret: &str| {
        sent.iter().any(|(client_id, secret)| {
            same_secret(client_id, id) && same_secret(secret, its_secret)
        })
    };
    if shows(&customer.client_id, &customer.client_secret) {
        Ok(Client::Customer(customer))
    } else if shows(&partner.client_id, &partner.client_secret) {
        Ok(Client::Partner(partner))
    } else {
        Err(invalid_client())
    }
}

fn invalid_client() -> Answer {
    let body = json!({ "error": "invalid_client" });
    Answer::json(StatusCode::UNAUTHORIZED, &body)
}

/// Returns each possible pair of client id and secret, because plain and form-encoded Basic
/// credentials can look the same. Returns `None` if the call sends no credentials in an accepted
/// form. Plain Basic was observed live; the other forms are unknown.
fn credentials(call: &Call, accepted: ClientAuthentication) -> Option<Vec<(String, String)>> {
    let accepts = |form| accepted == ClientAuthentication::Any || accepted == form;
    if let Some((id, secret)) = call.basic() {
        let mut readings = Vec::new();
        if accepts(ClientAuthentication::FormEncodedBasic)
            && let (Some(id), Some(secret)) = (form_decoded(&id), form_decoded(&secret))
        {
            readings.push((id, secret));
        }
        if accepts(ClientAuthentication::Basic) {
            readings.push((id, secret));
        }
        return Some(readings).filter(|readings| !readings.is_empty());
    }
    if !accepts(ClientAuthentication::Form) || !call.has_content_type(FORM) {
        return None;
    }
    let member = |name| {
        url::form_urlencoded::parse(&call.body)
            .find(|(member, _)| member == name)
            .map(|(_, value)| value.into_owned())
    };
    Some(vec![(member("client_id")?, member("client_secret")?)])
}

/// Decodes a form-encoded value. Returns `None` if the text is not form-encoded.
fn form_decoded(text: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(text.as_bytes());
    let (decoded, _) = pairs.next()?;
    (pairs.next().is_none() && !text.contains('=')).then(|| decoded.into_owned())
}

/// Returns `true` if the id ends in `-<digits>`.
fn has_suffix(client_id: &str) -> bool {
    let digits = client_id
        .rsplit_once('-')
        .map(|(_, digits)| digits)
        .unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a form member from the body or the query. A guide shows token requests whose parameters
/// are in the query.
pub(super) fn member(call: &Call, name: &str) -> Option<String> {
    let body: &[u8] = if call.has_content_type(FORM) {
        &call.body
    } else {
        &[]
    };
    let mut members =
        url::form_urlencoded::parse(body).chain(url::form_urlencoded::parse(call.query.as_bytes()));
    members
        .find(|(member, _)| member == name)
        .map(|(_, value)| value.into_owned())
}

const FORM: &str = "application/x-www-form-urlencoded";
