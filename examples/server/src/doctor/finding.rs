use std::fmt;

use greenhouse_core::{
    AccountId,
    health::{Check, CheckState},
};
use serde::Serialize;

use super::about::About;

/// One thing that was looked at. Nothing in it is secret, or about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// A stable word for programs: one of [`ABOUTS`](super::ABOUTS), the name of a check of health, or
    /// `push_settings.CODE`, `assessments_settings.CODE`, `sync_settings.CODE`.
    pub about: String,
    /// The account; none where it is about all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Whether something must be done, should be looked at, or is well.
    pub level: CheckState,
    /// What was found.
    pub text: String,
    /// What to do about it; none where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The parts of what was looked at, a line each; none where the text says it all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl Finding {
    pub(super) fn problem(
        about: About,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(Check::problem(about.word(), text, remedy))
    }

    pub(super) fn warning(
        about: About,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::of(Check::warning(about.word(), text, remedy))
    }

    pub(super) fn ok(about: About, text: impl Into<String>) -> Self {
        Self::of(Check::ok(about.word(), text))
    }

    /// What health says.
    pub(super) fn of(check: Check) -> Self {
        Self {
            about: check.name,
            account: None,
            level: check.state,
            text: check.text,
            remedy: check.remedy,
            lines: check.lines,
        }
    }

    /// The same, about one account.
    #[must_use]
    pub(super) fn at(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self
    }

    /// The same, with what more there is to say of how it is put right. Nothing is said where all is well.
    #[must_use]
    pub(super) fn and(mut self, more: &str) -> Self {
        if let Some(remedy) = &mut self.remedy {
            remedy.push(' ');
            remedy.push_str(more);
        }
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            CheckState::Problem => "PROBLEM",
            CheckState::Warning => "warning",
            CheckState::Ok => "ok",
        };
        write!(f, "{level:<8} ")?;
        if let Some(account) = &self.account {
            write!(f, "account {account}, ")?;
        }
        write!(f, "{}: {}", self.about, self.text)?;
        for line in &self.lines {
            write!(f, "\n           {line}")?;
        }
        match &self.remedy {
            Some(remedy) => write!(f, "\n         to do: {remedy}"),
            None => Ok(()),
        }
    }
}
