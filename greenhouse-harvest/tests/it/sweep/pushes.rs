//! Successful pushes requested by a person.

use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId,
    store::{Changes, Invitation, InvitedPerson, RequestKey, Write},
};
use serde_json::json;

use super::{Fault, Stage, StoryResult, stage::world};
use crate::support::{
    EMAIL,
    greenhouse::{
        self, JOB,
        destinations::{GRIT, LATER_STAGE, POISE},
    },
    start,
    world::{World, WorldOptions, rated, ruled, with_fields},
};

pub(super) async fn of_a_new_person(fault: Fault) -> StoryResult {
    is_done(Stage::new(fault), [1, 1, 1, 1]).await
}

pub(super) async fn with_an_application_of_its_own(fault: Fault) -> StoryResult {
    let mut wishes = WorldOptions::default();
    wishes.config.stage_with_candidate = false;
    is_done(Stage::begin(world(wishes), fault), [1, 1, 1, 1]).await
}

pub(super) async fn with_an_answer_without_the_application(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| state.flat = true);
    is_done(stage, [1, 1, 1, 1]).await
}

pub(super) async fn of_a_person_with_an_application(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| {
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
    });
    is_done(stage, [1, 1, 1, 1]).await
}

pub(super) async fn of_a_candidate_without_an_application(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| {
        state.add_candidate(EMAIL);
    });
    is_done(stage, [1, 1, 1, 1]).await
}

pub(super) async fn of_an_invited_person(fault: Fault) -> StoryResult {
    let world = world(WorldOptions::default());
    invited(&world).await;
    is_done(Stage::begin(world, fault), [1, 1, 1, 1]).await
}

pub(super) async fn of_one_of_several_people(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    let (_, second) = stage
        .greenhouse
        .with(|state| (state.add_candidate(EMAIL), state.add_candidate(EMAIL)));
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["error"]["code"], "several_candidates", "{answer}");
    let choice = json!({ "candidate_id": second }).to_string();
    let answer = stage.press(&id, "push/a-1", &choice).await;
    assert_eq!(answer["candidate"], second);
    assert_eq!(stage.greenhouse.counts(), [2, 1, 1, 1]);
    stage.end().await
}

pub(super) async fn of_a_second_assessment(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    let (first, second) = (stage.assessed("a-1"), stage.assessed("a-2"));
    assert_eq!(stage.push(&first).await["state"], "done");
    stage.failing_store.plan(fault);
    assert_eq!(stage.push(&second).await["state"], "done");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 2, 2]);
    stage.end().await
}

pub(super) async fn of_two_assessments_at_once(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    let (first, second) = (stage.assessed("a-1"), stage.assessed("a-2"));
    for id in [&first, &second] {
        // The result is checked below.
        drop(stage.operator("POST", &format!("push/{id}"), "").await);
        stage.failing_store.heal();
    }
    assert_eq!(stage.push(&first).await["state"], "done");
    assert_eq!(stage.push(&second).await["state"], "done");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 2, 2]);
    stage.end().await.in_any_order()
}

pub(super) async fn that_is_done_already(fault: Fault) -> StoryResult {
    let stage = Stage::new(None);
    let id = stage.assessed("a-1");
    let first = stage.push(&id).await;
    stage.greenhouse.asked();
    stage.failing_store.plan(fault);
    assert_eq!(stage.push(&id).await, first);
    stage.notify(&id).await;
    stage.settles().await;
    assert_eq!(stage.greenhouse.asked(), [""; 0]);
    stage.end().await
}

pub(super) async fn of_a_scorecard_with_ratings(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| state.permit_scorecards(JOB));
    is_rated(stage).await
}

pub(super) async fn of_a_scorecard_after_an_answer_was_lost(fault: Fault) -> StoryResult {
    let stage = Stage::new(fault);
    stage.greenhouse.with(|state| state.permit_scorecards(JOB));
    for write in [
        "POST /v3/scorecards",
        "POST /v3/scorecard_candidate_attributes",
    ] {
        stage.greenhouse.fail(write, greenhouse::Fault::NotApplied);
        stage.greenhouse.fail(write, greenhouse::Fault::Applied);
    }
    is_rated(stage).await
}

