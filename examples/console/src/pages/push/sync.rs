//! Webhooks: their address, their secret and when each event was last received.

mod events;
mod managed;
mod secret;

use greenhouse_core::random_bytes;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Section, show};
use crate::{
    api::{ApiError, Hooks, SetUp, Settings},
    draft::Draft,
    pages::{
        Answer,
        settings::{Saved, Tab, save, with_dialog},
    },
    parts::{
        Confirm, Field, NewSecret, Tone, checkbox, confirm, copy_value, hidden, notice,
        problem_summary, save_bar, secret_dialog, switch,
    },
    request::ConsoleRequest,
};

/// The section.
pub(super) async fn markup(request: &ConsoleRequest<'_>, draft: &Draft<'_>) -> Markup {
    let texts = &request.texts().sync;
    let content = match View::read(request, draft).await {
        Ok(view) => view.markup(),
        Err(error) => notice(
            Tone::Problem,
            &html! {
                p { (texts.unavailable) " " (error.message) }
                @if let Some(remedy) = &error.remedy { p { (remedy) } }
            },
        ),
    };
    html! {
        p.gh-lead { (texts.lead) }
        (content)
    }
}

/// Answers the forms of the section.
pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    let form = &request.form;
    match path {
        // The browser repeats the address of a form, for example from its history.
        [form] if request.is_read() && FORMS.contains(form) => {
            Ok(Answer::Redirect(request.link("push#sync")))
        }
        ["hooks", _] if request.is_read() => Ok(Answer::Redirect(request.link("push#sync"))),
        ["hooks", action] if managed::ACTIONS.contains(action) => {
            managed::run(request, action).await
        }
        _ if request.is_read() => Err(ApiError::not_found()),
        ["set-up"] => {
            let change = |own: &mut Value, secret: &str| *own = json!({ "secrets": [secret] });
            generate(request, change).await
        }
        ["generate"] => {
            let keeps = form.is_checked(secret::KEEP_BESIDE_GENERATED);
            generate(request, |own, new| secret::rotate(own, new, keeps)).await
        }
        ["secret"] => {
            let keeps = form.is_checked(secret::KEEP_BESIDE_ENTERED);
            let new = form.get(secret::ENTERED).unwrap_or_default();
            change(request, |own| secret::rotate(own, new, keeps)).await
        }
        ["stop-previous"] => change(request, |own| own["secrets"] = json!([{ "kept": 0 }])).await,
        ["enabled"] => {
            let enabled = form.is_checked(ENABLED);
            let invited = form.is_checked(INVITED);
            let change_both = |own: &mut Value| {
                own["enabled"] = json!(enabled);
                own["invited_applications"] = json!(invited);
            };
            change(request, change_both).await
        }
        ["remove"] => change(request, |own| *own = Value::Null).await,
        _ => Err(ApiError::not_found()),
    }
}

/// Last segments of the addresses of forms.
const FORMS: [&str; 6] = [
    "set-up",
    "generate",
    "secret",
    "stop-previous",
    "enabled",
    "remove",
];

async fn change(
    request: &ConsoleRequest<'_>,
    change: impl FnOnce(&mut Value),
) -> Result<Answer, ApiError> {
    match save(request, SETTINGS, SAVED, change).await? {
        Saved::Done(answer) => Ok(answer),
        refused => show(request, Some((Section::Sync, refused))).await,
    }
}

/// Saves a new random secret, and shows it once on the page.
async fn generate(
    request: &ConsoleRequest<'_>,
    change: impl FnOnce(&mut Value, &str),
) -> Result<Answer, ApiError> {
    let texts = &request.texts().sync;
    let bytes = random_bytes::<32>().map_err(|error| ApiError::internal(&error))?;
    let secret = hex::encode(bytes);
    match save(request, SETTINGS, SAVED, |own| change(own, &secret)).await? {
        Saved::Done(_) => {
            let dialog = secret_dialog(
                request,
                &NewSecret {
                    title: texts.new_secret,
                    label: texts.secret,
                    value: &secret,
                    next: &[texts.new_secret_next],
                    page: "push#sync",
                },
            );
            let shown = show(request, None).await;
            Ok(with_dialog(request, Tab::Push, shown, &dialog))
        }
        refused => show(request, Some((Section::Sync, refused))).await,
    }
}

/// What the section shows.
struct View<'a> {
    request: &'a ConsoleRequest<'a>,
    draft: &'a Draft<'a>,
    stored: Settings,
    endpoint_url: Option<String>,
    hooks: Option<Hooks>,
}

