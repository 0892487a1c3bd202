//! The frame of the sections: their order, and why one is locked.

use futures_util::future::join_all;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::{credential, draft_of, jobs, scorecard, switch, sync, triggers, user};
use crate::{
    api::{ApiError, PushChecks, Settings, SettingsChange},
    draft::Draft,
    pages::settings::{self, Saved},
    parts::hidden,
    request::ConsoleRequest,
    texts::fill,
};

/// A section of Candidate Push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pages) enum Section {
    /// The switch of Candidate Push, above the numbered sections.
    Switch,
    Credential,
    User,
    Jobs,
    Scorecard,
    Triggers,
    Sync,
}

impl Section {
    /// The numbered sections.
    const ALL: [Self; 6] = [
        Self::Credential,
        Self::User,
        Self::Jobs,
        Self::Scorecard,
        Self::Triggers,
        Self::Sync,
    ];

    /// Name in addresses and ids.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Switch => "switch",
            Self::Credential => "credential",
            Self::User => "user",
            Self::Jobs => "jobs",
            Self::Scorecard => "scorecard",
            Self::Triggers => "triggers",
            Self::Sync => "sync",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Switch]);
        all.find(|section| section.name() == name)
    }

    pub(super) fn title(self, request: &ConsoleRequest<'_>) -> &'static str {
        let texts = request.texts();
        match self {
            Self::Switch => texts.push.switch,
            Self::Credential => texts.push.credential,
            Self::User => texts.push.user,
            Self::Jobs => texts.push.jobs,
            Self::Scorecard => texts.scorecard.title,
            Self::Triggers => texts.push.triggers,
            Self::Sync => texts.sync.title,
        }
    }
}

/// The sections with what they show.
pub(super) struct Sections<'a> {
    pub(super) request: &'a ConsoleRequest<'a>,
    pub(super) version: u64,
    /// Settings of the push. `null` before the credential is saved.
    pub(super) settings: Value,
    /// Checks of the stored settings, if the page was opened with `?check=1`.
    pub(super) checked: Option<Result<PushChecks, ApiError>>,
}

impl<'a> Sections<'a> {
    pub(super) async fn read(
        request: &'a ConsoleRequest<'_>,
        stored: Settings,
    ) -> Result<Self, ApiError> {
        let mut sections = Self {
            request,
            version: stored.version,
            settings: stored.settings,
            checked: None,
        };
        if request.query.get("check").is_some() && !sections.settings.is_null() {
            sections.checked = Some(sections.check().await);
        }
        Ok(sections)
    }

    /// Checks the stored settings in Greenhouse, also while the push is switched off.
    pub(super) async fn check(&self) -> Result<PushChecks, ApiError> {
        let (version, settings) = (self.version, self.settings.clone());
        let body = SettingsChange { version, settings };
        let request = self.request;
        request.api.post("settings/push/check", &body).await
    }

    /// The first section that must be set up before this one. `None` if this one can be set up.
    fn missing_before(&self, section: Section) -> Option<Section> {
        let has_credential = !self.settings["credential"].is_null();
        // Webhooks report on pushed candidates, but are set up with settings of their own.
        match section {
            Section::Switch | Section::Credential | Section::Sync => None,
            _ if !has_credential => Some(Section::Credential),
            Section::Triggers
                if self.settings["jobs"]
                    .as_object()
                    .is_none_or(|jobs| jobs.is_empty()) =>
            {
                Some(Section::Jobs)
            }
            _ => None,
        }
    }

    pub(super) async fn markup(&self, refused: Option<&(Section, Saved<'_>)>) -> Markup {
        let none = Draft::default();
        let request = self.request;
        let (none, is_stale) = (
            &none,
            |section| matches!(refused, Some((own, Saved::Stale(_))) if *own == section),
        );
        // Concurrently, because several sections load lists from Greenhouse.
        let shown = Section::ALL.map(|section| {
            let draft = draft_of(section, refused).unwrap_or(none);
            async move { (section, self.content(section, draft).await) }
        });
        let shown = join_all(shown).await;
        let draft = draft_of(Section::Switch, refused).unwrap_or(none);
        html! {
            section.gh-section #switch aria-labelledby="switch-title" {
                @if is_stale(Section::Switch) { (stale(request, "switch")) }
                (switch::markup(self, draft))
            }
            @for (number, (section, content)) in (1..).zip(&shown) {
                section.gh-section #(section.name()) aria-labelledby={ (section.name()) "-title" } {
                    h2 id={ (section.name()) "-title" } {
                        span.gh-number aria-hidden="true" { (number) } " " (section.title(request))
                    }
                    @if is_stale(*section) { (stale(request, section.name())) }
                    (content)
                }
            }
        }
    }

    async fn content(&self, section: Section, draft: &Draft<'_>) -> Markup {
        if let Some(missing) = self.missing_before(section) {
            return locked(self.request, missing);
        }
        match section {
            Section::Switch => switch::markup(self, draft),
            Section::Credential => credential::markup(self, draft).await,
            Section::User => user::markup(self, draft).await,
            Section::Jobs => jobs::markup(self, draft).await,
            Section::Scorecard => scorecard::markup(self, draft).await,
            Section::Triggers => triggers::markup(self, draft).await,
            Section::Sync => sync::markup(self.request, draft).await,
        }
    }

    /// The hidden field with the version that the user has seen, for every form of a section.
    pub(super) fn version_field(&self) -> Markup {
        hidden("version", &self.version.to_string())
    }
}

/// Status of the page: 422 if a form was refused, 409 if the settings were changed meanwhile.
pub(super) fn status(refused: Option<&(Section, Saved<'_>)>) -> StatusCode {
    refused.map_or(StatusCode::OK, |(_, saved)| saved.status())
}

fn locked(request: &ConsoleRequest<'_>, missing: Section) -> Markup {
    let text = request.texts().common.locked;
    html! {
        p.gh-locked {
            a href={ "#" (missing.name()) } {
                (fill(text, &[("section", missing.title(request))]))
            }
        }
    }
}

/// The notice that the settings were changed meanwhile. The link loads what is stored now.
pub(in crate::pages) fn stale(request: &ConsoleRequest<'_>, anchor: &str) -> Markup {
    settings::stale(request, &format!("push#{anchor}"))
}
