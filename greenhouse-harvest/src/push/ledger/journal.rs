//! What the journal of a push says: what is done, what is unknown, and what a look that found nothing is worth.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    store::{JournalEntry, JournalMark, Push, PushFailure, PushState, PushStep},
};

/// Returns `true` if a host works on this push.
pub(in crate::push) fn is_running(push: &Push, now: DateTime<Utc>) -> bool {
    matches!(push.state, PushState::Running { lease_until } if lease_until > now)
}

/// The push as it is if no host works on it: one that reads as running was interrupted.
pub(in crate::push) fn ended(push: &Push) -> Push {
    let mut push = push.clone();
    end_lease(&mut push);
    push
}

/// Returns `true` if the push has written to Greenhouse, or may have.
pub(in crate::push) fn has_written(push: &Push) -> bool {
    let made = |line: &JournalEntry| matches!(line.mark, JournalMark::Done { found: false, .. });
    let unknown = |step: &PushStep| begun_at(push, *step).is_some();
    push.journal.iter().any(made) || PushStep::ALL.iter().any(unknown)
}

/// The id that the journal has for a step that is done as a whole.
pub(in crate::push) fn done_id(push: &Push, step: PushStep) -> Option<i64> {
    let line = push.mark(step).filter(|line| line.part.is_none())?;
    match line.mark {
        JournalMark::Done { id, .. } => Some(id),
        _ => None,
    }
}

/// The parts of a step that are done.
pub(in crate::push) fn parts_done(push: &Push, step: PushStep) -> BTreeSet<i64> {
    let lines = push.journal.iter().filter(|line| line.step == step);
    lines
        .filter(|line| matches!(line.mark, JournalMark::Done { .. }))
        .filter_map(|line| line.part)
        .collect()
}

/// Since when the outcome of a step's write is unknown; none where it is known.
pub(in crate::push) fn begun_at(push: &Push, step: PushStep) -> Option<DateTime<Utc>> {
    let line = push.mark(step)?;
    (line.mark == JournalMark::Begun).then_some(line.at)
}

/// When looks for what a step writes have found nothing, the earliest first.
pub(in crate::push) fn not_seen(
    push: &Push,
    step: PushStep,
) -> impl Iterator<Item = DateTime<Utc>> {
    let looks = push.journal.iter();
    let looks = looks.filter(move |line| line.step == step && line.mark == JournalMark::NotSeen);
    looks.map(|line| line.at)
}

/// What it is worth that a look has found nothing at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::push) enum Absence {
    /// Nothing before this time: the write may still be running, and reads may lag.
    Unsettled(DateTime<Utc>),
    /// One look of two. The second one counts from this time on.
    SeenOnce(DateTime<Utc>),
    /// The first of two looks, which is to be remembered.
    First,
    /// It is not there.
    Proven,
}

/// Weighs an empty look at `now`, after a write whose outcome is unknown since `since`: it counts after the settle time,
/// seen twice, so far apart. Where no outcome is unknown, one look is enough.
pub(in crate::push) fn weigh(
    since: Option<DateTime<Utc>>,
    mut not_seen: impl Iterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
    settle_time: Duration,
    apart: Duration,
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
        Some(first) if now < later(first, apart) => Absence::SeenOnce(later(first, apart)),
        Some(_) => Absence::Proven,
    }
}

/// What a push reads as whose lease has run out. `settle_time` runs from the end of the lease where a write was begun:
/// whoever held the lease may have sent it as late as that.
pub(in crate::push) fn interrupted(push: &Push, settle_time: Duration) -> PushFailure {
    cut(&ended(push), settle_time, "was interrupted")
}

/// What a push reads as whose host is being stopped.
pub(in crate::push) fn stopped(push: &Push, settle_time: Duration) -> PushFailure {
    cut(push, settle_time, "was interrupted by the host's stop,")
}

fn cut(push: &Push, settle_time: Duration, how: &str) -> PushFailure {
    let begun = |step: &PushStep| begun_at(push, *step);
    let step = PushStep::ALL.into_iter().find(|step| begun(step).is_some());
    let done = PushStep::ALL.into_iter().rev();
    let last = done.into_iter().find(|step| done_id(push, *step).is_some());
    let place = match (step, last) {
        (Some(step), _) => format!("at the step \"{}\"", step.as_str()),
        (None, Some(step)) => format!("after the step \"{}\"", step.as_str()),
        (None, None) => "before its first step".to_owned(),
    };
    let text = format!(
        "The push {how} {place}, and it was not repeated. Retry: it continues after what is known to be done."
    );
    let mut failure = PushFailure::new(step, "interrupted", text);
    let unknown = PushStep::ALL.iter().filter_map(begun).max();
    failure.retry_after = unknown.map(|since| later(since, settle_time));
    failure
}

/// Journals of a push whose lease has run out that what it began was unknown until then.
pub(in crate::push) fn end_lease(push: &mut Push) {
    let PushState::Running { lease_until } = push.state else {
        return;
    };
    begin_again(push, lease_until);
}

/// Journals that what was begun, and is unknown, may have been sent as late as `at`.
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

/// A line of the journal for one of a step's writes, or for its only one.
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
    fn an_empty_look_counts_after_the_settle_time_seen_twice() {
        for (since, seen, now, worth) in [
            (None, vec![], 0, Absence::Proven),
            (Some(0), vec![], 59, Absence::Unsettled(at(60))),
            (Some(0), vec![], 60, Absence::First),
            (Some(0), vec![30], 60, Absence::First),
            (Some(0), vec![60], 60, Absence::SeenOnce(at(90))),
            (Some(0), vec![30, 61], 90, Absence::SeenOnce(at(91))),
            (Some(0), vec![30, 61], 91, Absence::Proven),
            (Some(0), vec![60, 80], 90, Absence::Proven),
            (Some(500), vec![60, 90], 560, Absence::First),
            (Some(0), vec![60], 9000, Absence::Proven),
        ] {
            let weighed = weigh(
                since.map(at),
                seen.iter().copied().map(at),
                at(now),
                SETTLE,
                APART,
            );
            assert_eq!(weighed, worth, "{since:?} {seen:?} {now}");
        }
    }

    #[test]
    fn an_interruption_names_the_step_and_waits_for_what_was_begun() {
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
    fn a_step_of_several_writes_is_done_when_the_journal_says_so_of_the_whole() {
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
