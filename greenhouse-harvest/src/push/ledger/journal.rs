//! Journal of a push: finished steps, writes with an unknown outcome, and searches that found
//! nothing.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    store::{JournalEntry, JournalMark, Push, PushFailure, PushState, PushStep},
};

use crate::push::texts::sync_log as texts;

/// Returns `true` if a host is running this push.
pub(in crate::push) fn is_running(push: &Push, now: DateTime<Utc>) -> bool {
    matches!(push.state, PushState::Running { lease_until } if lease_until > now)
}

/// Returns a copy of the push whose lease has ended.
pub(in crate::push) fn ended(push: &Push) -> Push {
    let mut push = push.clone();
    end_lease(&mut push);
    push
}

/// Returns `true` if the push may have written to Greenhouse.
pub(in crate::push) fn has_written(push: &Push) -> bool {
    PushStep::ALL.iter().any(|step| {
        let lines = push.journal.iter().filter(|line| line.step == *step);
        let marks = lines.map(|line| &line.mark);
        let mut marks = marks
            .filter(|mark| **mark != JournalMark::NotSeen)
            .peekable();
        // A write with an unknown outcome counts, even if its object was found later.
        while let Some(mark) = marks.next() {
            match mark {
                JournalMark::Done { found: false, .. } => return true,
                JournalMark::Begun if marks.peek() != Some(&&JournalMark::NotDone) => return true,
                _ => {}
            }
        }
        false
    })
}

/// Returns the resulting id of a step that is completely done.
pub(in crate::push) fn done_id(push: &Push, step: PushStep) -> Option<i64> {
    let line = push.mark(step).filter(|line| line.part.is_none())?;
    match line.mark {
        JournalMark::Done { id, .. } => Some(id),
        _ => None,
    }
}

/// Returns the finished parts of a step.
pub(in crate::push) fn parts_done(push: &Push, step: PushStep) -> BTreeSet<i64> {
    let lines = push.journal.iter().filter(|line| line.step == step);
    lines
        .filter(|line| matches!(line.mark, JournalMark::Done { .. }))
        .filter_map(|line| line.part)
        .collect()
}

/// Returns the time since which the outcome of a step's write is unknown. `None` if the outcome is
/// known.
pub(in crate::push) fn begun_at(push: &Push, step: PushStep) -> Option<DateTime<Utc>> {
    let line = push.mark(step)?;
    (line.mark == JournalMark::Begun).then_some(line.at)
}

/// Returns the times of searches that found nothing, earliest first.
pub(in crate::push) fn not_seen(
    push: &Push,
    step: PushStep,
) -> impl Iterator<Item = DateTime<Utc>> {
    let looks = push.journal.iter();
    let looks = looks.filter(move |line| line.step == step && line.mark == JournalMark::NotSeen);
    looks.map(|line| line.at)
}

/// Meaning of a search that finds nothing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::push) enum Absence {
    /// Proves nothing before this time, because the write may still be running and reads may lag.
    Unsettled(DateTime<Utc>),
    /// The first of two searches is done. A second search counts only from this time on.
    SearchedOnce(DateTime<Utc>),
    /// This is the first of two searches and must be journalled.
    First,
    /// Proves that the write was not carried out.
    Proven,
}

/// Returns the meaning of a search at `now` that found nothing, after a write with an unknown
/// outcome at `since`. The proof requires two searches after the settle time, at least `interval`
/// apart. If no outcome is unknown, one search is enough.
pub(in crate::push) fn weigh(
    since: Option<DateTime<Utc>>,
    mut not_seen: impl Iterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
    settle_time: Duration,
    interval: Duration,
) -> Absence {
    let Some(since) = since else {
        return Absence::Proven;
    };
    let settled = later(since, settle_time);
    if now < settled {
        return Absence::Unsettled(settled);
    }
    match not_seen.find(|at| *at >= settled) {
        None => Absence::First,
        Some(first) if now < later(first, interval) => {
            Absence::SearchedOnce(later(first, interval))
        }
        Some(_) => Absence::Proven,
    }
}

