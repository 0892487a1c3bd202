use std::collections::BTreeMap;

use super::*;
use crate::{
    ApplicationId, ApplicationSnapshot, ApplicationStatus, CandidateId, Stage,
    webhook::{ApplicationEvent, Event, HireEvent},
};

const APPLICATION: ApplicationId = ApplicationId::new(7);
const CANDIDATE: CandidateId = CandidateId::new(70);
const JOB: JobId = JobId::new(1);
const STAGE: StageId = StageId::new(11);

fn tests() -> Vec<StageTest> {
    let logic = ScenarioId::new("logic");
    vec![
        StageTest::new(JOB, STAGE, logic.clone()),
        StageTest::new(JobId::new(2), StageId::new(21), logic),
    ]
}

fn event(change: impl FnOnce(&mut ApplicationEvent)) -> ApplicationEvent {
    let mut event = ApplicationEvent::new(APPLICATION);
    event.status = Some(ApplicationStatus::Active);
    event.stage = Some(Stage::new(Some(STAGE), Some("Take-home".to_owned())));
    event.jobs = vec![JOB];
    change(&mut event);
    event
}

#[test]
fn only_entries_into_a_stage_with_a_test_count() {
    let entry = |stage: Option<StageId>| StageEntry {
        application: APPLICATION,
        stage,
    };
    for (read, expected) in [
        (event(|_| {}), Some(entry(Some(STAGE)))),
        (event(|event| event.status = None), Some(entry(Some(STAGE)))),
        (event(|event| event.jobs.clear()), Some(entry(Some(STAGE)))),
        (event(|event| event.stage = None), Some(entry(None))),
        (event(|event| event.jobs = vec![JobId::new(2)]), None),
        (
            event(|event| event.status = Some(ApplicationStatus::Rejected)),
            None,
        ),
        (
            event(|event| event.stage = Some(Stage::new(Some(StageId::new(12)), None))),
            None,
        ),
    ] {
        let found = entered(&Event::StageChanged(read.clone()), &tests());
        assert_eq!(found, expected, "{read:?}");
        assert_eq!(entered(&Event::StageChanged(read), &[]), None);
    }
    for other in [
        Event::ApplicationUpdated(event(|_| {})),
        Event::Unrejected(event(|_| {})),
        Event::Rejected(event(|_| {})),
        Event::Hired(HireEvent::new(APPLICATION)),
    ] {
        assert_eq!(entered(&other, &tests()), None, "{other:?}");
    }
}

fn seen(change: impl FnOnce(&mut ApplicationSnapshot)) -> Option<ApplicationSnapshot> {
    let mut seen = ApplicationSnapshot::new(APPLICATION, ApplicationStatus::Active);
    seen.candidate = Some(CANDIDATE);
    seen.job = Some(JOB);
    seen.stage = Some(Stage::new(Some(STAGE), None));
    change(&mut seen);
    Some(seen)
}

#[test]
fn an_application_is_compared_with_its_entry() {
    let elsewhere = Stage::new(Some(StageId::new(12)), None);
    let rejected = ApplicationStatus::Rejected;
    for (read, reason) in [
        (seen(|_| {}), None),
        (None, Some(SkipReason::NotListed)),
        (
            seen(|seen| seen.status = rejected.clone()),
            Some(SkipReason::NotActive(rejected.clone())),
        ),
        (
            seen(|seen| seen.stage = Some(elsewhere)),
            Some(SkipReason::Left),
        ),
        (seen(|seen| seen.stage = None), Some(SkipReason::Left)),
        (
            seen(|seen| seen.job = Some(JobId::new(2))),
            Some(SkipReason::Left),
        ),
        (
            seen(|seen| seen.candidate = None),
            Some(SkipReason::CandidateNotListed),
        ),
    ] {
        for stage in [Some(STAGE), None] {
            let entry = StageEntry {
                application: APPLICATION,
                stage,
            };
            let tests = tests();
            let place = |may_lag| place(&tests, &entry, read.as_ref(), may_lag);
            let expected = match reason.clone() {
                None => Ok(Placed {
                    test: &tests[0],
                    candidate: CANDIDATE,
                }),
                Some(reason) => Err(Held::Skip(reason)),
            };
            assert_eq!(place(false), expected, "{read:?}");
            let early = expected.map_err(|_| Held::Wait);
            assert_eq!(place(true), early, "{read:?}");
        }
    }
    // The reported stage decides, even if another mapped stage was entered since.
    let later = seen(|seen| {
        seen.stage = Some(Stage::new(Some(StageId::new(21)), None));
        seen.job = Some(JobId::new(2));
    });
    let entry = StageEntry {
        application: APPLICATION,
        stage: Some(STAGE),
    };
    let left = place(&tests(), &entry, later.as_ref(), false).map(|_| ());
    assert_eq!(left, Err(Held::Skip(SkipReason::Left)));
    let removed = place(&tests()[1..], &entry, later.as_ref(), true).map(|_| ());
    assert_eq!(removed, Err(Held::Skip(SkipReason::NotMapped)));
}

