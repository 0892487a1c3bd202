//! Final state of a story: records, log, Greenhouse, and the operator's responses.

use std::collections::BTreeSet;

use greenhouse_core::{
    AssessmentId,
    store::{
        JournalMark, LogFilter, LogId, LogStatus, Push, PushStep, Records, SyncLog, TaskKind,
        TaskQueue,
    },
    testing::Played,
};
use serde_json::json;

use super::Stage;
use crate::support::world::World;

/// Result of a story.
pub(super) struct StoryResult {
    pub(super) played: Played,
    /// Finished steps.
    pub(super) steps: BTreeSet<PushStep>,
}

impl StoryResult {
    pub(super) async fn of(stage: &Stage) -> Self {
        let world: &World = stage;
        let mut played = Played::on(&world.failing_store);
        let due = world.store.next_due(&[TaskKind::Push, TaskKind::StageTest]);
        let due = due.await.unwrap();
        assert_eq!(due, None, "no task is due");
        let (mut seen, mut steps) = (greenhouse(world), BTreeSet::new());
        for id in ASSESSMENTS.map(AssessmentId::new) {
            let push = world.store.push(&world.account, &id).await.unwrap();
            if let Some(push) = push {
                let done = done(&push);
                seen.push(shown(&push, &done));
                steps.extend(done.into_iter().map(|(step, _)| step));
            }
            let link = world.store.link(&world.account, &id).await.unwrap();
            seen.extend(link.map(|link| format!("link: {}", json!(link))));
        }
        for (_, assessment, status, text) in stage.entries().await {
            seen.push(format!("log: {assessment} {status:?} {text}"));
        }
        let answers = stage.answers.borrow();
        seen.extend(answers.iter().map(|answer| format!("answer: {answer}")));
        // Compares everything except times and whether a record came from a response or a search.
        played.seen = seen;
        Self { played, steps }
    }

    /// Ignores ids of reports and notes, for a story in which the order of pushes is not fixed.
    pub(super) fn in_any_order(mut self) -> Self {
        for line in &mut self.played.seen {
            for id in LATER_IDS {
                *line = line.replace(&id.to_string(), "..");
            }
        }
        self.played.seen.sort();
        self
    }
}

/// An entry of the sync log.
pub(super) type Entry = (LogId, AssessmentId, LogStatus, String);

impl Stage {
    /// The sync log, newest first.
    pub(super) async fn entries(&self) -> Vec<Entry> {
        let newest = LogFilter::newest(50);
        let page = self.store.log_page(&self.account, &newest).await.unwrap();
        let entries = page.entries.into_iter().map(|logged| {
            let entry = logged.entry;
            (
                logged.id,
                entry.assessment.unwrap_or_else(|| AssessmentId::new("")),
                entry.status,
                entry.text,
            )
        });
        entries.collect()
    }
}

fn greenhouse(world: &World) -> Vec<String> {
    world.greenhouse.counts();
    world.greenhouse.with(|state| {
        let rows = [
            &state.candidates,
            &state.applications,
            &state.attachments,
            &state.notes,
        ];
        let lists = ["scorecards", "scorecard_candidate_attributes"];
        let lists = lists.iter().filter_map(|list| state.lists.get(list));
        rows.into_iter()
            .chain(lists)
            .flatten()
            .map(|row| format!("greenhouse: {row}"))
            .collect()
    })
}

fn shown(push: &Push, done: &[(PushStep, i64)]) -> String {
    let (candidate, application, person) = (push.candidate, push.application, &push.person);
    let person = person.as_ref().map(|person| person.as_str());
    let state = json!(push.state)["state"].clone();
    let code = match &push.state {
        greenhouse_core::store::PushState::Failed(failure) => failure.code.as_str(),
        _ => "",
    };
    format!(
        "push: {} {person:?} {state} {code} {candidate:?} {application:?} {done:?}",
        push.assessment
    )
}

/// Finished steps, each with the id of its record in Greenhouse.
fn done(push: &Push) -> Vec<(PushStep, i64)> {
    let done = PushStep::ALL
        .into_iter()
        .filter_map(|step| match push.mark(step)?.mark {
            JournalMark::Done { id, .. } => Some((step, id)),
            _ => None,
        });
    done.collect()
}

/// Ids of reports and notes. Greenhouse assigns ids in sequence, and the first two belong to the
/// candidate and the application.
const LATER_IDS: std::ops::RangeInclusive<i64> = 7_000_000_003..=7_000_000_006;
const ASSESSMENTS: [&str; 2] = ["a-1", "a-2"];
