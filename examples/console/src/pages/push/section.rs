//! The frame of the sections: their order, and why one is locked.

use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::{credential, draft_of, jobs, scorecard, sync, triggers, user};
use crate::{
    api::{ApiError, Settings},
    draft::Draft,
    pages::settings::{self, Saved},
    parts::hidden,
    request::ConsoleRequest,
    texts::fill,
};

/// A section of Candidate Push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::pages) enum Section {
    Credential,
    User,
    Jobs,
    Scorecard,
    Triggers,
    Sync,
}

impl Section {
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
            Self::Credential => "credential",
            Self::User => "user",
            Self::Jobs => "jobs",
            Self::Scorecard => "scorecard",
            Self::Triggers => "triggers",
            Self::Sync => "sync",
        }
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }

    fn title(self, request: &ConsoleRequest<'_>) -> &'static str {
        let texts = request.texts();
        match self {
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
}

impl<'a> Sections<'a> {
    pub(super) async fn read(
        request: &'a ConsoleRequest<'_>,
        stored: Settings,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            request,
            version: stored.version,
            settings: stored.settings,
        })
    }

    /// The first section that must be set up before this one. `None` if this one can be set up.
    fn missing_before(&self, section: Section) -> Option<Section> {
        let has_credential = !self.settings["credential"].is_null();
        // Webhooks report on pushed candidates, but are set up with settings of their own.
        match section {
            Section::Credential | Section::Sync => None,
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
        let mut shown = Vec::new();
        for section in Section::ALL {
            let draft = draft_of(section, refused).unwrap_or(&none);
            let content = match (self.missing_before(section), section) {
                (Some(missing), _) => locked(request, missing),
                (None, Section::Credential) => credential::markup(self, draft).await,
                (None, Section::User) => user::markup(self, draft).await,
                (None, Section::Jobs) => jobs::markup(self, draft).await,
                (None, Section::Scorecard) => scorecard::markup(self, draft).await,
                (None, Section::Triggers) => triggers::markup(self, draft).await,
                (None, Section::Sync) => sync::markup(request, draft).await,
            };
            let is_stale = matches!(refused, Some((own, Saved::Stale(_))) if *own == section);
            shown.push((section, content, is_stale));
        }
        html! {
            @for (number, (section, content, is_stale)) in (1..).zip(&shown) {
                section.gh-section #(section.name()) aria-labelledby={ (section.name()) "-title" } {
                    h2 id={ (section.name()) "-title" } {
                        span.gh-number aria-hidden="true" { (number) } " " (section.title(request))
                    }
                    @if *is_stale { (stale(request, section.name())) }
                    (content)
                }
            }
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