pub(super) async fn with_fields_and_tags(fault: Fault) -> StoryResult {
    let stage = Stage::begin(world(with_fields()), fault);
    stage.greenhouse.with(|state| {
        state.define_fields();
        let candidate = state.add_candidate(EMAIL);
        state.candidates[0]["tags"] = json!(["old"]);
        state.candidates[0]["custom_fields"] =
            json!({"kept": {"name": "Kept", "type": "short_text", "value": "here"}});
        state.add_application(candidate, JOB, "in_process");
    });
    let id = stage.assessed_as("a-1", rated);
    let answer = stage.push(&id).await;
    assert_eq!(answer["state"], "done", "{answer}");
    stage.greenhouse.with(|state| {
        let fields = &state.applications[0]["custom_fields"];
        assert_eq!(fields["score"]["value"], 72);
        assert_eq!(fields["level"]["value"], "Yes");
        let candidate = &state.candidates[0];
        assert_eq!(candidate["tags"], json!(["old", "assessed"]));
        assert_eq!(candidate["custom_fields"]["kept"]["value"], "here");
        assert_eq!(
            candidate["custom_fields"]["grit"]["value"],
            "Strong Yes (90)"
        );
    });
    stage.end().await
}

pub(super) async fn that_moves_the_application(fault: Fault) -> StoryResult {
    let wishes = WorldOptions {
        stage: Some(LATER_STAGE),
        settings: |settings| settings.move_existing = true,
        ..WorldOptions::default()
    };
    let stage = Stage::begin(world(wishes), fault);
    stage.greenhouse.with(|state| {
        state.plan_stages(JOB);
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
    });
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["state"], "done", "{answer}");
    stage.greenhouse.with(|state| {
        assert_eq!(state.applications[0]["job_interview_stage_id"], LATER_STAGE);
    });
    stage.end().await
}

pub(super) async fn with_a_move_by_rule(fault: Fault) -> StoryResult {
    let stage = Stage::begin(world(ruled(0.0)), fault);
    stage.greenhouse.with(|state| state.plan_stages(JOB));
    let stage = ends_with_a_rule(stage).await;
    stage.greenhouse.with(|state| {
        assert_eq!(state.applications[0]["job_interview_stage_id"], LATER_STAGE);
        assert_eq!(state.applications[0]["status"], "in_process");
    });
    stage.end().await
}

pub(super) async fn with_a_rejection_by_rule(fault: Fault) -> StoryResult {
    let stage = ends_with_a_rule(Stage::begin(world(ruled(100.0)), fault)).await;
    stage.greenhouse.with(|state| {
        assert_eq!(state.applications[0]["status"], "rejected");
        assert_eq!(state.rejections.len(), 1);
    });
    stage.end().await
}

async fn ends_with_a_rule(stage: Stage) -> Stage {
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["state"], "done", "{answer}");
    stage
}

async fn is_rated(stage: Stage) -> StoryResult {
    let id = stage.assessed_as("a-1", rated);
    let mut answer = stage.push(&id).await;
    for _ in 0..4 {
        if answer["state"] == "failed" {
            answer = stage.push(&id).await;
        }
    }
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(stage.greenhouse.counts(), [1, 1, 1, 0]);
    stage.greenhouse.with(|state| {
        assert_eq!(state.lists["scorecards"].len(), 1);
        let ratings = &state.lists["scorecard_candidate_attributes"];
        let rated = ratings.iter().map(|row| &row["job_candidate_attribute_id"]);
        assert_eq!(rated.collect::<Vec<_>>(), [GRIT, POISE]);
    });
    stage.end().await
}

pub(super) async fn with_a_profile(fault: Fault) -> StoryResult {
    let world = world(WorldOptions::default());
    world.has_profile("a-1");
    is_done(Stage::begin(world, fault), [1, 1, 2, 1]).await
}

/// Pushes one assessment and asserts the numbers of records in Greenhouse.
async fn is_done(stage: Stage, counts: [usize; 4]) -> StoryResult {
    let id = stage.assessed("a-1");
    let answer = stage.push(&id).await;
    assert_eq!(answer["state"], "done", "{answer}");
    assert_eq!(stage.greenhouse.counts(), counts);
    stage.end().await
}

/// The person of assessment `a-1` was invited and has applied.
pub(super) async fn invited(world: &World) {
    let (candidate, application) = world.greenhouse.with(|state| {
        let candidate = state.add_candidate("other@example.org");
        (
            candidate,
            state.add_application(candidate, JOB, "in_process"),
        )
    });
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", EMAIL),
        start(),
    );
    invitation.assessment = Some(AssessmentId::new("a-1"));
    invitation.candidate = Some(CandidateId::new(candidate));
    invitation.application = Some(ApplicationId::new(application));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    world.apply(changes).await;
}
