//! What the three tabs of the settings share: header, state and forms that are saved.

use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::{Answer, Page};
use crate::{
    api::{ApiError, CheckState, Health, Settings, SettingsChange},
    draft::Draft,
    form::Form,
    parts::{Tone, hidden, notice},
    request::{ConsoleRequest, RECENT},
};

/// Tab of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Assessments,
    Push,
    Health,
    Activity,
    Help,
}

/// Returns the page of a tab with its header.
pub(crate) fn page(request: &ConsoleRequest<'_>, tab: Tab, content: &Markup) -> Page {
    let texts = &request.texts().common;
    let tabs = [
        (Tab::Assessments, "assessments", texts.tab_assessments),
        (Tab::Push, "push", texts.tab_push),
        (Tab::Health, "health", texts.tab_health),
        (Tab::Activity, "activity", texts.activity),
        (Tab::Help, "help", texts.help),
    ];
    let (_, own_address, title) = tabs
        .into_iter()
        .find(|(own, ..)| *own == tab)
        .unwrap_or(tabs[0]);
    let content = html! {
        header.gh-header {
            h1 { (texts.settings) }
            p.gh-state data-load=(request.link("state")) {
                a href=(request.link("health")) { (texts.open_health) }
            }
            nav.gh-tabs aria-label=(texts.tabs) {
                @for (own, address, label) in tabs {
                    a href=(request.link(address)) aria-current=[(own == tab).then_some("page")] {
                        (label)
                    }
                }
            }
        }
        main #gh-main tabindex="-1" {
            // On the other pages than that of its section, the account is switched on at the top.
            @if request.query.get(SAVED) == Some("account") && tab != Tab::Assessments {
                (result(Tone::Success, &saved(request)))
            }
            @if request.is_account_off {
                (notice(Tone::Warning, &html! {
                    p { (texts.account_off) }
                    form method="post" action=(request.link(ACCOUNT_SWITCH)) data-partial {
                        (hidden("enabled", "true"))
                        (hidden("page", own_address))
                        button.gh-button type="submit" { (texts.switch_on) }
                    }
                }))
            }
            (content)
        }
    };
    Page::new(title, "settings", content)
}

/// A section of a page. If its form was just saved, the section says so below its title: the
/// parameter `saved` of the page contains `name`. There the notice is visible without the script,
/// because the address ends with the section's anchor. `done` is the text of the notice.
pub(super) fn section(
    request: &ConsoleRequest<'_>,
    name: &str,
    title: &Markup,
    done: &Markup,
    content: &Markup,
) -> Markup {
    html! {
        section.gh-section #(name) aria-labelledby={ (name) "-title" } {
            h2 id={ (name) "-title" } { (title) }
            @if request.query.get(SAVED) == Some(name) { (result(Tone::Success, done)) }
            (content)
        }
    }
}

/// Text of the notice after a form was saved.
pub(super) fn saved(request: &ConsoleRequest<'_>) -> Markup {
    html! { p { (request.texts().common.saved) } }
}

/// The notice about a form that was sent. The style sheet keeps it in view while its section is,
/// because the button that saves stands at the end.
fn result(tone: Tone, content: &Markup) -> Markup {
    html! { div.gh-result { (notice(tone, content)) } }
}

/// `GET state`: the one-line state in the header. Loaded by the script, because the checks call
/// Greenhouse.
pub(crate) async fn state(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let path = format!("health?max_age={RECENT}");
    let health: Health = request.api.get(&path).await?;
    let texts = &request.texts().common;
    let needing = health
        .checks
        .iter()
        .filter(|check| check.state > CheckState::Ok);
    let attention = needing.count() as u64;
    Ok(Answer::Fragment(html! {
        @if request.is_account_off { (texts.switched_off) } @else { (texts.connected) }
        @if attention > 0 {
            " · " a href=(request.link("health")) { (texts.attention.of(attention)) }
        }
    }))
}

