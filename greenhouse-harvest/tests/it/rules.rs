//! Rules by score: moves and rejections after a result was written.

use greenhouse_core::{
    ApplicationId, ApplicationStatus, AssessmentId, EmailTemplateId, InvitationId, ProductJobId,
    ScenarioId, Text,
    health::CheckState,
    rules::{RejectionMail, RuleMode},
    scorecard::Score,
    settings::PushSettings,
    store::{
        Changes, Invitation, InvitedPerson, JournalEntry, JournalMark, PushFailure, PushState,
        PushStep, Records, RequestKey, Write,
    },
};
use serde_json::{Value, json};

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB, STAGE, destinations::LATER_STAGE},
    start,
    world::{World, WorldOptions, add_rules, ruled},
};

async fn world(settings: fn(&mut PushSettings)) -> World {
    let world = World::with(WorldOptions {
        settings,
        ..WorldOptions::default()
    })
    .await;
    world.greenhouse.with(|state| state.plan_stages(JOB));
    world
}

fn application(world: &World) -> Value {
    world.greenhouse.with(|state| state.applications[0].clone())
}

/// Returns the rule's part of the log entry.
async fn told(world: &World) -> String {
    let log = world.log().await;
    let text = &log[0].1;
    let begins = ["A rule", "No rule", "Dry run"];
    let at = begins.iter().find_map(|begin| text.find(begin));
    at.map(|at| text[at..].to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn a_score_moves_or_rejects_a_pushed_candidate() {
    // The score of an assessment is 72.
    for (settings, stage, status, text) in [
        (
            (|settings| add_rules(settings, 72.0)) as fn(&mut PushSettings),
            LATER_STAGE,
            "in_process",
            "A rule moved the application to stage 5120077003, because of the score.",
        ),
        (
            |settings| add_rules(settings, 72.1),
            STAGE,
            "rejected",
            "A rule rejected the application, because of the score.",
        ),
        (
            |settings| {
                add_rules(settings, 72.0);
                settings.rules.mode = RuleMode::DryRun;
            },
            STAGE,
            "in_process",
            "Dry run: a rule would have moved the application to stage 5120077003.",
        ),
        (
            |settings| {
                add_rules(settings, 72.1);
                settings.rules.mode = RuleMode::DryRun;
            },
            STAGE,
            "in_process",
            "Dry run: a rule would have rejected the application.",
        ),
        (
            |settings| {
                add_rules(settings, 72.0);
                settings.rules.mode = RuleMode::Off;
            },
            STAGE,
            "in_process",
            "",
        ),
        (
            |settings| {
                add_rules(settings, 72.0);
                settings.rules.advance = None;
            },
            STAGE,
            "in_process",
            "",
        ),
        (
            |settings| {
                add_rules(settings, 72.0);
                let mappings = settings.jobs.values_mut();
                mappings.for_each(|mapping| mapping.advance_to = None);
            },
            STAGE,
            "in_process",
            NO_STAGE,
        ),
        // The stage of another product job that is mapped to the same job does not count.
        (
            |settings| {
                add_rules(settings, 72.0);
                let own = settings.jobs.values_mut().next().unwrap();
                let other = own.advance_to.take();
                let mut mapping = *own;
                mapping.advance_to = other;
                let id = ProductJobId::new("another");
                settings.jobs.insert(id, mapping);
            },
            STAGE,
            "in_process",
            NO_STAGE,
        ),
    ] {
        let world = world(settings).await;
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        let row = application(&world);
        assert_eq!(row["job_interview_stage_id"], stage, "{text}");
        assert_eq!(row["status"], status, "{text}");
        assert_eq!(told(&world).await, text);
        // A repeated event or request does nothing more.
        world.greenhouse.asked();
        world.pushed(&world.assessed("a-1")).await;
        assert_eq!(world.greenhouse.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn an_email_is_sent_only_if_a_template_is_set() {
    for mail in [
        None,
        Some(RejectionMail {
            template: EmailTemplateId::new(31),
            after_hours: 24,
        }),
    ] {
        let world = World::with(ruled(100.0)).await;
        let record = world.store.account(&world.account).await.unwrap();
        let mut record = record.unwrap();
        let push = record.settings.push.as_mut().unwrap();
        push.rules.reject.as_mut().unwrap().email = mail;
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        world.apply(changes).await;
        world.pushed(&world.assessed("a-1")).await;
        let sent = world.greenhouse.with(|state| state.rejections.clone());
        let expected = match mail {
            None => json!({"rejection_reason_id": 4}),
            Some(_) => json!({
                "rejection_reason_id": 4,
                "rejection_email": {"email_template_id": 31, "send_email_at": "2026-05-12T13:54:09Z"},
            }),
        };
        assert_eq!(sent, [expected]);
    }
}

#[tokio::test]
async fn a_candidate_who_was_moved_after_the_invitation_is_left_alone() {
    for (entered, acts) in [
        ("2026-05-11T13:50:00.000Z", true),
        ("2026-05-11T13:55:09.000Z", true),
        ("2026-05-11T13:55:10.000Z", false),
    ] {
        let world = world(|settings| {
            settings.invited_results = true;
            add_rules(settings, 50.0);
        })
        .await;
        let id = world.assessed("a-1");
        let application = world.greenhouse.with(|state| {
            let candidate = state.add_candidate("other@example.org");
            let application = state.add_application(candidate, JOB, "in_process");
            state.applications[0]["entered_at"] = json!(entered);
            application
        });
        invited(&world, &id, application).await;
        world.changed(&id).await;
        let row = self::application(&world);
        let stage = if acts { LATER_STAGE } else { STAGE };
        assert_eq!(row["job_interview_stage_id"], stage, "{entered}");
        let held = told(&world)
            .await
            .contains("not in the stage in which the test was sent");
        assert_eq!(held, !acts);
    }
}

async fn invited(world: &World, id: &AssessmentId, application: i64) {
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", EMAIL),
        start(),
    );
    invitation.assessment = Some(id.clone());
    invitation.application = Some(ApplicationId::new(application));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    world.apply(changes).await;
}

/// A candidate who is already further in the pipeline is not moved back or rejected.
#[tokio::test]
async fn an_application_at_another_stage_is_left_alone() {
    for settings in [
        (|settings| add_rules(settings, 50.0)) as fn(&mut PushSettings),
        |settings| add_rules(settings, 90.0),
    ] {
        let world = world(settings).await;
        world.greenhouse.with(|state| {
            let candidate = state.add_candidate(EMAIL);
            state.add_application(candidate, JOB, "in_process");
            state.applications[0]["job_interview_stage_id"] = json!(LATER_STAGE);
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        assert_eq!(application(&world)["status"], "in_process");
        assert!(told(&world).await.starts_with("A rule did not act"));
    }
}

#[tokio::test]
async fn the_daily_limit_holds_back_further_candidates_until_the_next_day() {
    let world = world(|settings| {
        add_rules(settings, 50.0);
        settings.rules.daily_limit = 2;
    })
    .await;
    let push = async |number: u32| {
        let id = world.assessed_as(&format!("a-{number}"), |it| {
            it.person.email = Some(format!("mira{number}@example.org"));
        });
        let view = world.pushed(&id).await;
        assert_eq!(view.state, "done", "{view:?}");
    };
    let moved = || {
        let rows = world.greenhouse.with(|state| state.applications.clone());
        let moved = rows
            .iter()
            .filter(|row| row["job_interview_stage_id"] == LATER_STAGE);
        moved.count()
    };
    let check = async || {
        let checks = world.push.checks_of_store(&world.account).await;
        let own = checks.into_iter().find(|check| check.name == "rules_today");
        own.unwrap().state
    };
    for number in 0..2 {
        push(number).await;
        assert_eq!(check().await, CheckState::Ok);
    }
    push(2).await;
    assert_eq!(moved(), 2);
    assert!(told(&world).await.contains("daily limit of 2"));
    assert_eq!(check().await, CheckState::Warning);
    world.advance(24 * 3600);
    assert_eq!(check().await, CheckState::Ok);
    push(3).await;
    assert_eq!(moved(), 3);
}

/// The webhook about the rule's own rejection can arrive while its outcome is still unknown.
#[tokio::test]
async fn a_lost_rejection_is_settled_although_the_application_is_now_rejected() {
    let world = world(|settings| {
        add_rules(settings, 90.0);
        settings.rules.mode = RuleMode::Off;
    })
    .await;
    let id = world.assessed("a-1");
    assert_eq!(world.pushed(&id).await.state, "done");

    // The host was interrupted after it had sent the rejection.
    world
        .greenhouse
        .with(|state| state.applications[0]["status"] = json!("rejected"));
    let mut push = world
        .store
        .push(&world.account, &id)
        .await
        .unwrap()
        .unwrap();
    let begun = JournalEntry::new(PushStep::RuleRejection, JournalMark::Begun, start());
    push.journal.push(begun);
    let text = Text::new("interrupted", "Interrupted.");
    push.state = PushState::Failed(PushFailure::new(Some(PushStep::RuleRejection), text));
    let link = world.store.link(&world.account, &id).await.unwrap();
    let mut link = link.unwrap();
    link.state.status = ApplicationStatus::Rejected;
    let mut changes = Changes::none();
    changes.pushes.push(Write::Put(push));
    changes.links.push(Write::Put(link));
    world.apply(changes).await;
    world.advance(70);
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(
        told(&world).await,
        "A rule rejected the application, because of the score."
    );
    assert_eq!(world.greenhouse.with(|state| state.rejections.len()), 0);
}

/// Greenhouse refuses a move if the application has left its stage since it was read.
#[tokio::test]
async fn a_refused_move_of_an_unchanged_application_fails_and_can_be_retried() {
    let world = world(|settings| add_rules(settings, 50.0)).await;
    let id = world.assessed_as("a-1", |it| it.score = Some(Score::new(90.0).unwrap()));
    let kind = "POST /v3/applications/7000000002/move";
    world.greenhouse.fail(kind, Fault::Refused);
    let view = world.pushed(&id).await;
    assert_eq!(view.error.unwrap().code, "refused");
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    assert_eq!(application(&world)["job_interview_stage_id"], LATER_STAGE);
}

const NO_STAGE: &str = "A rule did not move the application, because no stage is chosen for the job. Choose it in the job mapping.";
