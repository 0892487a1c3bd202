//! Decisions on a comparison with Greenhouse.

use super::{
    Facts,
    apply::{Report, Standing, apply_report, believed, entry, is_recent},
    decide::{drop_link, replay_ignored},
    histories::{Chain, Followed, follow_seen},
};
use crate::{
    ApplicationSnapshot, Text,
    clock::later,
    store::{Changes, DueTask, Hint, Hinted, Link, LogKey, LogStatus, Task, Write},
    texts::sync as texts,
};

/// Decides how to apply the changes that a link has missed. `seen` is the state of its application
/// according to a reader. `None` if a reader that can see all applications did not find it.
///
/// A state with a later time is applied. Any other difference, or a missing application, causes a
/// second read after the settle time, because reads can lag behind events. A state with an earlier
/// time is ignored within the settle time of the stored state.
pub fn reconcile(link: &Link, seen: Option<&ApplicationSnapshot>, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    if link.state.deleted {
        return changes;
    }
    let Some(snapshot) = seen else {
        let text = texts::comparison_found_none();
        read_again(&mut changes, link, Hinted::Deleted, text, known);
        return changes;
    };
    let report = Report::of_snapshot(snapshot, known.now);
    let candidate = snapshot.candidate.unwrap_or(link.candidate);
    // Reads can lag behind the next merge of a chain.
    let candidate = Chain::of(known).end(candidate);
    let follows = candidate != link.candidate;
    match report.standing(link) {
        Standing::Stale if report.agrees(link) || is_recent(link, known) => {}
        Standing::Unchanged if !follows => {}
        Standing::Hint | Standing::Stale => {
            let says = Hinted::State {
                status: Some(snapshot.status.clone()),
                stage: snapshot.stage.clone(),
            };
            let text = texts::comparison_differs();
            read_again(&mut changes, link, says, text, known);
        }
        Standing::Newer | Standing::Unchanged => {
            let mut link = link.clone();
            if follows {
                let Followed { end, erasure, .. } =
                    follow_seen(&mut changes, link.candidate, candidate, known);
                let text = texts::candidate_merged(candidate).and(texts::FOUND_BY_COMPARISON);
                changes
                    .log
                    .push(entry(&link, known.now, LogStatus::Done, text));
                if erasure.is_some_and(|erasure| link.erase(&erasure)) {
                    let text = texts::anonymized_around_merge();
                    changes
                        .log
                        .push(entry(&link, known.now, LogStatus::Done, text));
                }
                link.candidate = end;
                link.merged = true;
                replay_ignored(&mut changes, &link, known.now);
            }
            apply_report(
                &mut changes,
                &link,
                &report,
                known.now,
                texts::FOUND_BY_COMPARISON,
                None,
            );
            if follows && changes.links.is_empty() {
                changes.links.push(Write::Put(link));
            }
        }
    }
    changes
}

/// Applies the state of `sibling`, another link to the same application, because an event may have
/// found only the sibling.
pub fn as_sibling(link: &Link, sibling: &Link, known: &Facts) -> Changes {
    let mut changes = Changes::none();
    let is_other = sibling.application != link.application;
    let as_of = |link: &Link| link.state.as_of.and_then(|at| believed(at, known.now));
    if link.state.deleted || is_other || as_of(sibling) < as_of(link) {
        return changes;
    }
    if sibling.state.deleted {
        drop_link(&mut changes, link, known.now, None);
        return changes;
    }
    let state = &sibling.state;
    let (status, stage) = (Some(&state.status), state.stage.as_ref());
    let report = Report::new(status, stage, sibling.job, state.as_of, known.now);
    if matches!(report.standing(link), Standing::Newer | Standing::Hint) {
        apply_report(
            &mut changes,
            link,
            &report,
            known.now,
            texts::SAME_APPLICATION,
            None,
        );
    }
    changes
}

/// Queues a second read before anything is changed, and logs that it is pending.
fn read_again(changes: &mut Changes, link: &Link, says: Hinted, text: Text, known: &Facts) {
    let mut hint = Hint::new(link.application, says, known.now);
    hint.compared = true;
    let key = LogKey::hint(&link.assessment, &hint);
    let said = entry(link, known.now, LogStatus::Pending, text);
    changes.log.push(said.keyed(key));
    let task = Task::ReadApplication {
        hint: hint.awaited_by(link.assessment.clone()),
        contradicted: true,
    };
    let due_at = later(known.now, known.settle_time);
    changes.due.push(DueTask::new(task, due_at));
}
