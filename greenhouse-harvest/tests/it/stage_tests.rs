//! Tests by stage: a task reads the application that entered a stage, and invites its candidate
//! once.

use std::time::Duration;

use greenhouse_core::{
    ApplicationId, Background, CandidateId, Clock, HookKey, JobId, ScenarioId, StageId,
    health::CheckState,
    platform::Scenario,
    settings::{AccountSettings, PushSettings, SyncSettings},
    stage_test::StageTest,
    store::{
        Applied, CandidateHistory, Changes, DueTask, Housekeeping, Invitation, InvitationState,
        LastSeen, LogStatus, PushState, Records, Task, TaskKind, TaskQueue, Write,
    },
    testing::NextApply,
};
use serde_json::{Value, json};

use crate::support::{
    greenhouse::{Fault, JOB, STAGE, destinations::LATER_STAGE},
    world::{World, WorldOptions, add_rules},
};

fn with_test(settings: &mut PushSettings) {
    let scenario = ScenarioId::new("logic");
    let (job, stage) = (JobId::new(JOB), StageId::new(STAGE));
    settings.stage_tests = vec![StageTest::new(job, stage, scenario)];
}

/// A world with one application at the stage. Returns its candidate and its id.
fn world() -> (World, CandidateId, ApplicationId) {
    let world = World::in_process(WorldOptions {
        settings: with_test,
        ..WorldOptions::default()
    });
    let (candidate, application) = applied(&world, "Ada@Example.org");
    (world, candidate, application)
}

fn applied(world: &World, email: &str) -> (CandidateId, ApplicationId) {
    world.greenhouse.with(|state| {
        let candidate = state.add_candidate(email);
        let application = state.add_application(candidate, JOB, "in_process");
        state.candidates.last_mut().unwrap()["preferred_name"] = json!("Mimi");
        (candidate.into(), application.into())
    })
}

/// Stores the task of a webhook.
async fn entered(world: &World, application: ApplicationId, stage: Option<i64>) {
    let stage = stage.map(StageId::new);
    let task = Task::StageTest { application, stage };
    let mut changes = Changes::none();
    changes.due.push(DueTask::new(task, world.clock.now()));
    world.apply(changes).await;
}

async fn run(world: &World) {
    let run = world.push.run_due(10);
    world.while_time_passes(run).await.unwrap();
}

/// Runs the host until no test waits, at most for this number of attempts.
async fn settle(world: &World, attempts: usize) {
    for _ in 0..attempts {
        run(world).await;
        match world.store.next_due(&[TaskKind::StageTest]).await.unwrap() {
            None => return,
            Some(at) => {
                let wait = at - world.clock.now();
                world.clock.advance(wait.to_std().unwrap_or_default());
            }
        }
    }
    panic!("the test still waits");
}

async fn invitations(world: &World, candidate: CandidateId) -> Vec<Invitation> {
    let found = world
        .store
        .invitations_of_candidate(&world.account, candidate);
    found.await.unwrap()
}

async fn invites(world: &World) -> u64 {
    let backlog = world.store.backlog(&world.account, &[TaskKind::Invite]);
    backlog.await.unwrap().count
}

async fn change(world: &World, change: impl FnOnce(&mut AccountSettings)) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    change(&mut record.settings);
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    world.apply(changes).await;
}

#[tokio::test]
async fn the_candidate_is_invited_as_greenhouse_knows_the_person() {
    for stage in [Some(STAGE), None] {
        let (world, candidate, application) = world();
        entered(&world, application, stage).await;
        run(&world).await;
        let sent = invitations(&world, candidate).await;
        assert_eq!(sent.len(), 1);
        let invitation = &sent[0];
        assert_eq!(invitation.application, Some(application));
        assert_eq!(invitation.stage, Some(StageId::new(STAGE)));
        assert_eq!(invitation.scenario, ScenarioId::new("logic"));
        assert_eq!(invitation.state, InvitationState::Received);
        let person = &invitation.person;
        assert_eq!(person.first_name.as_deref(), Some("Mira"));
        assert_eq!(person.last_name.as_deref(), Some("Okafor"));
        assert_eq!(person.email.as_deref(), Some("Ada@Example.org"));
        assert_eq!(person.more["candidate"]["preferred_name"], "Mimi");
        assert_eq!(invites(&world).await, 1);
        let log = world.log().await;
        assert_eq!((log.len(), log[0].0), (1, LogStatus::Done), "{log:?}");
        assert!(log[0].1.contains("Application Review"), "{log:?}");
        let asked = world.greenhouse.asked();
        assert_eq!(asked, ["GET /v3/applications", "GET /v3/candidates"]);
    }
}

