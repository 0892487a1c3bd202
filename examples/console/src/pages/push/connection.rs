//! The connection to a partner's app, in the section of the credential.

mod callback;

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{section::Sections, switch::is_partner};
use crate::{
    api::{ApiError, Connection, ConnectionReport, encoded},
    draft::Draft,
    pages::{
        Answer,
        settings::{Tab, page},
    },
    parts::{
        Confirm, Field, Icon, Tone, checkbox, confirm, copy_value, hidden, icon, notice, time,
    },
    request::ConsoleRequest,
    texts::{ConnectionTexts, fill},
};

pub(crate) use self::callback::{is_callback, page_after_sign_in};

/// Answers the pages and forms below `push/connection`.
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        ["start"] if !request.is_read() => start(request).await,
        ["callback"] if request.is_read() => callback::answer(request).await,
        ["confirm"] if request.is_read() => {
            let id = request.query.filled("id").unwrap_or_default();
            callback::ask(request, id).await
        }
        ["confirm"] => callback::confirmed(request).await,
        ["disconnect"] if !request.is_read() => {
            let body = json!({ "action": "disconnect" });
            let done = request.api.post::<Value>("connection", &body).await;
            done.map(|_| result(request, "disconnected"))
        }
        _ => Err(ApiError::not_found()),
    }
}

/// Redirects to the section, which shows the result.
fn result(request: &ConsoleRequest<'_>, result: &str) -> Answer {
    let page = format!("push?{RESULT}={}#connection", encoded(result));
    Answer::Redirect(request.link(&page))
}

/// Begins a consent. A link leads to Greenhouse, because the `Content-Security-Policy` of the pages
/// allows no form that ends on another site.
async fn start(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let also = OPTIONAL.iter().filter(|name| request.form.is_checked(name));
    let also: Vec<_> = also.filter_map(|name| name.strip_prefix("also.")).collect();
    let body = json!({ "action": "start", "also": also });
    let report: ConnectionReport = match request.api.post("connection", &body).await {
        Ok(report) => report,
        Err(error) if error.is_refusal() => return Ok(result(request, &error.code)),
        Err(error) => return Err(error),
    };
    let texts = &request.texts().connection;
    let address = report.authorize_url.unwrap_or_default();
    let content = html! {
        section.gh-section #connection aria-labelledby="connection-title" {
            h2 #connection-title { (texts.start_title) }
            p { (texts.start_text) }
            p {
                a.gh-button.gh-primary href=(address) rel="noreferrer" target="_top" {
                    (texts.continue_to)
                }
                " " a.gh-button.gh-quiet href=(request.link("push#connection")) { (texts.back) }
            }
        }
    };
    Ok(page(request, Tab::Push, &content).into())
}

/// The state of the connection with its buttons. Nothing for a customer's own credential.
pub(super) async fn markup(sections: &Sections<'_>) -> Markup {
    let request = sections.request;
    let shown = request.query.get(RESULT);
    if !is_partner(&sections.settings) {
        return html! {};
    }
    let texts = &request.texts().connection;
    let connection = request.api.get::<Connection>("connection").await;
    html! {
        h3 #connection { (texts.title) }
        p { (texts.lead) }
        @match &connection {
            Ok(connection) => {
                @if let Some(code) = shown { (told(texts, code, connection)) }
                (state(request, connection))
                (buttons(request, connection))
            }
            Err(error) => (super::failure::failed(request, texts.failed, error)),
        }
    }
}

/// The notice about what was done last. `code` is from the address, so it only selects a text.
fn told(texts: &ConnectionTexts, code: &str, connection: &Connection) -> Markup {
    let text = match code {
        "connected" if connection.status != "connected" => return html! {},
        "connected" if connection.message.is_some() => texts.done_not_admin,
        "connected" => texts.done,
        "disconnected" if connection.status != "not_connected" => return html! {},
        "disconnected" => texts.disconnected,
        "signed_out" => texts.refused_signed_out,
        "consent_unknown" => texts.refused_unknown,
        "consent_used" => texts.refused_used,
        "consent_expired" => texts.refused_expired,
        "consent_denied" => texts.refused_denied,
        "consent_failed" => texts.refused_failed,
        "consent_incomplete" => texts.refused_incomplete,
        "consent_code_expired" | "consent_not_waiting" => texts.confirm_expired,
        "greenhouse_refused" => texts.refused_code,
        "no_partner_app" => texts.refused_no_app,
        _ => texts.refused_other,
    };
    let tone = match code {
        "connected" if connection.message.is_some() => Tone::Warning,
        "connected" | "disconnected" => Tone::Success,
        _ => Tone::Problem,
    };
    html! {
        div data-result=(code) { (notice(tone, &html! { p { (text) } })) }
    }
}

