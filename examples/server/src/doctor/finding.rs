use std::fmt;

use greenhouse_core::{
    AccountId,
    health::{Check, CheckState},
};
use serde::Serialize;

use super::codes::Code;

/// Result of one check. Contains neither secrets nor personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Stable code: one of [`CODES`](super::CODES), the name of a health check, or
    /// `push_settings.CODE`, `assessments_settings.CODE`, `sync_settings.CODE`.
    pub about: String,
    /// Account that the finding concerns. `None` for the host as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Severity.
    pub level: CheckState,
    /// Result of the check, in one or more sentences.
    pub text: String,
    /// Instruction for the operator. `None` for a successful check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Address of the help: the paragraph in the page `troubleshooting.md` and in the console.
    /// `None` for a successful check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Details, one per line. May be empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
}

impl Finding {
    pub(super) fn problem(code: Code, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::from_check(Check::problem(code.as_str(), text, remedy))
    }

    pub(super) fn warning(code: Code, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::from_check(Check::warning(code.as_str(), text, remedy))
    }

    pub(super) fn ok(code: Code, text: impl Into<String>) -> Self {
        Self::from_check(Check::ok(code.as_str(), text))
    }

    /// Converts a health check to a finding without an account.
    pub(super) fn from_check(check: Check) -> Self {
        let needs_help = check.state > CheckState::Ok;
        Self {
            help: needs_help.then(|| help(&check.name)),
            about: check.name,
            account: None,
            level: check.state,
            text: check.text,
            remedy: check.remedy,
            lines: check.lines,
        }
    }

    /// Assigns the finding to an account.
    #[must_use]
    pub(super) fn at(mut self, account: &AccountId) -> Self {
        self.account = Some(account.clone());
        self
    }

    /// Appends a sentence to the remedy, if there is one.
    #[must_use]
    pub(super) fn with_remedy(mut self, more: &str) -> Self {
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
        if let Some(remedy) = &self.remedy {
            write!(f, "\n         remedy: {remedy}")?;
        }
        match &self.help {
            Some(help) => write!(f, "\n         help: {help}"),
            None => Ok(()),
        }
    }
}

/// Returns the address of the help for a finding. The code of `mapped_job:sales` is `mapped_job`,
/// and the one of `push_settings.job_closed` is `job_closed`.
fn help(about: &str) -> String {
    let name = about.split(':').next().unwrap_or_default();
    let code = name.rsplit('.').next().unwrap_or_default();
    format!("troubleshooting.md#{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_of_a_finding_is_that_of_its_code() {
        for (about, code) in [
            ("listen", "listen"),
            ("push_settings.job_closed", "job_closed"),
            ("mapped_job:ops.eu", "mapped_job"),
        ] {
            assert_eq!(help(about), format!("troubleshooting.md#{code}"));
        }
    }
}
