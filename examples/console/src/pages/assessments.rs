//! `assessments`: partner keys, addresses, the completion credential and the steps in Greenhouse.

mod account;
mod addresses;
mod checklist;
mod completion;
mod keys;
mod report_links;
mod thresholds;

use futures_util::future::join3;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{
    Answer,
    settings::{self, Saved, Tab, page, save, saved, stale},
};
use crate::{
    api::{ApiError, AssessmentSetUp, Key, Keys, SetUp, Settings},
    draft::Draft,
    parts::{Field, hidden, problem_summary, save_bar, switch},
    request::ConsoleRequest,
};

/// Section of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Enabled,
    Keys,
    Completion,
    Thresholds,
    ReportLinks,
    Account,
}

impl Section {
    /// Name in addresses and ids.
    fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Keys => "keys",
            Self::Completion => "completion",
            Self::Thresholds => "thresholds",
            Self::ReportLinks => "report-links",
            Self::Account => "account",
        }
    }

    /// Page after the form of the section was saved.
    fn saved(self) -> String {
        format!("assessments?saved={0}#{0}", self.name())
    }
}

pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    match path {
        [] if request.is_read() => show(request, None).await,
        // The browser repeats the address of a form, for example from its history.
        [form, ..] if request.is_read() && FORMS.contains(form) => {
            Ok(Answer::Redirect(request.link("assessments")))
        }
        _ if request.is_read() => Err(ApiError::not_found()),
        ["set-up"] => save_section(request, Section::Enabled, |own| *own = json!({})).await,
        ["enabled"] => {
            let enabled = request.form.is_checked("enabled");
            save_section(request, Section::Enabled, |own| {
                own["enabled"] = json!(enabled)
            })
            .await
        }
        ["thresholds"] => {
            let change = |own: &mut Value| thresholds::change(&request.form, own);
            save_section(request, Section::Thresholds, change).await
        }
        ["completion"] => {
            let change = |own: &mut Value| completion::change(&request.form, own);
            save_section(request, Section::Completion, change).await
        }
        ["completion", "remove"] => {
            let change = |own: &mut Value| own["completion"] = Value::Null;
            save_section(request, Section::Completion, change).await
        }
        ["keys", rest @ ..] => keys::answer(request, rest).await,
        ["report-links"] => report_links::revoke(request).await,
        ["account"] => account::switch(request).await,
        _ => Err(ApiError::not_found()),
    }
}

/// First segments of the addresses of forms.
const FORMS: [&str; 7] = [
    "set-up",
    "enabled",
    "thresholds",
    "completion",
    "keys",
    "report-links",
    "account",
];

/// Saves the form of one section.
async fn save_section(
    request: &ConsoleRequest<'_>,
    section: Section,
    change: impl FnOnce(&mut Value),
) -> Result<Answer, ApiError> {
    match save(request, "settings/assessments", &section.saved(), change).await? {
        Saved::Done(answer) => Ok(answer),
        refused => show(request, Some((section, refused))).await,
    }
}