#[tokio::test]
async fn repeated_webhooks_hosts_and_conflicts_invite_once() {
    let (world, candidate, application) = world();
    for _ in 0..3 {
        entered(&world, application, Some(STAGE)).await;
    }
    world
        .failing_store
        .next_applies([NextApply::Returns(Applied::Conflict)]);
    let other = world.another_host();
    let both = async { tokio::join!(world.push.run_due(10), other.run_due(10)) };
    let (one, two) = world.while_time_passes(both).await;
    one.and(two).unwrap();
    settle(&world, 5).await;
    assert_eq!(invitations(&world, candidate).await.len(), 1);
    assert_eq!(invites(&world).await, 1);
    let log = world.log().await;
    let sent = log.iter().filter(|(status, _)| *status == LogStatus::Done);
    assert_eq!((log.len(), sent.count()), (3, 1), "{log:?}");

    // The application leaves the stage and enters it again.
    world.advance(3600);
    entered(&world, application, Some(STAGE)).await;
    settle(&world, 2).await;
    assert_eq!(invitations(&world, candidate).await.len(), 1);
    let again = &world.log().await[0];
    assert_eq!(again.0, LogStatus::Skipped);
    assert!(again.1.contains("received it before"), "{again:?}");
}

#[tokio::test]
async fn two_applications_of_a_person_have_one_open_test() {
    let (world, candidate, application) = world();
    let second = world.greenhouse.with(|state| {
        let id = state.add_application(candidate.value(), JOB, "in_process");
        ApplicationId::new(id)
    });
    entered(&world, application, Some(STAGE)).await;
    entered(&world, second, Some(STAGE)).await;
    settle(&world, 5).await;
    let sent = invitations(&world, candidate).await;
    assert_eq!(sent.len(), 1);
    let log = world.log().await;
    let skipped = log.iter().find(|(status, _)| *status == LogStatus::Skipped);
    assert!(skipped.unwrap().1.contains("already has this test"));

    // Once that test has ended, the other application can enter the stage again.
    let mut ended = sent[0].clone();
    ended.state = InvitationState::Completed;
    let other = match ended.application == Some(application) {
        true => second,
        false => application,
    };
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(ended));
    world.apply(changes).await;
    entered(&world, other, Some(STAGE)).await;
    settle(&world, 5).await;
    assert_eq!(invitations(&world, candidate).await.len(), 2);
}

#[tokio::test]
async fn a_candidate_who_cannot_be_invited_is_skipped_with_the_reason() {
    type Change = fn(&mut Value, &mut Value);
    let cases: [(Change, &str); 9] = [
        (|_, person| person["private"] = json!(true), "is private"),
        (
            |_, person| person["email_addresses"] = json!([]),
            "has no email address",
        ),
        (
            |_, person| person["email_addresses"] = json!([{"value": "ada@", "type": "personal"}]),
            "is valid",
        ),
        (
            |application, _| application["status"] = json!("rejected"),
            "no longer active (rejected)",
        ),
        (
            |application, _| application["status"] = json!("hired"),
            "no longer active (hired)",
        ),
        (
            |application, _| application["job_interview_stage_id"] = json!(LATER_STAGE),
            "has left the stage",
        ),
        (
            |application, _| application["job_id"] = json!(JOB + 1),
            "has left the stage",
        ),
        (
            |application, _| application["id"] = json!(1),
            "does not list the application",
        ),
        (
            |_, person| person["id"] = json!(1),
            "does not list the candidate",
        ),
    ];
    for (change, reason) in cases {
        let (world, candidate, application) = world();
        world.greenhouse.with(|state| {
            change(&mut state.applications[0], &mut state.candidates[0]);
        });
        entered(&world, application, Some(STAGE)).await;
        settle(&world, 3).await;
        let log = world.log().await;
        assert_eq!((log.len(), log[0].0), (1, LogStatus::Skipped), "{log:?}");
        assert!(log[0].1.contains(reason), "{log:?}");
        assert_eq!(invitations(&world, candidate).await, []);
        assert_eq!(invites(&world).await, 0);
    }
}

