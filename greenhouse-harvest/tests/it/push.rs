use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, AssessmentId, Background, CandidateId, Clock, HookKey, InvitationId, ScenarioId,
    health::CheckState,
    operator::OperatorPart,
    platform::AssessmentState,
    scorecard::Score,
    settings::SyncSettings,
    store::{
        Applied, Changes, Housekeeping, Invitation, InvitedPerson, LogStatus, Purge, Records,
        RequestKey, StoreWriter, TaskKind, TaskQueue, Write,
    },
    trigger::Trigger,
};
use greenhouse_harvest::{PushConfig, PushRefusal};
use serde_json::json;

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB, STAGE},
    start,
    world::{World, WorldOptions, with_fields},
};

#[tokio::test]
async fn a_new_push_sends_four_requests_and_a_repeat_none() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(
        world.greenhouse.asked(),
        [
            "GET /v3/candidates",
            "POST /v3/candidates",
            "POST /v3/attachments",
            "POST /v3/notes"
        ]
    );
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 1]);

    let link = world
        .store
        .link(&world.account, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(Some(link.candidate), view.candidate);
    assert_eq!(Some(link.application), view.application);
    let (candidate, application) = (link.candidate, link.application);
    assert_eq!(
        world.log().await,
        [(
            LogStatus::Done,
            format!(
                "Pushed: candidate {candidate}, application {application}, recommendation Yes (72), scorecard as a note \
                 (the credential lacks the scope harvest:scorecards:create)."
            )
        )]
    );
    world.greenhouse.with(|state| {
        assert_eq!(state.attachments[0]["type"], "other");
        assert_eq!(state.notes[0]["visibility"], "private");
        let note = state.notes[0]["body"].as_str().unwrap();
        assert!(note.contains("Overall: Yes (72 of 100)"), "{note}");
        let report = "Full report: https://product.example/api/greenhouse/report/a-1?token=";
        assert!(note.contains(report), "{note}");
        let name = state.attachments[0]["filename"].as_str().unwrap();
        assert!(name.starts_with("assessment-") && name.len() > 20);
    });

    assert_eq!(world.pushed(&id).await, view);
    world.changed(&id).await;
    assert_eq!(world.greenhouse.asked(), [""; 0]);
}

#[tokio::test]
async fn a_push_sends_five_requests_if_the_application_is_created_separately_or_not_returned() {
    for (config, flat, asked) in [
        (separate(), false, "POST /v3/applications"),
        (PushConfig::default(), true, "GET /v3/applications"),
    ] {
        let world = World::with(WorldOptions {
            config,
            ..WorldOptions::default()
        })
        .await;
        world.greenhouse.with(|state| state.flat = flat);
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        let requests = world.greenhouse.asked();
        assert_eq!(requests.len(), 5);
        assert_eq!(requests[2], asked);
        assert_eq!(world.greenhouse.counts(), [1, 1, 1, 1]);
    }
}

fn separate() -> PushConfig {
    let mut config = PushConfig::default();
    config.stage_with_candidate = false;
    config
}

