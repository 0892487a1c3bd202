use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    AssessmentId, later,
    scorecard::Score,
    store::{Backfill, BackfillMode, BackfillState, RATE_WINDOW},
    trigger::InvitedTo,
};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_020 + second, 0).unwrap()
}

fn score(value: f64) -> Score {
    Score::new(value).unwrap()
}

#[test]
fn a_backfill_decides_as_the_trigger_does_now_except_for_manual_accounts() {
    let from_70 = Trigger::OnScore {
        minimum: score(70.0),
        inclusive: true,
    };
    let own = |value: Option<f64>| TriggerInput::new(value.map(score), None);
    let invited = |to| TriggerInput::new(None, Some(to));
    let (all, only) = (BackfillScope::All, BackfillScope::Invited);
    let (known, unknown) = (InvitedTo::Application, InvitedTo::Unknown);
    for (trigger, results, scope, input, expected) in [
        (Trigger::Manual, false, all, own(None), Ok(())),
        (
            Trigger::Manual,
            false,
            only,
            own(None),
            Err(BackfillSkip::OutOfScope),
        ),
        (Trigger::OnComplete, false, all, own(None), Ok(())),
        (from_70, false, all, own(None), Err(BackfillSkip::NoScore)),
        (
            from_70,
            false,
            all,
            own(Some(69.0)),
            Err(BackfillSkip::BelowMinimum),
        ),
        (from_70, false, all, own(Some(70.0)), Ok(())),
        (
            from_70,
            true,
            only,
            own(Some(70.0)),
            Err(BackfillSkip::OutOfScope),
        ),
        (
            Trigger::Manual,
            false,
            all,
            invited(known),
            Err(BackfillSkip::Invited),
        ),
        (Trigger::Manual, true, all, invited(known), Ok(())),
        (from_70, true, only, invited(known), Ok(())),
        (
            Trigger::OnComplete,
            true,
            only,
            invited(unknown),
            Err(BackfillSkip::InvitedWithoutApplication),
        ),
    ] {
        let chosen = choose(&trigger, results, scope, &input);
        assert_eq!(
            chosen, expected,
            "{trigger:?} {results} {scope:?} {input:?}"
        );
    }
}

#[test]
fn every_reason_has_its_own_name() {
    let names = BackfillSkip::ALL.map(BackfillSkip::as_str);
    for (skip, name) in BackfillSkip::ALL.iter().zip(names) {
        assert_eq!(serde_json::to_value(skip).unwrap(), name);
    }
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
}

fn request(days: u32, share: u8) -> BackfillRequest {
    BackfillRequest {
        days,
        share,
        scope: BackfillScope::All,
    }
}

/// Dry run that is done.
fn counted() -> Backfill {
    let mut counted = count(None, request(30, 50), at(0)).unwrap();
    counted.counts.take();
    counted.counts.skip(BackfillSkip::Known);
    counted.listed = true;
    assert!(counted.end_if_finished(at(9)));
    counted
}

#[test]
fn a_run_starts_only_after_a_dry_run_with_the_same_bounds() {
    let ready = counted();
    let day = 24 * 60 * 60;
    let scoped = BackfillRequest {
        scope: BackfillScope::Invited,
        ..request(30, 50)
    };
    let with = |change: fn(&mut Backfill)| {
        let mut known = ready.clone();
        change(&mut known);
        Some(known)
    };
    for (name, known, request, now, expected) in [
        (
            "no dry run",
            None,
            request(30, 50),
            10,
            BackfillRefusal::NotCounted,
        ),
        (
            "a dry run in progress",
            with(|known| known.state = BackfillState::Running),
            request(30, 50),
            10,
            BackfillRefusal::Unfinished,
        ),
        (
            "a cancelled dry run",
            with(|known| known.state = BackfillState::Cancelled),
            request(30, 50),
            10,
            BackfillRefusal::NotCounted,
        ),
        (
            "a run that is done",
            with(|known| known.mode = BackfillMode::Run),
            request(30, 50),
            10,
            BackfillRefusal::NotCounted,
        ),
        (
            "other days",
            with(|_| {}),
            request(31, 50),
            10,
            BackfillRefusal::OtherBounds,
        ),
        (
            "another scope",
            with(|_| {}),
            scoped,
            10,
            BackfillRefusal::OtherBounds,
        ),
        (
            "a day later",
            with(|_| {}),
            request(30, 50),
            day + 1,
            BackfillRefusal::CountedLongAgo,
        ),
        (
            "no days",
            with(|_| {}),
            request(0, 50),
            10,
            BackfillRefusal::Days { got: 0 },
        ),
        (
            "too many days",
            None,
            request(366, 50),
            10,
            BackfillRefusal::Days { got: 366 },
        ),
        (
            "no share",
            None,
            request(30, 0),
            10,
            BackfillRefusal::Share { got: 0 },
        ),
        (
            "everything",
            None,
            request(30, 91),
            10,
            BackfillRefusal::Share { got: 91 },
        ),
    ] {
        assert_eq!(
            run(known.as_ref(), request, at(now)),
            Err(expected),
            "{name}"
        );
    }
    // Another share is fine, because it does not change what is pushed.
    let started = run(Some(&ready), request(30, 90), at(day)).unwrap();
    assert_eq!((started.mode, started.share), (BackfillMode::Run, 90));
    assert_eq!((started.since, started.until), (ready.since, ready.until));
    assert_eq!(started.counted, Some(ready.counts));
    assert_eq!(
        (started.starts, started.counts.seen, started.listed),
        (2, 0, false)
    );
    assert_eq!(
        count(Some(&started), request(1, 1), at(day)),
        Err(BackfillRefusal::Unfinished)
    );
}

