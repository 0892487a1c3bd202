use http::StatusCode;
use serde_json::json;

use crate::config::{Credential, PartnerCredential};
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

/// Returns the credential of a call to the token host, or the refusal as recorded live.
pub(super) fn authenticate<'a>(world: &'a World, call: &Call) -> Result<Client<'a>, Answer> {
    let Some((client_id, secret)) = call.basic() else {
        let body =
            json!({ "message": "Unauthorized", "errorId": format!("err-{}", world.ids.hex()) });
        return Err(Answer::json(StatusCode::UNAUTHORIZED, &body));
    };
    if !has_suffix(&client_id) {
        let message = format!("client_id={client_id} does not contain a valid client ID suffix");
        let body = json!({ "message": message, "errorId": format!("err-{}", world.ids.hex()) });
        return Err(Answer::json(StatusCode::BAD_REQUEST, &body));
    }
    let (customer, partner) = (&world.config.credential, &world.config.partner_credential);
    let shows = |id: &str, its_secret: &str| {
        same_secret(&client_id, id) && same_secret(&secret, its_secret)
    };
    if shows(&customer.client_id, &customer.client_secret) {
        Ok(Client::Customer(customer))
    } else if shows(&partner.client_id, &partner.client_secret) {
        Ok(Client::Partner(partner))
    } else {
        Err(Answer::json(
            StatusCode::UNAUTHORIZED,
            &json!({ "error": "invalid_client" }),
        ))
    }
}

/// Returns `true` if the id ends in `-<digits>`.
fn has_suffix(client_id: &str) -> bool {
    let digits = client_id
        .rsplit_once('-')
        .map(|(_, digits)| digits)
        .unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads a member of a form from the body or the query. A guide shows some grants with members in
/// the query.
pub(super) fn member(call: &Call, name: &str) -> Option<String> {
    let body: &[u8] = if call.has_content_type("application/x-www-form-urlencoded") {
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