#[tokio::test]
async fn an_existing_person_gets_no_second_candidate_and_no_second_application() {
    for (existing, applications) in [(None, 1), (Some(JOB), 1), (Some(1), 2)] {
        let world = World::new().await;
        let candidate = world.greenhouse.with(|state| {
            let candidate = state.add_candidate(&EMAIL.to_uppercase());
            if let Some(job) = existing {
                state.add_application(candidate, job, "in_process");
            }
            candidate
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        assert_eq!(view.candidate, Some(CandidateId::new(candidate)));
        assert_eq!(world.greenhouse.counts(), [1, applications, 1, 1]);
    }
}

#[tokio::test]
async fn an_application_for_a_hidden_job_is_not_treated_as_absent() {
    let world = World::new().await;
    world.greenhouse.with(|state| {
        state.add_candidate(EMAIL);
        state.jobs.clear();
    });
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.error.unwrap().code, "job_hidden");
    assert_eq!(world.greenhouse.counts(), [1, 0, 0, 0]);

    let job = json!({"id": JOB, "name": "Account Executive", "status": "open"});
    world.greenhouse.with(|state| state.jobs.push(job));
    let view = world.pushed(&AssessmentId::new("a-1")).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(world.greenhouse.counts(), [1, 1, 1, 1]);
}

#[tokio::test]
async fn two_assessments_of_one_person_are_one_candidate() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    let second = world.assessed_as("a-2", |assessment| {
        assessment.person.email = Some(EMAIL.to_uppercase());
    });
    let second = world.pushed(&second).await;
    assert_eq!(second.state, "done", "{second:?}");
    assert_eq!(second.candidate, first.candidate);
    assert_eq!(second.application, first.application);
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn several_matches_are_listed_and_a_person_chooses() {
    let world = World::new().await;
    let (one, two) = world
        .greenhouse
        .with(|state| (state.add_candidate(EMAIL), state.add_candidate(EMAIL)));
    world.assessed("a-1");
    let (status, _, body) = world.operator("POST", "push/a-1", "").await;
    assert_eq!((status, &body["state"]), (200, &json!("failed")));
    assert_eq!(body["error"]["code"], "several_candidates");
    assert_eq!(body["error"]["candidates"], json!([one, two]));
    assert_eq!(world.greenhouse.counts(), [2, 0, 0, 0]);
    let log = world.log().await;
    assert_eq!(log[0].0, LogStatus::Failed);
    assert!(log[0].1.contains(&one.to_string()) && log[0].1.contains(&two.to_string()));

    let (_, _, body) = world
        .operator("POST", "push/a-1", r#"{"candidate_id": 5}"#)
        .await;
    assert_eq!(body["error"]["code"], "choice_not_found");
    assert_eq!(body["error"]["candidates"], json!([one, two]));
    let (_, _, entry) = world.operator("GET", "sync-log/1", "").await;
    assert_eq!(
        (&entry["retry"], &entry["candidates"]),
        (&json!(true), &json!([one, two]))
    );
    let chosen = json!({"candidate_id": two}).to_string();
    let (_, _, body) = world.operator("POST", "sync-log/1/retry", &chosen).await;
    assert_eq!(
        (&body["state"], &body["candidate"]),
        (&json!("done"), &json!(two))
    );
    assert_eq!(world.greenhouse.counts(), [2, 1, 1, 1]);
    let (_, _, entry) = world.operator("GET", "sync-log/1", "").await;
    assert_eq!(entry.get("candidates"), None);
}

#[tokio::test]
async fn an_unusable_choice_is_refused() {
    let world = World::new().await;
    let first = world.pushed(&world.assessed("a-1")).await;
    world.assessed("a-2");
    let choice = r#"{"candidate_id": 5}"#;
    let (_, _, body) = world.operator("POST", "push/a-2", choice).await;
    assert_eq!(body["error"]["code"], "already_placed");
    let (_, _, body) = world.operator("POST", "push/a-2", "").await;
    assert_eq!(body["state"], "done");
    assert_eq!(body["candidate"], json!(first.candidate));
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_closed_application_receives_nothing() {
    for (status, code) in [
        ("rejected", "application_rejected"),
        ("hired", "application_hired"),
    ] {
        let world = World::new().await;
        world.greenhouse.with(|state| {
            let candidate = state.add_candidate(EMAIL);
            state.add_application(candidate, JOB, status);
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.error.unwrap().code, code);
        assert_eq!(world.greenhouse.counts(), [1, 1, 0, 0]);
        assert!(world.log().await[0].1.contains(status));
    }
}

#[tokio::test]
async fn a_user_who_cannot_see_candidates_creates_none() {
    let world = World::new().await;
    world
        .greenhouse
        .with(|state| state.role = Some("job_admin"));
    let view = world.pushed(&world.assessed("a-1")).await;
    assert_eq!(view.error.unwrap().code, "reader_blind");
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    assert!(world.log().await[0].1.contains("Site Admin"));

    // A match counts even if the user cannot see everything.
    world.greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
    });
    let (status, _, body) = world.operator("POST", "sync-log/1/retry", "").await;
    assert_eq!((status, &body["state"]), (200, &json!("done")));
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn an_invalid_push_is_refused_and_writes_nothing() {
    let world = World::new().await;
    world.assessed_as("running", |it| it.state = AssessmentState::Started);
    world.assessed_as("no-email", |it| it.person.email = Some("  ".to_owned()));
    world.assessed_as("no-job", |it| it.job = None);
    world.assessed_as("no-name", |it| {
        it.person.first_name.clear();
        it.person.last_name.clear();
    });
    for (id, status, code) in [
        ("strange", 404, "not_found"),
        ("running", 409, "not_completed"),
        ("no-email", 422, "no_email"),
        ("no-job", 422, "no_mapping"),
        ("no-name", 422, "no_name"),
    ] {
        let (found, _, body) = world.operator("POST", &format!("push/{id}"), "").await;
        assert_eq!((found, &body["error"]["code"]), (status, &json!(code)));
    }
    let (status, _, _) = world
        .operator("POST", "push/a", r#"{"candidate": 1}"#)
        .await;
    assert_eq!(status, 422);
    assert_eq!(world.operator("PUT", "push/a", "").await.0, 405);
    assert_eq!(world.log().await.len(), 0);
    assert_eq!(world.greenhouse.asked(), [""; 0]);
}

#[tokio::test]
async fn an_assessment_without_a_score_is_pushed_as_completed() {
    let world = World::with(with_fields()).await;
    world.greenhouse.with(|state| state.define_fields());
    let id = world.assessed_as("a-1", |it| it.score = None);
    assert_eq!(world.pushed(&id).await.state, "done");
    let (_, text) = world.log().await.remove(0);
    assert!(text.contains(", completed without a score, "), "{text}");
    let note = world
        .greenhouse
        .with(|state| state.notes[0]["body"].to_string());
    assert!(note.contains("Overall: Completed"), "{note}");
    assert!(!note.contains("of 100"), "{note}");
}

#[tokio::test]
async fn one_name_is_enough() {
    let world = World::new().await;
    let id = world.assessed_as("a-1", |it| it.person.last_name.clear());
    assert_eq!(world.pushed(&id).await.state, "done");
    let requests = world.greenhouse.server().received_requests().await.unwrap();
    let created = requests
        .iter()
        .find(|request| request.method == "POST" && request.url.path() == "/v3/candidates")
        .unwrap();
    let body: serde_json::Value = created.body_json().unwrap();
    assert_eq!(
        (&body["first_name"], &body["last_name"]),
        (&json!("Mira"), &json!("-"))
    );
    assert_eq!(
        body["application"],
        json!({"job_id": JOB, "initial_stage_id": STAGE})
    );
}

#[tokio::test]
async fn two_requests_run_one_push() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    let views = tokio::join!(world.pushed(&id), world.pushed(&id), world.pushed(&id));
    assert_eq!(views.0.state, "done");
    assert_eq!((&views.0, &views.0), (&views.1, &views.2));
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

#[tokio::test]
async fn many_requests_on_two_hosts_for_two_assessments_create_one_person() {
    let world = World::new().await;
    world.stop();
    let hosts = [world.push.clone(), world.another_host()];
    let clicks: Vec<_> = (0..20)
        .map(|at| {
            let id = world.assessed(["a-1", "a-2"][at % 2]);
            let (host, account) = (hosts[at % 3 % 2].clone(), world.account.clone());
            tokio::spawn(async move { host.request(&account, &id, None).await })
        })
        .collect();
    while !clicks.iter().all(|click| click.is_finished()) {
        let (left, right) = tokio::join!(hosts[0].run_due(1), hosts[1].run_due(1));
        left.and(right).unwrap();
        world.clock.advance(Duration::from_millis(100));
        tokio::task::yield_now().await;
    }
    for click in clicks {
        click.await.unwrap().unwrap();
    }
    while let Some(due) = hosts[0].run_due(10).await.unwrap() {
        world
            .clock
            .advance((due - world.clock.now()).to_std().unwrap_or_default());
    }
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
    let log = world.log().await;
    assert!(
        log.iter().all(|(status, _)| *status == LogStatus::Done),
        "{log:?}"
    );
    assert_eq!(log.len(), 2);
}

#[tokio::test]
async fn a_push_that_outlasts_the_request_is_reported_as_running() {
    let world = World::new().await;
    world.stop();
    let id = world.assessed("a-1");
    let view = world.pushed_while_time_passes(&id).await;
    assert_eq!(view.state, "queued");
}

#[tokio::test]
async fn the_trigger_decides_once_and_never_retries() {
    let minimum = Score::new(70.0).unwrap();
    let world = World::with(WorldOptions {
        trigger: Trigger::OnScore {
            minimum,
            inclusive: true,
        },
        ..WorldOptions::default()
    })
    .await;
    let low = world.assessed_as("low", |it| it.score = Some(Score::new(69.5).unwrap()));
    world.changed(&low).await;
    world.changed(&low).await;
    assert_eq!(
        world.log().await,
        [(
            LogStatus::Skipped,
            "Not pushed: score 69.5 is below the minimum of 70.".to_owned()
        )]
    );
    assert_eq!(world.greenhouse.asked(), [""; 0]);

    world.greenhouse.fail("POST /v3/candidates", Fault::Refused);
    let high = world.assessed("high");
    world.changed(&high).await;
    assert_eq!(world.log().await[0].0, LogStatus::Failed);
    assert_eq!(world.greenhouse.counts(), [0; 4]);
    world.greenhouse.asked();
    world.changed(&high).await;
    assert_eq!(world.greenhouse.asked(), [""; 0]);

    assert_eq!(world.pushed(&high).await.state, "done");
    assert_eq!(world.pushed(&low).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1, 1, 2, 2]);
}

/// The decision outlives the sync log.
#[tokio::test]
async fn the_trigger_does_not_decide_again_after_the_log_is_purged() {
    let minimum = Score::new(70.0).unwrap();
    let world = World::with(WorldOptions {
        trigger: Trigger::OnScore {
            minimum,
            inclusive: true,
        },
        ..WorldOptions::default()
    })
    .await;
    let low = world.assessed_as("low", |it| it.score = Some(Score::new(69.5).unwrap()));
    let high = world.assessed("high");
    for id in [&low, &high] {
        world.changed(id).await;
    }
    let purged = world
        .store
        .purge(Purge::LogEntries, DateTime::<Utc>::MAX_UTC, 9);
    assert_eq!(purged.await.unwrap(), 2);
    // The product reports them again, and the first one has a better score now.
    world.assessed("low");
    for id in [&low, &high] {
        world.changed(id).await;
    }
    assert_eq!(world.log().await, []);
    for (id, pushes, code) in [
        (&low, false, "trigger_below_minimum"),
        (&high, true, "push_triggered"),
    ] {
        let decided = world.store.trigger_decision(&world.account, id).await;
        let decided = decided.unwrap().unwrap();
        assert_eq!((decided.pushes, decided.reason.code()), (pushes, code));
    }
    assert_eq!(world.pushed(&low).await.state, "done", "by a person");
}

#[tokio::test]
async fn a_skip_does_not_hide_a_concurrent_push_by_a_person() {
    let world = World::with(WorldOptions {
        trigger: Trigger::OnScore {
            minimum: Score::new(90.0).unwrap(),
            inclusive: true,
        },
        ..WorldOptions::default()
    })
    .await;
    world.stop();
    let id = world.assessed("a-1");
    let both = async {
        tokio::join!(
            world.push.assessment_changed(&world.account, &id),
            world.pushed_while_time_passes(&id),
        )
    };
    let (changed, view) = both.await;
    changed.unwrap();
    assert_eq!(view.state, "queued");
    let log = world.log().await;
    assert_eq!((log.len(), log[0].0), (1, LogStatus::Pending), "{log:?}");
}

#[tokio::test]
async fn an_invited_person_is_pushed_manually_and_without_a_mapping() {
    let world = World::with(WorldOptions {
        trigger: Trigger::OnComplete,
        ..WorldOptions::default()
    })
    .await;
    let (candidate, application) = world.greenhouse.with(|state| {
        let candidate = state.add_candidate("other@example.org");
        (
            candidate,
            state.add_application(candidate, 77, "in_process"),
        )
    });
    let id = world.assessed_as("a-1", |it| it.job = None);
    invited(&world, &id, candidate, application).await;

    world.changed(&id).await;
    assert_eq!(world.log().await[0].0, LogStatus::Skipped);
    assert_eq!(world.greenhouse.asked(), [""; 0]);
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(view.application.unwrap().value(), application);
    assert_eq!(world.greenhouse.counts(), [1; 4]);
    let push = world.store.push(&world.account, &id).await.unwrap();
    assert_eq!(push.unwrap().candidate.unwrap().value(), candidate);
}

async fn invited(world: &World, id: &AssessmentId, candidate: i64, application: i64) {
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", EMAIL),
        start(),
    );
    invitation.assessment = Some(id.clone());
    invitation.candidate = Some(CandidateId::new(candidate));
    invitation.application = Some(ApplicationId::new(application));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    let applied = world.store.apply(&world.account, changes).await.unwrap();
    assert_eq!(applied, Applied::Applied);
}

#[tokio::test]
async fn an_unavailable_product_is_distinguished() {
    let world = World::new().await;
    let id = world.assessed("a-1");
    world.platform.set_down(true);
    let refused = world.push.request(&world.account, &id, None).await;
    assert!(matches!(refused, Err(PushRefusal::Platform(_))));
    assert_eq!(world.operator("POST", "push/a-1", "").await.0, 503);
}

/// A webhook can arrive before the commit of the link and is then ignored. A host that receives
/// webhooks must replay such webhooks.
#[tokio::test]
async fn a_new_link_requests_a_replay_on_hosts_with_webhooks() {
    for comes_in in [false, true] {
        let world = World::new().await;
        if comes_in {
            let record = world.store.account(&world.account).await.unwrap();
            let mut record = record.unwrap();
            let hook = HookKey::new("0123456789abcdef");
            let sync = SyncSettings::new(hook, vec!["hook secret".into()]).unwrap();
            record.settings.sync = Some(sync);
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(record));
            let applied = world.store.apply(&world.account, changes).await;
            assert_eq!(applied.unwrap(), Applied::Applied);
        }
        let id = world.assessed("a-1");
        let view = world.pushed(&id).await;
        assert_eq!(view.state, "done", "{view:?}");
        let kinds = [TaskKind::ReplayIgnored];
        let backlog = world.store.backlog(&world.account, &kinds).await.unwrap();
        assert_eq!(backlog.count, u64::from(comes_in));

        // No host runs this task here, and health reports it after 15 minutes.
        for (wait, state) in [(900, CheckState::Ok), (1, CheckState::Warning)] {
            world.clock.advance(Duration::from_secs(wait));
            let checks = world.push.checks(&world.account).await;
            let found = checks.iter().find(|check| check.name == "push_look_back");
            assert_eq!(found.map(|check| check.state), comes_in.then_some(state));
        }
    }
}