#[test]
fn a_backfill_pauses_resumes_and_ends_once() {
    let mut one = run(Some(&counted()), request(30, 50), at(10)).unwrap();
    assert_eq!(one.resume(at(11)), Err(BackfillRefusal::NotPaused));
    let starts = one.starts;
    assert_eq!(one.pause(None), Ok(()));
    assert_eq!(one.pause(None), Err(BackfillRefusal::NotRunning));
    assert_eq!(
        count(Some(&one), request(1, 1), at(12)),
        Err(BackfillRefusal::Unfinished)
    );
    assert_eq!(one.resume(at(13)), Ok(()));
    assert_eq!(one.starts, starts + 1);
    one.listed = true;
    one.open(AssessmentId::new("a"), Pace::new(50, 50), at(14));
    assert!(!one.end_if_finished(at(15)));
    one.close(&AssessmentId::new("a"), false, 7, Pace::new(50, 50), at(16));
    one.close(&AssessmentId::new("a"), true, 7, Pace::new(50, 50), at(16));
    assert_eq!(
        (one.counts.pushed, one.counts.failed, one.progress()),
        (0, 1, (1, 1))
    );
    assert_eq!(one.expected_requests(), 7);
    assert!(one.end_if_finished(at(17)));
    assert_eq!(
        (one.state, one.ended_at),
        (BackfillState::Done, Some(at(17)))
    );
    assert_eq!(one.cancel(at(18)), Err(BackfillRefusal::NotRunning));
    let again = count(Some(&one), request(1, 1), at(19)).unwrap();
    assert_eq!((again.starts, again.counts.seen), (one.starts + 1, 0));
}

#[test]
fn a_push_waits_for_a_hold_and_for_a_window_with_room() {
    let pace = Pace::new(50, 100);
    assert_eq!(pace.time_of(10), Duration::from_secs(6));
    let window = |used, held| WindowUse {
        limit: 100,
        used,
        ends_at: at(30),
        held_until: held,
    };
    for (spent, expected, used, held, start) in [
        (0, 10, 0, None, 6),
        (4, 10, 0, None, 10),
        (5, 10, 0, None, 11),
        (4, 10, 90, None, 10),
        (4, 10, 91, None, 30),
        (4, 10, 0, Some(at(12)), 12),
        (4, 10, 0, Some(at(10)), 10),
        (-100, 150, 0, None, -10),
        (-100, 150, 1, None, 30),
    ] {
        let found = pace.start_at(at(spent), expected, &window(used, held), at(10));
        assert_eq!(found, at(start), "{spent} {expected} {used} {held:?}");
    }
}

/// Pushes of a simulated backfill.
#[derive(Debug, Clone)]
struct Simulation {
    share: u8,
    limit: u32,
    /// Real requests of each push.
    costs: Vec<u32>,
    /// Delay of each start in milliseconds, at most the tolerance.
    delays: Vec<u64>,
    /// Requests of other senders in each window, in percent of what the share leaves.
    others: Vec<u32>,
}