/// Shows the page. A form that could not be saved is shown in its section.
async fn show(
    request: &ConsoleRequest<'_>,
    refused: Option<(Section, Saved<'_>)>,
) -> Result<Answer, ApiError> {
    let status = refused.as_ref().map(|(_, saved)| saved.status());
    let view = View::read(request, refused).await?;
    let page = page(request, Tab::Assessments, &view.markup());
    Ok(page.with_status(status.unwrap_or_default()).into())
}

/// What the page shows.
struct View<'a> {
    request: &'a ConsoleRequest<'a>,
    version: u64,
    /// Settings of assessments. `null` before they are set up.
    settings: Value,
    keys: Vec<Key>,
    set_up: Option<AssessmentSetUp>,
    progress: checklist::Progress,
    refused: Option<(Section, Saved<'a>)>,
    /// Draft of the forms that were not refused.
    untouched: Draft<'a>,
}

impl<'a> View<'a> {
    async fn read(
        request: &'a ConsoleRequest<'a>,
        refused: Option<(Section, Saved<'a>)>,
    ) -> Result<Self, ApiError> {
        let stored: Settings = request.api.get("settings/assessments").await?;
        let mut view = Self {
            request,
            version: stored.version,
            settings: stored.settings,
            keys: Vec::new(),
            set_up: None,
            progress: checklist::Progress::default(),
            refused,
            untouched: Draft::default(),
        };
        if !view.settings.is_null() {
            // Concurrently, because each reads from the store.
            let (set_up, keys, sent) = join3(
                request.api.get::<SetUp>("set-up"),
                request.api.get::<Keys>("keys"),
                checklist::Sent::read(request),
            )
            .await;
            view.set_up = set_up?.assessments;
            view.keys = keys?.keys;
            view.progress = checklist::Progress::of(&view, sent);
        }
        Ok(view)
    }

    /// The draft of a section: what the user typed if it was refused, or else nothing.
    fn draft(&self, section: Section) -> &Draft<'a> {
        let refused = self.refused.as_ref();
        let own = refused.filter(|(own, _)| *own == section);
        let draft = own.and_then(|(_, saved)| saved.draft());
        draft.unwrap_or(&self.untouched)
    }

    /// The notice that the settings were changed meanwhile, for the section of the stale form.
    fn stale(&self, section: Section) -> Markup {
        match &self.refused {
            Some((own, Saved::Stale(_))) if *own == section => {
                let page = format!("assessments#{}", section.name());
                stale(self.request, &page)
            }
            _ => html! {},
        }
    }

    fn version_field(&self) -> Markup {
        hidden("version", &self.version.to_string())
    }

    fn markup(&self) -> Markup {
        let request = self.request;
        let texts = &request.texts().assessments;
        let saved = saved(request);
        let section = |name: &str, title: &str, content: &Markup| {
            settings::section(request, name, &html! { (title) }, &saved, content)
        };
        let links = Section::ReportLinks.name();
        html! {
            p.gh-lead { (texts.lead) }
            @if self.settings.is_null() {
                (section(Section::Enabled.name(), texts.title, &self.not_set_up()))
            } @else {
                (section(Section::Enabled.name(), texts.title, &self.switch()))
                (section(Section::Keys.name(), texts.keys, &keys::markup(self)))
                (section("addresses", texts.addresses, &addresses::markup(self)))
                (section(Section::Completion.name(), texts.completion, &completion::markup(self)))
                (section(Section::Thresholds.name(), texts.thresholds, &thresholds::markup(self)))
                (section("steps", texts.steps, &checklist::markup(self)))
            }
            (settings::section(
                request,
                links,
                &html! { (texts.links) },
                &report_links::revoked(request),
                &report_links::markup(self),
            ))
            (section(Section::Account.name(), texts.account, &account::markup(self)))
        }
    }

    fn not_set_up(&self) -> Markup {
        let request = self.request;
        let texts = &request.texts().assessments;
        // The settings may have been removed while the user filled in a form that is now hidden.
        let is_stale = matches!(self.refused, Some((_, Saved::Stale(_))));
        html! {
            @if is_stale { (stale(request, "assessments")) }
            (keys::problems(self))
            p { (texts.not_set_up) }
            form method="post" action=(request.link("assessments/set-up")) data-partial {
                (self.version_field())
                button.gh-button.gh-primary type="submit" { (texts.set_up) }
            }
        }
    }

    fn switch(&self) -> Markup {
        let request = self.request;
        let texts = &request.texts().assessments;
        let draft = self.draft(Section::Enabled);
        let field = Field {
            name: "enabled",
            label: texts.enabled,
            hint: texts.enabled_hint,
        };
        let stored = self.settings["enabled"].as_bool().unwrap_or_default();
        html! {
            form method="post" action=(request.link("assessments/enabled")) data-guard=(draft.guard()) data-partial {
                (self.stale(Section::Enabled))
                (problem_summary(request, draft, &["enabled"]))
                (self.version_field())
                (switch(request, draft, field, stored))
                (save_bar(request))
            }
        }
    }
}
