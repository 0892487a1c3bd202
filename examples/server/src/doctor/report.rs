use std::{cmp::Reverse, fmt};

use greenhouse_core::health::CheckState;
use serde::Serialize;
use serde_json::{Value, json};

use super::Finding;

/// All findings, the most urgent first. Within a level, findings about the host come first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The findings, in order of urgency.
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|one, other| {
            let key = |finding: &Finding| (Reverse(finding.level), finding.account.clone());
            key(one).cmp(&key(other))
        });
        Self { findings }
    }

    /// Counts the findings with this level.
    pub fn count(&self, level: CheckState) -> usize {
        let found = self.findings.iter();
        found.filter(|finding| finding.level == level).count()
    }

    /// Returns `true` if there is a problem.
    pub fn has_problems(&self) -> bool {
        self.count(CheckState::Problem) > 0
    }

    /// Formats the report as JSON: `{"state", "problems", "warnings", "findings"}`.
    pub fn json(&self) -> Value {
        let worst = self.findings.iter().map(|finding| finding.level).max();
        json!({
            "state": worst.unwrap_or(CheckState::Ok),
            "problems": self.count(CheckState::Problem),
            "warnings": self.count(CheckState::Warning),
            "findings": self.findings,
        })
    }

    /// Formats the report as text: problems and warnings with their remedies, and a summary. With
    /// `all`, successful checks too.
    pub fn text(&self, all: bool) -> impl fmt::Display {
        Text { report: self, all }
    }
}

struct Text<'a> {
    report: &'a Report,
    all: bool,
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { report, all } = self;
        for finding in &report.findings {
            if *all || finding.level != CheckState::Ok {
                writeln!(f, "{finding}")?;
            }
        }
        let [problems, warnings, ok] = [CheckState::Problem, CheckState::Warning, CheckState::Ok]
            .map(|level| report.count(level));
        let verdict = match (problems, warnings) {
            (0, 0) => "all checks passed",
            (0, _) => "the host works, but check the warnings",
            _ => "fix the problems",
        };
        write!(
            f,
            "{verdict} (problems: {problems}, warnings: {warnings}, ok: {ok})"
        )
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::AccountId;

    use super::*;
    use crate::doctor::codes;

    #[test]
    fn the_most_urgent_finding_comes_first_and_a_summary_last() {
        let acme = AccountId::new("acme");
        let report = Report::new(vec![
            Finding::ok(codes::DATABASE, "It opens."),
            Finding::warning(codes::CLOCK, "It is slow.", "Set it."),
            Finding::problem(codes::OPERATOR_TOKEN, "There is none.", "Make one.").at(&acme),
            Finding::problem(codes::LISTEN, "It is invalid.", "Listen."),
        ]);
        let text = report.text(false).to_string();
        assert_eq!(
            text,
            "PROBLEM  listen: It is invalid.\n         remedy: Listen.\n         help: \
             troubleshooting.md#listen\nPROBLEM  account acme, operator_token: There is none.\n         \
             remedy: Make one.\n         help: troubleshooting.md#operator_token\nwarning  clock: It \
             is slow.\n         remedy: Set it.\n         help: troubleshooting.md#clock\nfix the \
             problems (problems: 2, warnings: 1, ok: 1)"
        );
        assert!(
            report
                .text(true)
                .to_string()
                .contains("ok       database: It opens.\n")
        );
        let json = report.json();
        assert_eq!(json["state"], "problem");
        assert_eq!(
            (&json["problems"], &json["warnings"]),
            (&json!(2), &json!(1))
        );
        let first = json!({"about": "listen", "level": "problem", "text": "It is invalid.",
            "remedy": "Listen.", "help": "troubleshooting.md#listen"});
        assert_eq!(json["findings"][0], first);
        assert!(report.has_problems());

        let warned = Report::new(vec![Finding::warning(
            codes::CLOCK,
            "It is slow.",
            "Set it.",
        )]);
        assert!(!warned.has_problems());
        assert!(
            warned
                .text(false)
                .to_string()
                .ends_with("check the warnings (problems: 0, warnings: 1, ok: 0)")
        );
        let well = Report::new(vec![Finding::ok(codes::CLOCK, "It is right.")]);
        assert_eq!(
            well.text(false).to_string(),
            "all checks passed (problems: 0, warnings: 0, ok: 1)"
        );
    }
}