impl<'a> View<'a> {
    async fn read(request: &'a ConsoleRequest<'a>, draft: &'a Draft<'a>) -> Result<Self, ApiError> {
        let stored: Settings = request.api.get(SETTINGS).await?;
        let mut view = Self {
            request,
            draft,
            stored,
            endpoint_url: None,
            hooks: None,
        };
        if !view.stored.settings.is_null() {
            let set_up: SetUp = request.api.get("set-up").await?;
            view.endpoint_url = set_up.sync.map(|own| own.endpoint_url);
            view.hooks = Some(request.api.get("hooks").await?);
        }
        Ok(view)
    }

    fn markup(&self) -> Markup {
        let request = self.request;
        let texts = &request.texts().sync;
        html! {
            (problem_summary(request, self.draft, &[ENABLED, INVITED, secret::ENTERED]))
            @if self.stored.settings.is_null() {
                p { (texts.not_set_up) }
                form method="post" action=(self.action("set-up")) data-partial {
                    (self.version_field())
                    button.gh-button.gh-primary type="submit" { (texts.set_up) }
                }
            } @else {
                (self.switch())
                (self.address())
                (secret::markup(self))
                @if let Some(hooks) = &self.hooks { (managed::markup(self, hooks)) }
                @if !self.hooks.as_ref().is_some_and(managed::is_managed) { (steps(request)) }
                @if let Some(hooks) = &self.hooks { (events::markup(request, hooks)) }
                (confirm(Confirm {
                    action: texts.remove,
                    label: texts.remove,
                    text: texts.remove_text,
                    address: &self.action("remove"),
                }, &self.version_field()))
            }
        }
    }

    fn switch(&self) -> Markup {
        let request = self.request;
        let texts = &request.texts().sync;
        let field = Field {
            name: ENABLED,
            label: texts.enabled,
            hint: texts.enabled_hint,
        };
        let invited = Field {
            name: INVITED,
            label: texts.invited,
            hint: texts.invited_hint,
        };
        let stored = self.stored.settings["enabled"].as_bool();
        let stored_invited = self.stored.settings["invited_applications"] == true;
        let untouched = Draft::default();
        let draft = match self.is_draft_of(OF_SWITCH) {
            true => self.draft,
            false => &untouched,
        };
        html! {
            form method="post" action=(self.action("enabled")) data-guard=(draft.guard()) data-partial {
                (self.version_field())
                (hidden(OF_SWITCH, "true"))
                (switch(request, draft, field, stored.unwrap_or_default()))
                (checkbox(request, draft, invited, stored_invited))
                (save_bar(request))
            }
        }
    }

    fn address(&self) -> Markup {
        let (common, texts) = (&self.request.texts().common, &self.request.texts().sync);
        html! {
            @if let Some(address) = &self.endpoint_url {
                h3 { (texts.address) }
                p { (texts.address_hint) }
                @if !address.starts_with("https://") {
                    (notice(Tone::Warning, &html! { p { (texts.https_required) } }))
                }
                p { (copy_value(common, texts.address, address)) }
            }
        }
    }

    fn action(&self, form: &str) -> String {
        self.request.link(&format!("push/sync/{form}"))
    }

    /// Returns `true` if the draft belongs to the form that contains this field. The section has
    /// several forms.
    fn is_draft_of(&self, field: &str) -> bool {
        self.draft
            .form()
            .is_some_and(|form| form.get(field).is_some())
    }

    fn version_field(&self) -> Markup {
        hidden("version", &self.stored.version.to_string())
    }
}

fn steps(request: &ConsoleRequest<'_>) -> Markup {
    let texts = &request.texts().sync;
    let steps = [
        texts.step_open,
        texts.step_create,
        texts.step_fill,
        texts.step_save,
        texts.step_check,
    ];
    html! {
        h3 { (texts.steps) }
        ol.gh-checklist { @for step in steps { li { (step) } } }
    }
}

const SETTINGS: &str = "settings/sync";
const SAVED: &str = "push?saved=sync#sync";
/// Name of the switch. Other sections of the page may also have a switch.
const ENABLED: &str = "sync.enabled";
/// Name of the checkbox for the applications of sent tests.
const INVITED: &str = "sync.invited";
/// Hidden field that distinguishes the form of the switch, which sends nothing if it is off.
const OF_SWITCH: &str = "sync.switch";