/// Returns the failure of a push whose lease ended. If a write was begun, `settle_time` starts at
/// the end of the lease, because the lease holder may have sent the write until then.
pub(in crate::push) fn interrupted(push: &Push, settle_time: Duration) -> PushFailure {
    interruption(&ended(push), settle_time, |place| place)
}

/// Returns the failure of a push that ends because the host is being stopped.
pub(in crate::push) fn stopped(push: &Push, settle_time: Duration) -> PushFailure {
    interruption(push, settle_time, |place| texts::by_stop(&place))
}

fn interruption(push: &Push, settle_time: Duration, describe: fn(String) -> String) -> PushFailure {
    let begun = |step: &PushStep| begun_at(push, *step);
    let step = PushStep::ALL.into_iter().find(|step| begun(step).is_some());
    let done = PushStep::ALL.into_iter().rev();
    let last = done.into_iter().find(|step| done_id(push, *step).is_some());
    let place = match (step, last) {
        (Some(step), _) => texts::at_step(step.as_str()),
        (None, Some(step)) => texts::after_step(step.as_str()),
        (None, None) => texts::BEFORE_FIRST_STEP.to_owned(),
    };
    let mut failure = PushFailure::new(step, texts::interrupted(&describe(place)));
    let unknown = PushStep::ALL.iter().filter_map(begun).max();
    failure.retry_after = unknown.map(|since| later(since, settle_time));
    failure
}

/// Journals, for a push whose lease ended, that the begun writes may have been sent until the end
/// of the lease.
pub(in crate::push) fn end_lease(push: &mut Push) {
    let PushState::Running { lease_until } = push.state else {
        return;
    };
    begin_again(push, lease_until);
}

/// Journals that the writes with an unknown outcome may have been sent as late as `at`.
pub(in crate::push) fn begin_again(push: &mut Push, at: DateTime<Utc>) {
    for step in PushStep::ALL {
        let Some(line) = push.mark(step) else {
            continue;
        };
        if line.mark == JournalMark::Begun && line.at < at {
            let mut line = line.clone();
            line.at = at;
            push.journal.push(line);
        }
    }
}

/// Returns a journal entry for the write of a step, or for one of several writes.
pub(in crate::push) fn line(
    step: PushStep,
    part: Option<i64>,
    mark: JournalMark,
    at: DateTime<Utc>,
) -> JournalEntry {
    let mut line = JournalEntry::new(step, mark, at);
    line.part = part;
    line
}

#[cfg(test)]
mod tests {
    use greenhouse_core::{
        AccountId, AssessmentId,
        store::{PersonKey, PushOrigin},
    };

    use super::*;

    const SETTLE: Duration = Duration::from_secs(60);
    const APART: Duration = Duration::from_secs(30);

    #[test]
    fn two_searches_after_the_settle_time_prove_absence() {
        for (since, not_seen, now, expected) in [
            (None, vec![], 0, Absence::Proven),
            (Some(0), vec![], 59, Absence::Unsettled(at(60))),
            (Some(0), vec![], 60, Absence::First),
            (Some(0), vec![30], 60, Absence::First),
            (Some(0), vec![60], 60, Absence::SearchedOnce(at(90))),
            (Some(0), vec![30, 61], 90, Absence::SearchedOnce(at(91))),
            (Some(0), vec![30, 61], 91, Absence::Proven),
            (Some(0), vec![60, 80], 90, Absence::Proven),
            (Some(500), vec![60, 90], 560, Absence::First),
            (Some(0), vec![60], 9000, Absence::Proven),
        ] {
            let weighed = weigh(
                since.map(at),
                not_seen.iter().copied().map(at),
                at(now),
                SETTLE,
                APART,
            );
            assert_eq!(weighed, expected, "{since:?} {not_seen:?} {now}");
        }
    }