/// Puts a dialog with a new secret on top of a page, where it is visible without the script. A page
/// that could not be read is replaced by the dialog alone, because the secret cannot be shown again.
pub(crate) fn with_dialog(
    request: &ConsoleRequest<'_>,
    tab: Tab,
    shown: Result<Answer, ApiError>,
    dialog: &Markup,
) -> Answer {
    match shown {
        Ok(Answer::Page(shown)) => {
            let content = html! { (dialog) (shown.content) };
            Page { content, ..shown }.into()
        }
        _ => page(request, tab, dialog).into(),
    }
}

/// Result of saving a form.
pub(crate) enum Saved<'a> {
    /// Saved: show the page again.
    Done(Answer),
    /// Not saved: show what the user typed with its problems.
    Refused(Draft<'a>),
    /// Not saved, because the settings were changed meanwhile.
    Stale(Draft<'a>),
}

impl<'a> Saved<'a> {
    /// A form that an endpoint refused for a reason that the user can remove.
    ///
    /// # Errors
    ///
    /// Any other error of the endpoint.
    pub(crate) fn refused(form: &'a Form, error: ApiError) -> Result<Self, ApiError> {
        if !error.is_refusal() {
            return Err(error);
        }
        Ok(Self::Refused(Draft::refused(form, error.into_problems())))
    }

    /// Settings that were not saved. What the user typed is kept, also if Greenhouse or the product
    /// could not be reached.
    ///
    /// # Errors
    ///
    /// The error of the endpoint if there is no such account.
    pub(crate) fn not_saved(form: &'a Form, error: ApiError) -> Result<Self, ApiError> {
        match error.status {
            _ if error.is_stale() => Ok(Self::Stale(Draft::typed(form))),
            StatusCode::NOT_FOUND => Err(error),
            _ => Ok(Self::Refused(Draft::refused(form, error.into_problems()))),
        }
    }

    /// Status of the page that shows the form again.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Done(_) => StatusCode::OK,
            // A preview shows what was typed, and can be without problems.
            Self::Refused(draft) if draft.has_problems() => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) => StatusCode::OK,
            Self::Stale(_) => StatusCode::CONFLICT,
        }
    }

    /// What the user typed. `None` if it was saved.
    pub(crate) fn draft(&self) -> Option<&Draft<'a>> {
        match self {
            Self::Done(_) => None,
            Self::Refused(draft) | Self::Stale(draft) => Some(draft),
        }
    }
}

/// The notice that the settings were changed meanwhile. The link loads the page, such as
/// `push#sync`, with what is stored now.
pub(crate) fn stale(request: &ConsoleRequest<'_>, page: &str) -> Markup {
    let texts = &request.texts().common;
    let content = html! {
        p { (texts.stale) }
        p { a.gh-button href=(request.link(page)) data-partial { (texts.load_current) } }
    };
    result(Tone::Warning, &content)
}

/// Changes members of the settings at `path`, such as `settings/push`, and saves them.
///
/// The form contains the `version` that the user has seen. `change` receives the stored settings,
/// which are `null` if there are none. After saving, the browser is sent to `page`, such as
/// `push?saved=jobs#jobs`.
pub(crate) async fn save<'a>(
    request: &'a ConsoleRequest<'_>,
    path: &str,
    page: &str,
    change: impl FnOnce(&mut Value),
) -> Result<Saved<'a>, ApiError> {
    let stored: Settings = request.api.get(path).await?;
    let form = &request.form;
    if !is_current(form, stored.version) {
        return Ok(Saved::Stale(Draft::typed(form)));
    }
    let mut settings = stored.settings;
    change(&mut settings);
    let version = stored.version;
    let body = SettingsChange { version, settings };
    match request.api.put::<Settings>(path, &body).await {
        Ok(_) => Ok(Saved::Done(Answer::Redirect(request.link(page)))),
        Err(error) => Saved::not_saved(form, error),
    }
}

/// Returns `true` if the form contains this version, so that the settings are as the user saw them.
pub(crate) fn is_current(form: &Form, version: u64) -> bool {
    let seen = form.get("version").and_then(|version| version.parse().ok());
    seen == Some(version)
}

/// Parameter of a page after a form was saved: the name of its section.
const SAVED: &str = "saved";
/// Address of the form that switches the account off or on.
pub(crate) const ACCOUNT_SWITCH: &str = "assessments/account";
