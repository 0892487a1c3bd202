//! The sections: their order, what they are rendered from, and why one is locked.

use maud::Markup;
use serde_json::Value;

use crate::{
    api::{ApiError, PushChecks, Settings},
    pages::settings,
    parts::hidden,
    request::ConsoleRequest,
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
    Results,
    StageTests,
    Sync,
    Past,
}

impl Section {
    /// The numbered sections.
    pub(super) const ALL: [Self; 9] = [
        Self::Credential,
        Self::User,
        Self::Jobs,
        Self::Scorecard,
        Self::Triggers,
        Self::Results,
        Self::StageTests,
        Self::Sync,
        Self::Past,
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
            Self::Results => "results",
            Self::StageTests => "stage-tests",
            Self::Sync => "sync",
            Self::Past => "past",
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
            Self::Results => texts.results.title,
            Self::StageTests => texts.stage_tests.title,
            Self::Sync => texts.sync.title,
            Self::Past => texts.past.title,
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
            sections.checked = Some(sections.check(0).await);
        }
        Ok(sections)
    }

    /// Checks the stored settings in Greenhouse, also while the push is switched off. A check that
    /// ran less than `max_age` seconds ago is returned again.
    pub(super) async fn check(&self, max_age: u64) -> Result<PushChecks, ApiError> {
        let path = format!("settings/push/check?max_age={max_age}");
        self.request.api.run(&path).await
    }

    /// The first section that must be set up before this one. `None` if this one can be set up.
    pub(super) fn missing_before(&self, section: Section) -> Option<Section> {
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

    /// The hidden field with the version that the user has seen, for every form of a section.
    pub(super) fn version_field(&self) -> Markup {
        hidden("version", &self.version.to_string())
    }
}

/// The notice that the settings were changed meanwhile. The link loads what is stored now.
pub(in crate::pages) fn stale(request: &ConsoleRequest<'_>, anchor: &str) -> Markup {
    settings::stale(request, &format!("push#{anchor}"))
}
