//! What health answers: checks, and for each problem what to do.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// A stable word for programs: `harvest_credential`, `webhooks`, ...
    pub name: String,
    /// How it stands.
    pub state: CheckState,
    /// What was found, in plain words.
    pub text: String,
    /// What to do about it; none where nothing needs doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The parts of what was looked at, a line each; none where the text says it all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl Check {
    /// All is well.
    pub fn ok(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Ok,
            text: text.into(),
            remedy: None,
            lines: Vec::new(),
        }
    }

    /// It works, and somebody should look at it.
    pub fn warning(
        name: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Warning,
            text: text.into(),
            remedy: Some(remedy.into()),
            lines: Vec::new(),
        }
    }

    /// It does not work.
    pub fn problem(
        name: impl Into<String>,
        text: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Problem,
            text: text.into(),
            remedy: Some(remedy.into()),
            lines: Vec::new(),
        }
    }

    /// The same, with a line for each part of what was looked at.
    #[must_use]
    pub fn with_lines(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines = lines.into_iter().collect();
        self
    }
}

/// How a [`Check`] stands. Ordered: the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// All is well.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work.
    Problem,
}

/// The worst of several checks; well where there are none.
pub fn worst(checks: &[Check]) -> CheckState {
    checks
        .iter()
        .map(|check| check.state)
        .max()
        .unwrap_or(CheckState::Ok)
}
