//! Section 1: the Harvest credential and its scopes.

mod scope_list;

use maud::{Markup, html};
use serde_json::{Value, json};

use self::scope_list::{NeededScopes, ScopeState};
use super::{
    connection,
    saving::save_off_button,
    section::{Section, Sections},
    switch::is_partner,
};
use crate::{
    api::{ApiError, PushSetUpAnswer, Settings},
    draft::Draft,
    form::Form,
    pages::Answer,
    parts::{Choice, Field, Tone, notice, problem_list, radio, text_input},
    request::ConsoleRequest,
};

pub(super) async fn markup(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = &request.texts().push;
    let credential = &sections.settings["credential"];
    let stored = |member: &str| credential[member].as_str().unwrap_or_default();
    let field = |name, label, hint| Field { name, label, hint };
    let has_secret = !credential.is_null();
    let secret_hint = match has_secret {
        true => texts.secret_set,
        false => texts.secret_new,
    };
    let grant = match is_partner(&sections.settings) {
        true => PARTNER,
        false => OWN,
    };
    let grants = [
        Choice::new(OWN, texts.grant_own),
        Choice::new(PARTNER, texts.grant_partner),
    ];
    let lacking = draft.problems_of("credential").filter(is_scope).count() as u64;
    html! {
        p.gh-lead { (texts.credential_lead) }
        @if !has_secret { p { (texts.credential_steps) } }
        @if draft.has_problems() {
            (notice(Tone::Problem, &html! {
                p { (request.texts().common.not_saved) }
                @if lacking > 0 { p { (texts.scopes_lacking.of(lacking)) } }
                (problem_list(
                    request,
                    "gh-credential-problems",
                    draft.other_problems(&FIELDS).filter(|problem| !is_scope(problem)),
                ))
            }))
        }
        form method="post" action=(request.link("push/credential")) data-guard=(draft.guard()) data-partial {
            (sections.version_field())
            (radio(request, draft, field("credential.grant", texts.grant, ""), &grants, grant))
            (text_input(
                request,
                draft,
                field("credential.client_id", texts.client_id, ""),
                "text",
                stored("client_id"),
            ))
            (text_input(
                request,
                draft,
                field("credential.client_secret", texts.client_secret, secret_hint),
                "password",
                "",
            ))
            (text_input(
                request,
                draft,
                field("credential.redirect_uri", texts.redirect_uri, texts.redirect_uri_hint),
                "text",
                stored("redirect_uri"),
            ))
            div.gh-save {
                button.gh-button.gh-primary type="submit"
                    data-busy=(request.texts().common.checking) { (texts.credential_save) }
                span.gh-unsaved { (request.texts().common.unsaved) }
            }
            (save_off_button(request, draft))
            @if draft.has_problems() { p.gh-hint { (texts.save_off_secret) } }
        }
        (connection::markup(sections).await)
        h3 { (texts.scopes) }
        (scopes_of(sections, draft).await)
    }
}

fn is_scope(problem: &&crate::api::Problem) -> bool {
    problem.code == "scope_missing"
}

/// The needed scopes: after a refusal with what is missing, or else with the checks of the stored
/// credential, which the script loads.
async fn scopes_of(sections: &Sections<'_>, draft: &Draft<'_>) -> Markup {
    let request = sections.request;
    let texts = request.texts();
    let needed = match needed(request).await {
        Ok(needed) => needed,
        Err(error) => return super::failure::failed(request, texts.push.check_failed, &error),
    };
    if draft.has_problems() {
        let problems = draft.problems_of("credential").filter(is_scope);
        let state = match ScopeState::of_problems(&needed, problems) {
            // The check ended before it saw the scopes.
            ScopeState::Complete => ScopeState::Unknown,
            state => state,
        };
        return needed.markup(request, &state);
    }
    match &sections.checked {
        _ if sections.settings.is_null() => needed.markup(request, &ScopeState::Unknown),
        Some(checked) => needed.checked(request, checked, is_partner(&sections.settings)),
        None => html! {
            div data-load=(request.part("push/credential/scopes")) {
                p { a href=(request.link("push?check=1#credential")) data-partial {
                    (texts.jobs.check_now)
                } }
                (needed.markup(request, &ScopeState::Unknown))
            }
        },
    }
}

/// `GET push/credential/scopes`: the scopes of the stored credential, checked in Greenhouse.
pub(super) async fn scopes(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let stored: Settings = request.api.get("settings/push").await?;
    let sections = Sections::read(request, stored).await?;
    let needed = needed(request).await?;
    if sections.settings.is_null() {
        let state = ScopeState::Unknown;
        return Ok(Answer::Fragment(needed.markup(request, &state)));
    }
    let checked = sections.check(request.accepted_age()).await;
    let is_partner = is_partner(&sections.settings);
    Ok(Answer::Fragment(
        needed.checked(request, &checked, is_partner),
    ))
}

async fn needed(request: &ConsoleRequest<'_>) -> Result<NeededScopes, ApiError> {
    let set_up: PushSetUpAnswer = request.api.get("set-up/push").await?;
    Ok(match set_up.push {
        Some(push) => NeededScopes {
            needed: push.scopes,
            optional: push.scorecard_scopes,
        },
        None => NeededScopes {
            needed: set_up.default_scopes,
            optional: Vec::new(),
        },
    })
}

/// The first save creates the settings. A secret that is left empty keeps the stored one.
pub(super) fn change(form: &Form, settings: &mut Value) {
    let text = |member: &str| form.get(&format!("{}.{member}", Section::Credential.name()));
    let mut credential = json!({ "client_id": text("client_id").unwrap_or_default() });
    if let Some(secret) = text("client_secret").filter(|secret| !secret.is_empty()) {
        credential["client_secret"] = secret.into();
    }
    if text("grant") == Some(PARTNER) {
        credential["grant"] = PARTNER.into();
        credential["redirect_uri"] = text("redirect_uri").unwrap_or_default().into();
    }
    settings["credential"] = credential;
}

const FIELDS: [&str; 4] = [
    "credential.grant",
    "credential.client_id",
    "credential.client_secret",
    "credential.redirect_uri",
];
const OWN: &str = "client_credentials";
const PARTNER: &str = "authorization_code";