fn simulations(others: impl Strategy<Value = u32> + 'static) -> impl Strategy<Value = Simulation> {
    let others = prop::collection::vec(others, 1..20);
    (1_u8..=90, 50_u32..=300, others)
        .prop_flat_map(|(share, limit, others)| {
            // Up to a seventh of the limit, so that whole pushes can fill the largest share.
            let cost = 4..=(limit / 7).min(20);
            let costs = prop::collection::vec(cost, 150..400);
            let delays = prop::collection::vec(0..=1000_u64, 1..50);
            (Just(share), Just(limit), costs, delays, Just(others))
        })
        .prop_map(|(share, limit, costs, delays, others)| Simulation {
            share,
            limit,
            costs,
            delays,
            others,
        })
}

impl Simulation {
    /// Runs the pushes one after the other. Returns the time and the requests of each.
    fn run(&self) -> Vec<(DateTime<Utc>, u32)> {
        let pace = Pace::new(self.share, self.limit);
        let mut record = counted();
        record.spent_until = at(0);
        let (mut now, mut done) = (at(0), Vec::new());
        let mut delays = self.delays.iter().cycle();
        for cost in &self.costs {
            let mut tries = 0;
            loop {
                let window = self.window(now, &done);
                let expected = record.expected_requests();
                let start = pace.start_at(record.spent_until, expected, &window, now);
                if start <= now {
                    break;
                }
                let delay = delays.next().copied().unwrap_or_default();
                now = later(start, Duration::from_millis(delay));
                tries += 1;
                assert!(tries < 100, "the backfill starves: {self:?}");
            }
            let id = AssessmentId::new("a");
            record.open(id.clone(), pace, now);
            done.push((now, *cost));
            record.close(&id, true, *cost, pace, now);
        }
        done
    }

    fn window(&self, now: DateTime<Utc>, done: &[(DateTime<Utc>, u32)]) -> WindowUse {
        let number = now.timestamp().div_euclid(30);
        let own = done.iter().rev();
        let own = own.take_while(|(at, _)| at.timestamp().div_euclid(30) == number);
        let own: u32 = own.map(|(_, cost)| cost).sum();
        let index = usize::try_from(number).unwrap() % self.others.len();
        let left = self.limit * u32::from(100 - self.share) / 100;
        WindowUse {
            limit: self.limit,
            used: own + left * self.others[index] / 100,
            ends_at: DateTime::from_timestamp((number + 1) * 30, 0).unwrap(),
            held_until: None,
        }
    }

    /// Requests that the share allows in this time.
    fn allowed(&self, time: TimeDelta) -> f64 {
        let share = f64::from(self.share) / 100.0 * f64::from(self.limit);
        time.as_seconds_f64() / RATE_WINDOW.as_secs_f64() * share
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No window, at any offset, exceeds the share by more than one push and the tolerance, and
    /// from the start on nothing is spent before it was allowed, but for wrong expectations.
    #[test]
    fn the_share_is_never_exceeded(one in simulations(0_u32..=100)) {
        let done = one.run();
        let largest = f64::from(one.costs.iter().copied().max().unwrap_or_default());
        let mut so_far = 0.0;
        for (index, (end, cost)) in done.iter().enumerate() {
            so_far += f64::from(*cost);
            let wrong = largest.max(12.0);
            prop_assert!(so_far <= one.allowed(*end - at(0)) + wrong, "{index}: {so_far}");
            let from = *end - TimeDelta::seconds(30);
            let inside = done[..=index].iter().rev().take_while(|(at, _)| *at > from);
            let used: f64 = inside.map(|(_, cost)| f64::from(*cost)).sum();
            let tolerance = TimeDelta::from_std(Pace::TOLERANCE).unwrap();
            let most = one.allowed(TimeDelta::seconds(30) + tolerance) + 2.0 * wrong;
            prop_assert!(used <= most, "{index}: {used} of {most} in the window up to {end}");
            prop_assert!(one.window(*end, &done[..=index]).used <= one.limit + 20);
        }
    }

    /// If there is work, at least 95 % of the share is used.
    #[test]
    fn the_share_is_used(one in simulations(Just(0_u32))) {
        let done = one.run();
        let (end, _) = done.last().unwrap();
        let used: u32 = one.costs.iter().sum();
        let allowed = one.allowed(*end - at(0));
        prop_assert!(f64::from(used) >= 0.95 * allowed, "{used} of {allowed}");
    }
}
