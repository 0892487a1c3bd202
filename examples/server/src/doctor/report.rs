use std::{cmp::Reverse, fmt};

use greenhouse_core::health::CheckState;
use serde::Serialize;
use serde_json::{Value, json};

use super::Finding;

/// Everything that was found, the most urgent first; of the same urgency, what is about all accounts comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What was found.
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

    /// How many findings stand so.
    pub fn count(&self, level: CheckState) -> usize {
        let found = self.findings.iter();
        found.filter(|finding| finding.level == level).count()
    }

    /// Whether something must be done.
    pub fn has_problems(&self) -> bool {
        self.count(CheckState::Problem) > 0
    }

    /// For programs: `{"state", "problems", "warnings", "findings"}`, a finding as [`Finding`] is.
    pub fn json(&self) -> Value {
        let worst = self.findings.iter().map(|finding| finding.level).max();
        json!({
            "state": worst.unwrap_or(CheckState::Ok),
            "problems": self.count(CheckState::Problem),
            "warnings": self.count(CheckState::Warning),
            "findings": self.findings,
        })
    }

    /// For a person: what is not well with what to do, the rest only where `all` is asked for, and a last line that sums up.
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
        let [problems, warnings, well] = [CheckState::Problem, CheckState::Warning, CheckState::Ok]
            .map(|level| report.count(level));
        let verdict = match (problems, warnings) {
            (0, 0) => "all is well",
            (0, _) => "it works, and somebody should look at the warnings",
            _ => "something must be done",
        };
        write!(
            f,
            "{verdict}: problems: {problems}, warnings: {warnings}, well: {well}"
        )
    }
}

#[cfg(test)]
mod tests {
    use greenhouse_core::AccountId;

    use super::*;
    use crate::doctor::about;

    #[test]
    fn the_most_urgent_comes_first_and_the_last_line_sums_up() {
        let acme = AccountId::new("acme");
        let report = Report::new(vec![
            Finding::ok(about::DATABASE, "It opens."),
            Finding::warning(about::CLOCK, "It is slow.", "Set it."),
            Finding::problem(about::OPERATOR_TOKEN, "There is none.", "Make one.").at(&acme),
            Finding::problem(about::LISTEN, "Nobody listens.", "Listen."),
        ]);
        let text = report.text(false).to_string();
        assert_eq!(
            text,
            "PROBLEM  listen: Nobody listens.\n         to do: Listen.\n\
             PROBLEM  account acme, operator_token: There is none.\n         to do: Make one.\n\
             warning  clock: It is slow.\n         to do: Set it.\n\
             something must be done: problems: 2, warnings: 1, well: 1"
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
        let first = json!({"about": "listen", "level": "problem", "text": "Nobody listens.", "remedy": "Listen."});
        assert_eq!(json["findings"][0], first);
        assert!(report.has_problems());

        let warned = Report::new(vec![Finding::warning(
            about::CLOCK,
            "It is slow.",
            "Set it.",
        )]);
        assert!(!warned.has_problems());
        assert!(
            warned
                .text(false)
                .to_string()
                .ends_with("look at the warnings: problems: 0, warnings: 1, well: 0")
        );
        let well = Report::new(vec![Finding::ok(about::CLOCK, "It is right.")]);
        assert_eq!(
            well.text(false).to_string(),
            "all is well: problems: 0, warnings: 0, well: 1"
        );
    }
}
