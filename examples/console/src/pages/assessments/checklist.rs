use std::collections::BTreeMap;

use futures_util::future::join;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::View;
use crate::{
    api::Counts,
    parts::{Icon, icon},
    request::ConsoleRequest,
    texts::AssessmentsTexts,
};

/// What can be verified of the steps in Greenhouse. A later step proves the earlier ones, because
/// log entries are deleted after their retention.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Progress {
    has_key: bool,
    has_credential: bool,
    is_key_used: bool,
    is_test_sent: bool,
    is_completion_accepted: bool,
}

impl Progress {
    pub(super) fn of(view: &View<'_>, sent: Sent) -> Self {
        let is_completion_accepted = sent.is_completion_accepted;
        let is_test_sent = is_completion_accepted || sent.is_test_sent;
        let is_key_used = view.keys.iter().any(|key| key.last_used_at.is_some());
        Self {
            has_key: view.keys.iter().any(|key| key.state != "expired"),
            has_credential: !matches!(view.settings["completion"], Value::Null),
            is_key_used: is_key_used || is_test_sent,
            is_test_sent,
            is_completion_accepted,
        }
    }

    fn steps(self, texts: &AssessmentsTexts) -> [(&'static str, &'static str, StepState); 8] {
        use StepState::{Manual, Open};
        let checked = |is_done| StepState::of(is_done, Open);
        let proven_by = |is_done| StepState::of(is_done, Manual);
        [
            ("key", texts.step_key, checked(self.has_key)),
            ("register", texts.step_register, proven_by(self.is_key_used)),
            ("hand-over", texts.step_hand_over, checked(self.is_key_used)),
            (
                "credential",
                texts.step_credential,
                checked(self.has_credential),
            ),
            ("stage", texts.step_stage, proven_by(self.is_test_sent)),
            ("test", texts.step_test, proven_by(self.is_test_sent)),
            ("send", texts.step_send, checked(self.is_test_sent)),
            (
                "completion",
                texts.step_completion,
                checked(self.is_completion_accepted),
            ),
        ]
    }
}

/// What the sync log proves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    is_test_sent: bool,
    is_completion_accepted: bool,
}

impl Sent {
    /// Reads the numbers of the last days, and the newest entries for what they do not prove. A log
    /// that cannot be read leaves the steps open.
    pub(super) async fn read(request: &ConsoleRequest<'_>) -> Self {
        let path = format!("sync-log/summary?days={DAYS}");
        let summary = request.api.get::<Subjects>(&path).await;
        let subjects = summary.map(|summary| summary.subjects).unwrap_or_default();
        let notices = subjects.get("notice").copied().unwrap_or_default();
        let invitations = subjects.get("invitation").copied().unwrap_or_default();
        let (is_completion_accepted, is_test_sent) = join(
            has_entry(request, notices.done, ACCEPTED, "notice"),
            has_entry(request, invitations.all(), SENT, "invitation"),
        )
        .await;
        Self {
            is_test_sent,
            is_completion_accepted,
        }
    }
}

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepState {
    Done,
    Open,
    /// Only a person in Greenhouse can see it.
    Manual,
}

impl StepState {
    fn of(is_done: bool, otherwise: Self) -> Self {
        if is_done { Self::Done } else { otherwise }
    }
}

/// The summary of the sync log, of which only the subjects are read.
#[derive(Deserialize)]
struct Subjects {
    subjects: BTreeMap<String, Counts>,
}

/// A page of the sync log, of which only the subjects are read.
#[derive(Deserialize)]
struct Entries {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    subject: String,
}

/// Returns `true` if entries were `counted`, or if the newest entries of the sync log contain this
/// subject.
async fn has_entry(
    request: &ConsoleRequest<'_>,
    counted: u64,
    filter: &str,
    subject: &str,
) -> bool {
    if counted > 0 {
        return true;
    }
    let path = format!("sync-log?{filter}&limit={SEARCHED}");
    let page = request.api.get::<Entries>(&path).await;
    page.is_ok_and(|page| page.entries.iter().any(|entry| entry.subject == subject))
}

pub(super) fn markup(view: &View<'_>) -> Markup {
    let texts = &view.request.texts().assessments;
    html! {
        p { (texts.steps_lead) }
        ol.gh-checklist {
            @for (name, text, state) in view.progress.steps(texts) {
                @let (class, shown, word) = match state {
                    StepState::Done => ("gh-ok", Icon::Done, texts.step_done),
                    StepState::Open => ("gh-pending", Icon::Pending, texts.step_open),
                    StepState::Manual => ("gh-quiet", Icon::Info, texts.step_manual),
                };
                li data-step=(name) {
                    span class={ "gh-status " (class) } { (icon(shown)) (word) }
                    " " (text)
                }
            }
        }
        h3 { (texts.rule_title) }
        p { (texts.rule_text) }
    }
}

/// Accepted completion notices.
const ACCEPTED: &str = "direction=to_greenhouse&status=done";
/// Tests that Greenhouse sent.
const SENT: &str = "direction=from_greenhouse";
/// Number of days that are counted.
const DAYS: u8 = 90;
/// Number of entries that are searched for older ones.
const SEARCHED: u8 = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_from_here_is_proven_by_a_later_step() {
        let texts = &AssessmentsTexts::ENGLISH;
        let states = |progress: Progress| progress.steps(texts).map(|(.., state)| state);
        use StepState::{Done, Manual, Open};
        let nothing = [Open, Manual, Open, Open, Manual, Manual, Open, Open];
        assert_eq!(states(Progress::default()), nothing);
        let used = Progress {
            has_key: true,
            is_key_used: true,
            ..Progress::default()
        };
        let after = [Done, Done, Done, Open, Manual, Manual, Open, Open];
        assert_eq!(states(used), after);
        let sent = Progress {
            is_test_sent: true,
            ..used
        };
        let after = [Done, Done, Done, Open, Done, Done, Done, Open];
        assert_eq!(states(sent), after);
    }
}
