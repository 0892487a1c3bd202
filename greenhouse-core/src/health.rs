//! Results of health checks. Each problem comes with a remedy.

use serde::Serialize;

use crate::plain;

/// Result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Check {
    /// Stable name for programs: `harvest_credential`, `webhooks`, ...
    pub name: String,
    /// State of the checked component.
    pub state: CheckState,
    /// Finding, as text for the operator.
    pub text: String,
    /// Remedy. `None` if no action is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Details, one line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl Check {
    /// Creates a check that found no problem.
    pub fn ok(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Ok,
            text: plain::line(&text.into()),
            remedy: None,
            lines: Vec::new(),
        }
    }

    /// Creates a check of a component that works but needs attention.
    pub fn warning(
        name: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Warning,
            text: plain::line(&text.into()),
            remedy: Some(plain::line(&remedy.into())),
            lines: Vec::new(),
        }
    }

    /// Creates a check that found a problem.
    pub fn problem(
        name: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Problem,
            text: plain::line(&text.into()),
            remedy: Some(plain::line(&remedy.into())),
            lines: Vec::new(),
        }
    }

    /// Sets the detail lines.
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines = lines.into_iter().map(|line| plain::line(&line)).collect();
        self
    }
}

/// State of a [`Check`], ordered from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// The component works.
    Ok,
    /// The component works, but needs attention.
    Warning,
    /// The component does not work.
    Problem,
}

/// Returns the worst state of several checks; [`CheckState::Ok`] if there are none.
pub fn worst(checks: &[Check]) -> CheckState {
    checks
        .iter()
        .map(|check| check.state)
        .max()
        .unwrap_or(CheckState::Ok)
}
