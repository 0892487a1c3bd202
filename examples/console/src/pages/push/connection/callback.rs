//! The redirect URI of a partner's app. The code in its address is used at once, and the browser is
//! redirected to an address without it.

use http::{StatusCode, Uri};
use maud::html;
use serde_json::json;

use super::{confirm_form, result, start_form};
use crate::{
    api::{ApiError, Connection, ConnectionReport, encoded},
    pages::{
        Answer,
        settings::{Tab, page},
    },
    parts::{Tone, notice, time},
    request::ConsoleRequest,
};

/// Returns `true` if this path, relative to the mount point, is the redirect URI.
pub(crate) fn is_callback(path: &str) -> bool {
    path.trim_matches('/') == CALLBACK
}

/// Path and query to open after a sign-in. Those of the redirect URI contain a code, which must not
/// be in the address of a sign-in page and has expired after it.
pub(crate) fn page_after_sign_in(page: &Uri) -> String {
    match is_callback(page.path()) {
        true => format!("/push?{}=signed_out", super::RESULT),
        false => {
            // An adapter may pass on an empty query.
            let query = page.query().filter(|query| !query.is_empty());
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            format!("{}{query}", page.path())
        }
    }
}

/// The redirect URI of this console, for the registration of the app. The mount point includes the
/// path of the public URL.
pub(super) fn address(request: &ConsoleRequest<'_>) -> String {
    let base = request.context.greenhouse.ports().reports().base();
    let origin = base.origin().ascii_serialization();
    format!("{origin}{}", request.link(CALLBACK))
}

/// `GET push/connection/callback`: passes on what Greenhouse sent.
pub(super) async fn answer(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let sent = |name: &str| request.query.filled(name);
    let body = json!({
        "action": "callback",
        "code": sent("code"), "state": sent("state"), "error": sent("error"),
    });
    let report: Result<ConnectionReport, _> = request.api.post("connection", &body).await;
    Ok(match report {
        Ok(ConnectionReport {
            confirm: Some(id), ..
        }) => {
            let page = format!("push/connection/confirm?id={}", encoded(&id));
            Answer::Redirect(request.link(&page))
        }
        Ok(_) => result(request, "connected"),
        // Also after an outage, because the address contains the code.
        Err(error) => result(request, &error.code),
    })
}

/// `GET push/connection/confirm`: asks for the confirmation of a consent that was begun in
/// Greenhouse.
pub(super) async fn ask(request: &ConsoleRequest<'_>, id: &str) -> Result<Answer, ApiError> {
    let path = format!("connection?confirm={}", encoded(id));
    let connection: Connection = request.api.get(&path).await?;
    let Some(until) = connection.confirmable_until else {
        return Ok(expired(request, StatusCode::OK));
    };
    let texts = &request.texts().connection;
    let content = html! {
        section.gh-section #connection aria-labelledby="connection-title" {
            h2 #connection-title { (texts.confirm_title) }
            (notice(Tone::Warning, &html! {
                p { (texts.confirm_text) }
                p { (texts.confirm_minute) " " (time(&until)) "." }
            }))
            (confirm_form(request, id))
            (start_form(request, texts.start_again))
        }
    };
    Ok(page(request, Tab::Push, &content).into())
}

/// `POST push/connection/confirm`.
pub(super) async fn confirmed(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let id = request.form.filled("id").unwrap_or_default();
    let body = json!({ "action": "confirm", "confirm": id });
    let report: Result<ConnectionReport, _> = request.api.post("connection", &body).await;
    match report {
        Ok(_) => Ok(result(request, "connected")),
        Err(error) if EXPIRED.contains(&error.code.as_str()) => {
            Ok(expired(request, StatusCode::CONFLICT))
        }
        Err(error) => Ok(result(request, &error.code)),
    }
}

fn expired(request: &ConsoleRequest<'_>, status: StatusCode) -> Answer {
    let texts = &request.texts().connection;
    let content = html! {
        section.gh-section #connection aria-labelledby="connection-title" {
            h2 #connection-title { (texts.confirm_title) }
            (notice(Tone::Problem, &html! { p { (texts.confirm_expired) } }))
            (start_form(request, texts.start_again))
            p { a href=(request.link("push#connection")) { (texts.back) } }
        }
    };
    page(request, Tab::Push, &content)
        .with_status(status)
        .into()
}

/// Path of the redirect URI, relative to the mount point.
const CALLBACK: &str = "push/connection/callback";
/// Codes with which the confirmation page offers to start again.
const EXPIRED: [&str; 2] = ["consent_code_expired", "consent_not_waiting"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_in_the_address_of_a_sign_in() {
        for (page, expected) in [
            ("/push?saved=jobs", "/push?saved=jobs"),
            ("/push?", "/push"),
            ("/activity", "/activity"),
            (
                "/push/connection/callback?code=canary&state=canary",
                "/push?connection=signed_out",
            ),
            (
                "/push/connection/callback/?code=canary",
                "/push?connection=signed_out",
            ),
        ] {
            let page = Uri::from_static(page);
            assert_eq!(page_after_sign_in(&page), expected);
        }
    }
}
