//! From a comparison with Greenhouse to a decision.

use super::{
    Facts,
    decide::{ERASED_AROUND_MERGE, drop_link, look_back},
    fates::{Chain, Followed, follow_seen},
    state::{Report, Standing, entry, take_over},
};
use crate::{
    ApplicationSnapshot,
    clock::later,
    store::{Changes, DueTask, Hint, Hinted, Link, LogKey, LogStatus, Task, Write},
};

/// Decides what a link has missed, by what a reader sees of its application: none where it does not find it, and would if it
/// was there.
///
/// What has a later time is taken over. What contradicts the link and has none, and an application that is not found, is
/// read once more after the settle time: reads can lag behind what an event has told meanwhile.
pub fn reconcile(link: &Link, seen: Option<&ApplicationSnapshot>, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    if link.state.deleted {
        return changes;
    }
    let Some(snapshot) = seen else {
        let text =
            "Greenhouse does not list the application any more; it is being looked up once more.";
        doubt(&mut changes, link, Hinted::Deleted, text, known);
        return changes;
    };
    let report = Report {
        status: Some(&snapshot.status),
        stage: snapshot.stage.as_ref(),
        job: snapshot.job,
        at: snapshot.last_activity_at,
    };
    let candidate = snapshot.candidate.unwrap_or(link.candidate);
    // Reads can lag behind the next merge of a chain.
    let candidate = Chain::of(known).end(candidate);
    let follows = candidate != link.candidate;
    match report.standing(link) {
        Standing::Stale => {}
        Standing::Facts if !follows => {}
        Standing::Hint => {
            let says = Hinted::State {
                status: Some(snapshot.status.clone()),
                stage: snapshot.stage.clone(),
            };
            let text = "Compared with Greenhouse, the application stands otherwise; it is being read once more.";
            doubt(&mut changes, link, says, text, known);
        }
        Standing::News | Standing::Facts => {
            let mut link = link.clone();
            if follows {
                let Followed { end, erased, .. } =
                    follow_seen(&mut changes, link.candidate, candidate, known);
                let text = format!(
                    "Compared with Greenhouse: the candidate was merged into candidate {candidate}; the link follows."
                );
                changes
                    .log
                    .push(entry(&link, known.now, LogStatus::Done, text));
                if erased && !link.erased {
                    let text = ERASED_AROUND_MERGE.to_owned();
                    changes
                        .log
                        .push(entry(&link, known.now, LogStatus::Done, text));
                }
                link.candidate = end;
                link.merged = true;
                link.erased |= erased;
                look_back(&mut changes, &link, known.now);
            }
            take_over(&mut changes, &link, &report, known.now, MISSED, None);
            if follows && changes.links.is_empty() {
                changes.links.push(Write::Put(link));
            }
        }
    }
    changes
}

/// Decides what a link has missed, by another assessment's link to the same application: an event can have found that one alone.
pub fn as_sibling(link: &Link, sibling: &Link, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    let is_other = sibling.application != link.application;
    if link.state.deleted || is_other || sibling.state.as_of < link.state.as_of {
        return changes;
    }
    if sibling.state.deleted {
        drop_link(&mut changes, link, known.now, None);
        return changes;
    }
    let report = Report {
        status: Some(&sibling.state.status),
        stage: sibling.state.stage.as_ref(),
        job: sibling.job,
        at: sibling.state.as_of,
    };
    if matches!(report.standing(link), Standing::News | Standing::Hint) {
        take_over(&mut changes, link, &report, known.now, SIBLING, None);
    }
    changes
}

/// Has the application read once more before anything is believed, and says so until it is.
fn doubt(changes: &mut Changes, link: &Link, says: Hinted, text: &str, known: &Facts) {
    let mut hint = Hint::new(link.application, says, known.now);
    hint.compared = true;
    let key = LogKey::hint(&link.assessment, &hint);
    let said = entry(link, known.now, LogStatus::Pending, text.to_owned());
    changes.log.push(said.keyed(key));
    let work = Task::ReadApplication {
        hint: hint.awaited_by(link.assessment.clone()),
        contradicted: true,
    };
    let due_at = later(known.now, known.settle_time);
    changes.due.push(DueTask::new(work, due_at));
}

const SIBLING: &str = " (as it stands for another assessment)";
const MISSED: &str = " (found by comparing with Greenhouse)";