    #[test]
    fn an_interruption_names_the_step_and_the_earliest_retry() {
        use JournalMark::{Begun, Done, NotDone, NotSeen};
        let done = Done {
            id: 7,
            found: false,
        };
        for (journal, step, place, retry) in [
            (vec![], None, "before its first step", None),
            (
                vec![(PushStep::Candidate, Begun), (PushStep::Application, Begun)],
                Some(PushStep::Candidate),
                "at the step \"candidate\"",
                Some(160),
            ),
            (
                vec![(PushStep::Candidate, done.clone())],
                None,
                "after the step \"candidate\"",
                None,
            ),
            (
                vec![
                    (PushStep::Candidate, done.clone()),
                    (PushStep::Report, Begun),
                    (PushStep::Report, NotSeen),
                ],
                Some(PushStep::Report),
                "at the step \"report\"",
                Some(160),
            ),
            (
                vec![(PushStep::Candidate, done), (PushStep::Report, NotDone)],
                None,
                "after the step \"candidate\"",
                None,
            ),
        ] {
            let mut push = push();
            for (step, mark) in journal {
                push.journal.push(line(step, None, mark, at(1)));
            }
            push.state = PushState::Running {
                lease_until: at(100),
            };
            let failure = interrupted(&push, SETTLE);
            assert_eq!(failure.step, step);
            assert!(failure.text.contains(place), "{}", failure.text);
            assert_eq!(failure.retry_after, retry.map(at));
        }
    }

    #[test]
    fn a_push_has_written_unless_every_write_was_certainly_not_carried_out() {
        use JournalMark::{Begun, NotDone, NotSeen};
        let found = JournalMark::Done { id: 7, found: true };
        let made = JournalMark::Done {
            id: 7,
            found: false,
        };
        for (marks, expected) in [
            (vec![], false),
            (vec![found.clone()], false),
            (vec![Begun, NotDone], false),
            (vec![Begun, NotDone, NotSeen], false),
            (vec![NotSeen, found.clone()], false),
            (vec![Begun], true),
            (vec![Begun, NotSeen, NotSeen], true),
            (vec![Begun, found.clone()], true),
            (vec![Begun, NotSeen, found], true),
            (vec![Begun, NotDone, Begun], true),
            (vec![Begun, made], true),
        ] {
            let mut push = push();
            for mark in marks.iter().cloned() {
                push.journal.push(line(PushStep::Report, None, mark, at(1)));
            }
            assert_eq!(has_written(&push), expected, "{marks:?}");
        }
    }

    #[test]
    fn a_step_of_several_writes_is_done_once_the_whole_step_is_journalled() {
        let mut push = push();
        let done = JournalMark::Done {
            id: 70,
            found: false,
        };
        let rated = line(PushStep::Ratings, Some(7), done.clone(), at(1));
        push.journal.push(rated);
        let begun = line(PushStep::Ratings, Some(8), JournalMark::Begun, at(2));
        push.journal.push(begun);
        assert_eq!(done_id(&push, PushStep::Ratings), None);
        assert_eq!(begun_at(&push, PushStep::Ratings), Some(at(2)));
        assert_eq!(parts_done(&push, PushStep::Ratings), BTreeSet::from([7]));
        begin_again(&mut push, at(9));
        let line_now = push.mark(PushStep::Ratings).unwrap();
        assert_eq!((line_now.part, line_now.at), (Some(8), at(9)));
        push.journal
            .push(line(PushStep::Ratings, None, done, at(10)));
        assert_eq!(done_id(&push, PushStep::Ratings), Some(70));
    }

    fn push() -> Push {
        let account = AccountId::new("acme");
        let person = PersonKey::of_email(&account, "mira@example.org");
        let id = AssessmentId::new("a-1");
        Push::new(id, person, PushOrigin::Person, at(0))
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + second, 0).unwrap()
    }
}