fn state(request: &ConsoleRequest<'_>, connection: &Connection) -> Markup {
    let texts = &request.texts().connection;
    let (class, shown, text) = match connection.status.as_str() {
        "connected" => ("gh-status gh-ok", Icon::Done, texts.is_connected),
        "ended" => ("gh-status gh-failed", Icon::Failed, texts.ended),
        "not_connected" => ("gh-status", Icon::Skipped, texts.not_connected),
        _ => ("gh-status gh-warning", Icon::Warning, texts.unknown),
    };
    let tone = match connection.status.as_str() {
        "ended" => Tone::Problem,
        _ => Tone::Warning,
    };
    html! {
        p data-connection=(connection.status) { span class=(class) { (icon(shown)) (text) } }
        @if let Some(message) = &connection.message {
            (notice(tone, &html! {
                p { (message) }
                @if let Some(remedy) = &connection.remedy { p { (remedy) } }
            }))
        }
        @if connection.is_known() {
            dl.gh-facts {
                @if let Some(at) = &connection.connected_at {
                    dt { (texts.since) } dd { (time(at)) }
                }
                dt { (texts.by) }
                dd { (user(texts, connection)) }
                @if let Some(scopes) = &connection.scopes {
                    dt { (texts.scopes) }
                    dd { (scopes.len()) }
                }
                @if !connection.missing_scopes.is_empty() {
                    dt { (texts.scopes_missing) }
                    dd { @for scope in &connection.missing_scopes { code { (scope) } " " } }
                }
            }
        }
    }
}

fn user(texts: &ConnectionTexts, connection: &Connection) -> Markup {
    html! {
        @match connection.user {
            Some(id) => (fill(texts.user, &[("id", &id.to_string())])),
            None => (texts.user_unknown),
        }
        @match connection.site_admin {
            Some(true) => { " · " (texts.site_admin) }
            Some(false) => { " · " (texts.not_site_admin) }
            None => {}
        }
    }
}

fn buttons(request: &ConsoleRequest<'_>, connection: &Connection) -> Markup {
    let texts = &request.texts().connection;
    let is_new = connection.status == "not_connected";
    let label = match is_new {
        true => texts.connect,
        false => texts.connect_again,
    };
    let address = callback::address(request);
    let labels = [texts.also_scorecards, texts.also_webhooks];
    html! {
        p {
            (texts.redirect_uri) " "
            (copy_value(&request.texts().common, request.texts().push.redirect_uri, &address))
        }
        form method="post" action=(request.link("push/connection/start")) data-partial {
            fieldset {
                legend { (texts.also) }
                @for (name, label) in OPTIONAL.into_iter().zip(labels) {
                    @let field = Field { name, label, hint: "" };
                    (checkbox(request, &Draft::default(), field, false))
                }
                p.gh-hint { (texts.also_hint) }
            }
            @let is_primary = connection.status != "connected";
            button.gh-button.gh-primary[is_primary] type="submit" { (label) }
        }
        @if !is_new {
            (confirm(Confirm {
                action: texts.disconnect,
                label: texts.disconnect,
                text: texts.disconnect_text,
                address: &request.link("push/connection/disconnect"),
            }, &html! {}))
        }
    }
}

/// The form that begins a consent, on a page that shows a refusal.
fn start_form(request: &ConsoleRequest<'_>, label: &str) -> Markup {
    html! {
        form method="post" action=(request.link("push/connection/start")) data-partial {
            button.gh-button.gh-primary type="submit" { (label) }
        }
    }
}

/// The form that confirms a consent.
fn confirm_form(request: &ConsoleRequest<'_>, id: &str) -> Markup {
    let texts = &request.texts().connection;
    html! {
        form method="post" action=(request.link("push/connection/confirm")) data-partial {
            (hidden("id", id))
            button.gh-button.gh-primary type="submit" { (texts.confirm) } " "
            a.gh-button.gh-quiet href=(request.link("push#connection")) {
                (request.texts().common.cancel)
            }
        }
    }
}

/// Names of the checkboxes for additional scopes.
const OPTIONAL: [&str; 2] = ["also.scorecards", "also.webhooks"];
/// Parameter of the page with what was done last: a word of this module, or the code of an error.
const RESULT: &str = "connection";