#[test]
fn only_a_public_candidate_with_an_address_is_invited() {
    let seen = |is_private, addresses, has_valid_address| {
        Some(PersonSeen {
            is_private,
            addresses,
            has_valid_address,
        })
    };
    for (read, may_lag, expected) in [
        (seen(false, 2, true), false, Ok(())),
        (seen(false, 1, true), true, Ok(())),
        (
            seen(true, 1, true),
            true,
            Err(Held::Skip(SkipReason::Private)),
        ),
        (
            seen(false, 0, false),
            true,
            Err(Held::Skip(SkipReason::NoAddress)),
        ),
        (
            seen(false, 1, false),
            false,
            Err(Held::Skip(SkipReason::InvalidAddress)),
        ),
        (None, true, Err(Held::Wait)),
        (None, false, Err(Held::Skip(SkipReason::CandidateNotListed))),
    ] {
        assert_eq!(person(read, may_lag), expected, "{read:?}");
    }
}

/// A small Greenhouse with two applications of one candidate, on two jobs whose stages have the
/// same test.
#[derive(Default)]
struct World {
    stages: BTreeMap<ApplicationId, StageId>,
    /// Stored invitations by application and stage, and whether each is open.
    sent: BTreeMap<(ApplicationId, StageId), bool>,
    /// Number of tests that the product was asked to send for each application and stage.
    asked: BTreeMap<(ApplicationId, StageId), u32>,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Moves an application, and stores the webhook's task.
    Move(ApplicationId, StageId),
    /// Runs the task of this entry, perhaps late, or again after a repeated webhook.
    Run(ApplicationId, StageId),
    /// The candidate completes every open test.
    Complete,
}

impl World {
    fn step(&mut self, step: Step) {
        match step {
            Step::Move(application, stage) => {
                self.stages.insert(application, stage);
            }
            Step::Run(application, stage) => self.run(application, stage),
            Step::Complete => self.sent.values_mut().for_each(|is_open| *is_open = false),
        }
    }

    fn run(&mut self, application: ApplicationId, stage: StageId) {
        let job = |stage: StageId| JobId::new(stage.value() / 10);
        let mut seen = ApplicationSnapshot::new(application, ApplicationStatus::Active);
        let at = self.stages.get(&application).copied();
        seen.candidate = Some(CANDIDATE);
        seen.stage = Some(Stage::new(at, None));
        seen.job = at.map(job);
        let entry = StageEntry {
            application,
            stage: Some(stage),
        };
        let tests = tests();
        let Ok(placed) = place(&tests, &entry, Some(&seen), false) else {
            return;
        };
        let key = (application, placed.test.stage);
        let own = self.sent.get(&key).map(|_| Invited::Sent);
        let others: Vec<EarlierTest> = self
            .sent
            .iter()
            .filter(|(other, _)| **other != key)
            .map(|(_, is_open)| EarlierTest {
                scenario: ScenarioId::new("logic"),
                is_open: *is_open,
            })
            .collect();
        if earlier(placed.test, own, &others).is_ok() {
            assert!(
                !self.sent.values().any(|is_open| *is_open),
                "two open tests"
            );
            self.sent.insert(key, true);
            *self.asked.entry(key).or_default() += 1;
        }
    }
}

/// Runs every sequence of six steps: moves, late and repeated webhooks, and completions.
#[test]
fn an_application_receives_the_test_of_a_stage_at_most_once() {
    let other = ApplicationId::new(8);
    let steps = [
        Step::Move(APPLICATION, STAGE),
        Step::Move(APPLICATION, StageId::new(12)),
        Step::Run(APPLICATION, STAGE),
        Step::Move(other, StageId::new(21)),
        Step::Run(other, StageId::new(21)),
        Step::Complete,
    ];
    let (mut most, mut sent) = (0, 0);
    for number in 0..6usize.pow(6) {
        let mut world = World::default();
        let mut rest = number;
        for _ in 0..6 {
            world.step(steps[rest % 6]);
            rest /= 6;
        }
        most = most.max(world.asked.values().copied().max().unwrap_or_default());
        sent = sent.max(world.asked.len());
    }
    assert_eq!((most, sent), (1, 2));
}

#[test]
fn a_refused_test_can_be_sent_again() {
    let test = &tests()[0];
    let open = EarlierTest {
        scenario: ScenarioId::new("logic"),
        is_open: true,
    };
    let ended = EarlierTest {
        is_open: false,
        ..open.clone()
    };
    let another = EarlierTest {
        scenario: ScenarioId::new("writing"),
        ..open.clone()
    };
    let has_test = Err(SkipReason::HasTest);
    for (own, others, expected) in [
        (None, vec![], Ok(())),
        (Some(Invited::Refused), vec![], Ok(())),
        (Some(Invited::Sent), vec![], Err(SkipReason::AlreadySent)),
        (None, vec![ended, another], Ok(())),
        (None, vec![open.clone()], has_test.clone()),
        (Some(Invited::Refused), vec![open], has_test),
    ] {
        assert_eq!(earlier(test, own, &others), expected, "{own:?} {others:?}");
    }
}