#[tokio::test]
async fn a_test_that_was_switched_off_meanwhile_is_skipped() {
    for (change_settings, reason) in [
        (
            (|settings| settings.push.as_mut().unwrap().enabled = false)
                as fn(&mut AccountSettings),
            "push is switched off",
        ),
        (
            |settings| settings.push.as_mut().unwrap().stage_tests.clear(),
            "removed from the settings",
        ),
    ] {
        let (world, candidate, application) = world();
        entered(&world, application, Some(STAGE)).await;
        change(&world, change_settings).await;
        run(&world).await;
        let log = world.log().await;
        assert_eq!((log.len(), log[0].0), (1, LogStatus::Skipped), "{log:?}");
        assert!(log[0].1.contains(reason), "{log:?}");
        assert_eq!(invitations(&world, candidate).await, []);
        assert_eq!(world.greenhouse.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn a_reading_that_lags_behind_the_webhook_is_repeated() {
    let (world, candidate, application) = world();
    world.greenhouse.with(|state| {
        state.applications[0]["job_interview_stage_id"] = json!(LATER_STAGE);
    });
    entered(&world, application, Some(STAGE)).await;
    run(&world).await;
    assert_eq!(world.log().await, []);
    world.greenhouse.with(|state| {
        state.applications[0]["job_interview_stage_id"] = json!(STAGE);
    });
    settle(&world, 2).await;
    assert_eq!(invitations(&world, candidate).await.len(), 1);
}

/// Rows before mid-2026 have no stage of the interview plan.
#[tokio::test]
async fn the_stage_is_read_from_its_own_list_if_the_row_lacks_it() {
    let (world, candidate, application) = world();
    entered(&world, application, Some(STAGE)).await;
    let stage = world.greenhouse.with(|state| {
        let row = state.applications[0].as_object_mut().unwrap();
        row.remove("stage_name");
        row.remove("job_interview_stage_id")
    });
    assert_eq!(stage, Some(json!(STAGE)));
    run(&world).await;
    let asked = world.greenhouse.asked();
    assert_eq!(
        asked,
        ["GET /v3/applications", "GET /v3/application_stages"]
    );
    assert_eq!(invitations(&world, candidate).await, []);
}

#[tokio::test]
async fn a_failed_read_is_repeated_and_the_candidate_invited_once() {
    for kind in ["GET /v3/applications", "GET /v3/candidates", "POST /token"] {
        for fault in [
            Fault::NotApplied,
            Fault::Limited,
            Fault::Forbidden,
            Fault::Refused,
            Fault::Reset,
        ] {
            let (world, candidate, application) = world();
            for _ in 0..6 {
                world.greenhouse.fail(kind, fault);
            }
            entered(&world, application, Some(STAGE)).await;
            run(&world).await;
            settle(&world, 20).await;
            assert_eq!(invitations(&world, candidate).await.len(), 1, "{kind}");
            assert_eq!(invites(&world).await, 1);
            let log = world.log().await;
            assert_eq!((log.len(), log[0].0), (1, LogStatus::Done), "{log:?}");
        }
    }
}

#[tokio::test]
async fn a_test_that_waits_says_why_and_fails_after_three_days() {
    let (world, candidate, application) = world();
    for _ in 0..1000 {
        let kind = "GET /v3/applications";
        world.greenhouse.fail(kind, Fault::Forbidden);
    }
    entered(&world, application, Some(STAGE)).await;
    run(&world).await;
    let log = world.log().await;
    assert_eq!((log.len(), log[0].0), (1, LogStatus::Pending), "{log:?}");
    assert!(log[0].1.contains("Could not read the application"));
    let begun = world.clock.now();
    settle(&world, 300).await;
    let log = world.log().await;
    assert_eq!((log.len(), log[0].0), (1, LogStatus::Failed), "{log:?}");
    assert!(log[0].1.contains("within 3 days"), "{log:?}");
    assert!((world.clock.now() - begun).num_hours() > 70);
    assert_eq!(invitations(&world, candidate).await, []);
}

/// Greenhouse may still return what was just erased, merged or deleted.
#[tokio::test]
async fn a_candidate_who_was_just_changed_is_read_again_later() {
    for note in [
        (|history| history.deleted_at = Some(history.noted_at)) as fn(&mut CandidateHistory),
        |history| history.merged_into = Some(CandidateId::new(5)),
        |history| history.anonymize(None, history.noted_at),
    ] {
        let (world, candidate, application) = world();
        let mut history = CandidateHistory::new(candidate, world.clock.now());
        note(&mut history);
        let mut changes = Changes::none();
        changes.histories.push(Write::Put(history));
        world.apply(changes).await;
        entered(&world, application, Some(STAGE)).await;
        run(&world).await;
        assert_eq!(invitations(&world, candidate).await, []);
        world.greenhouse.with(|state| state.candidates.clear());
        settle(&world, 3).await;
        assert_eq!(invitations(&world, candidate).await, []);
        assert!(
            world.log().await[0]
                .1
                .contains("does not list the candidate")
        );
    }
}

#[tokio::test]
async fn a_test_that_the_product_refused_is_sent_again_when_the_stage_is_entered_again() {
    let (world, candidate, application) = world();
    entered(&world, application, Some(STAGE)).await;
    settle(&world, 2).await;
    let mut refused = invitations(&world, candidate).await.remove(0);
    let id = refused.id.clone();
    refused.state = InvitationState::Refused;
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(refused));
    world.apply(changes).await;
    world.advance(600);
    entered(&world, application, Some(STAGE)).await;
    settle(&world, 2).await;
    let sent = invitations(&world, candidate).await;
    assert_eq!((sent.len(), &sent[0].id), (1, &id));
    assert_eq!(sent[0].state, InvitationState::Received);
    assert_eq!(sent[0].created_at, world.clock.now());
    assert_eq!(invites(&world).await, 2);
}

/// The result is pushed whatever the trigger and the results of tests that Greenhouse sent, and
/// rules act only in the stage whose test it is.
#[tokio::test]
async fn the_result_goes_to_the_application_and_rules_know_the_stage() {
    for (at, is_rejected) in [(STAGE, true), (LATER_STAGE, false)] {
        let world = World::with(WorldOptions {
            settings: |settings| {
                with_test(settings);
                add_rules(settings, 90.0);
                settings.rules.advance = None;
                assert!(!settings.invited_results);
            },
            ..WorldOptions::default()
        })
        .await;
        let (candidate, application) = applied(&world, "mira@example.org");
        let id = world.assessed("a-1");
        entered(&world, application, Some(STAGE)).await;
        for _ in 0..2000 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            world.push.run_due(10).await.unwrap();
            if !invitations(&world, candidate).await.is_empty() {
                break;
            }
        }
        let mut invitation = invitations(&world, candidate).await.remove(0);
        invitation.assessment = Some(id.clone());
        let mut changes = Changes::none();
        changes.invitations.push(Write::Put(invitation));
        world.apply(changes).await;
        // The recruiter moved the application at once, which the time alone does not show.
        world.greenhouse.with(|state| {
            state.applications[0]["job_interview_stage_id"] = json!(at);
        });
        world.changed(&id).await;
        let push = world.store.push(&world.account, &id).await.unwrap();
        let push = push.unwrap();
        assert_eq!(push.state, PushState::Done);
        assert_eq!(push.application, Some(application));
        assert_eq!(world.greenhouse.counts(), [1; 4]);
        let status = world
            .greenhouse
            .with(|state| state.applications[0]["status"].clone());
        let expected = if is_rejected {
            "rejected"
        } else {
            "in_process"
        };
        assert_eq!(status, expected);
        let decision = world.store.trigger_decision(&world.account, &id).await;
        assert!(decision.unwrap().unwrap().pushes);
    }
}

#[tokio::test]
async fn health_says_whether_tests_can_be_sent() {
    let (world, ..) = world();
    let check = async |name: &str| {
        let asked = world.operator("GET", "health", "");
        let checks = world.while_time_passes(asked).await.2;
        let checks = checks["checks"].as_array().unwrap().clone();
        let own = checks.into_iter().find(|check| check["name"] == name);
        own.map(|check| check["state"].as_str().unwrap().to_owned())
    };
    let local = async || {
        let checks = world.push.checks_of_store(&world.account).await;
        let own = checks
            .into_iter()
            .find(|check| check.name == "stage_test_webhooks");
        own.map(|check| check.state)
    };
    assert_eq!(local().await, Some(CheckState::Problem));
    change(&world, |settings| {
        let sync = SyncSettings::new(
            HookKey::new("0123456789abcdef"),
            vec!["a good secret".into()],
        );
        settings.sync = Some(sync.unwrap());
    })
    .await;
    assert_eq!(local().await, Some(CheckState::Warning));
    let hook = LastSeen::Hook("candidate_stage_change".to_owned());
    let (now, every) = (world.clock.now(), Duration::ZERO);
    let noted = world
        .store
        .note_last_seen(&world.account, &hook, now, every);
    noted.await.unwrap();
    assert_eq!(local().await, Some(CheckState::Ok));

    assert_eq!(check("stage_tests").await.as_deref(), Some("problem"));
    assert_eq!(
        check("stage_test_scenarios").await.as_deref(),
        Some("problem")
    );
    world.greenhouse.with(|state| state.plan_stages(JOB));
    let scenario = Scenario {
        id: ScenarioId::new("logic"),
        name: "Logic".to_owned(),
    };
    world.platform.add_scenario(&world.account, scenario);
    assert_eq!(check("stage_tests").await.as_deref(), Some("ok"));
    assert_eq!(check("stage_test_scenarios").await.as_deref(), Some("ok"));
    change(&world, |settings| {
        settings.push.as_mut().unwrap().stage_tests.clear();
    })
    .await;
    assert_eq!((check("stage_tests").await, local().await), (None, None));
}
