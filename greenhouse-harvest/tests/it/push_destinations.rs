//! Destinations of a push: scorecards, custom fields, tags and stages, and their sync log entries.

use greenhouse_core::{
    JobId, ProductJobId, StageId,
    scorecard::Score,
    settings::{JobMapping, PushSettings, ScorecardForm},
    store::{Changes, LogStatus, Records, Write},
};
use serde_json::{Value, json};

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB, STAGE, State, UnlistedFields, destinations::LATER_STAGE},
    world::{World, WorldOptions, rated, with_fields, without_search_interval},
};

#[tokio::test]
async fn the_log_names_the_form_of_the_scorecard_and_the_reason() {
    type Change = fn(&mut State);
    let none: Change = |_| {};
    let no_kit: Change = |state| drop(state.lists.remove("interview_kits"));
    let no_attributes: Change = |state| drop(state.lists.remove("job_candidate_attributes"));
    let other_attributes: Change = |state| {
        let rows = state.lists.get_mut("job_candidate_attributes").unwrap();
        rows.truncate(1);
    };
    let refused: Change = |state| state.faults.push(("POST /v3/scorecards", Fault::Refused));
    let unrated: Change = |state| {
        let kind = "POST /v3/scorecard_candidate_attributes";
        state.faults.push((kind, Fault::Refused));
    };
    let unlisted: Change = |state| {
        state
            .faults
            .push(("GET /v3/interview_kits", Fault::Refused))
    };
    for (change, form, notes, text) in [
        (
            none,
            ScorecardForm::Automatic,
            0,
            "scorecard with 2 ratings.",
        ),
        (
            none,
            ScorecardForm::Note,
            1,
            "scorecard as a note (as set in the push settings).",
        ),
        (
            no_kit,
            ScorecardForm::Automatic,
            1,
            "scorecard as a note (the job has no interview kit).",
        ),
        (
            no_attributes,
            ScorecardForm::Automatic,
            1,
            "scorecard as a note (the job has no attributes for the traits).",
        ),
        (
            other_attributes,
            ScorecardForm::Automatic,
            0,
            "scorecard with 1 rating, without ratings for Poise (the job has no attributes with these names).",
        ),
        (
            refused,
            ScorecardForm::Automatic,
            1,
            "scorecard as a note (Greenhouse rejected the scorecard with status 422).",
        ),
        (
            unrated,
            ScorecardForm::Automatic,
            0,
            "scorecard with 1 rating, without ratings for Grit (Greenhouse rejected the ratings, or the job has no \
             attributes with these names).",
        ),
        (
            unlisted,
            ScorecardForm::Automatic,
            1,
            "scorecard as a note (Greenhouse rejected the scorecard with status 422).",
        ),
    ] {
        let world = World::new().await;
        world.greenhouse.with(|state| {
            state.permit_scorecards(JOB);
            change(state);
        });
        set(&world, |settings| settings.scorecard = form).await;
        let view = world.pushed(&world.assessed_as("a-1", rated)).await;
        assert_eq!(view.state, "done", "{view:?}");
        let (status, log) = world.log().await.remove(0);
        assert_eq!(status, LogStatus::Done);
        assert!(log.ends_with(text), "{log}");
        assert_eq!(world.greenhouse.counts(), [1, 1, 1, notes], "{log}");
    }
}

#[tokio::test]
async fn an_unusable_field_is_named_and_a_retry_succeeds_once_it_is_fixed() {
    type Change = fn(&mut State);
    let gone: Change = |state| {
        let fields = state.lists.get_mut("custom_fields").unwrap();
        fields.retain(|field| field["name_key"] != "score");
    };
    let other_kind: Change = |state| {
        let fields = state.lists.get_mut("custom_fields").unwrap();
        fields[0]["value_type"] = json!("yes_no");
    };
    let no_option: Change = |state| {
        let options = state.lists.get_mut("custom_field_options").unwrap();
        options.retain(|option| option["name"] != "Yes");
    };
    for (change, code, named) in [
        (gone, "unknown_field", "fields.score"),
        (other_kind, "unsuitable_field", "fields.score"),
        (no_option, "unsuitable_field", "no option \"Yes\""),
    ] {
        let world = World::with(with_fields()).await;
        world.greenhouse.with(|state| {
            state.define_fields();
            change(state);
        });
        let id = world.assessed_as("a-1", rated);
        let error = world.pushed(&id).await.error.unwrap();
        assert_eq!(error.code, code);
        assert!(error.message.contains(named), "{}", error.message);
        world.greenhouse.with(State::define_fields);
        assert_eq!(world.pushed(&id).await.state, "done", "{code}");
        assert_eq!(world.greenhouse.counts(), [1; 4]);
        let log = world.log().await;
        assert!(log[0].1.ends_with(" The custom fields are set."), "{log:?}");
    }
}

/// A field that was deleted while its definition was cached is reported, whether Greenhouse refuses
/// the field's value or ignores it.
#[tokio::test]
async fn a_field_that_disappears_between_two_pushes_leaves_a_trace() {
    for (policy, state, code, remedy) in [
        (
            UnlistedFields::Refused,
            "failed",
            "unknown_field",
            "Map another field, then retry.",
        ),
        (
            UnlistedFields::Ignored,
            "done",
            "push_done",
            "Check the mapped fields in the push settings and in Greenhouse.",
        ),
    ] {
        let world = World::with(with_fields()).await;
        world.greenhouse.with(State::define_fields);
        assert_eq!(
            world.pushed(&world.assessed_as("a-1", rated)).await.state,
            "done"
        );
        world.greenhouse.with(|state| {
            let fields = state.lists.get_mut("custom_fields").unwrap();
            fields.retain(|field| field["name_key"] != "score");
            state.unlisted_fields = Some(policy);
        });
        world.advance(61);
        let second = world.assessed_as("a-2", |assessment| {
            rated(assessment);
            assessment.score = Some(Score::new(41.0).unwrap());
        });
        let view = world.pushed(&second).await;
        assert_eq!(view.state, state, "{policy:?}: {view:?}");
        let log = world.entries().await;
        assert_eq!(log[0].code, code, "{policy:?}");
        assert!(log[0].text.contains(remedy), "{policy:?}: {}", log[0].text);
    }
}

#[tokio::test]
async fn fields_are_not_written_if_one_could_be_lost() {
    let world = World::with(with_fields()).await;
    let file =
        json!({"name": "File", "type": "attachment", "value": "https://files.example.net/a"});
    world.greenhouse.with(|state| {
        state.define_fields();
        let candidate = state.add_candidate(EMAIL);
        state.add_application(candidate, JOB, "in_process");
        state.applications[0]["custom_fields"] = json!({"file": file});
    });
    let error = world.pushed(&world.assessed("a-1")).await.error.unwrap();
    assert_eq!(error.code, "unwritable_fields");
    assert!(error.message.contains("file"), "{}", error.message);
    let fields = |state: &mut State| state.applications[0]["custom_fields"].clone();
    assert_eq!(world.greenhouse.with(fields), json!({"file": file}));
}

#[tokio::test]
async fn recent_field_writes_of_another_push_are_awaited() {
    let world = World::with(with_fields()).await;
    world.greenhouse.with(State::define_fields);
    let first = world.pushed(&world.assessed_as("a-1", rated)).await;
    assert_eq!(first.state, "done", "{first:?}");
    let second = world.assessed("a-2");
    let click = world.click(&second);
    world.asked_for("POST /v3/notes", 2).await;
    let (status, text) = world.log().await.remove(0);
    assert_eq!(status, LogStatus::Pending);
    assert!(text.contains("another push for the same person"), "{text}");
    click.abort();
    let written = |state: &mut State| {
        let patched = state.log.iter().filter(|line| line.starts_with("PATCH"));
        patched.count()
    };
    assert_eq!(world.greenhouse.with(written), 2);
    world.advance(60);
    world.stop();
    use greenhouse_core::Background as _;
    world.push.run_due(10).await.unwrap();
    assert_eq!(world.log().await[0].0, LogStatus::Done);
    // The second assessment has no traits. The values of the first one are kept.
    world.greenhouse.with(|state| {
        let grit = &state.candidates[0]["custom_fields"]["grit"]["value"];
        assert_eq!(grit, "Strong Yes (90)");
    });
}

#[tokio::test]
async fn an_existing_application_moves_forward_only_if_configured() {
    for (asked, at, text, stage) in [
        (
            false,
            STAGE,
            "as a note (the credential lacks the scope harvest:scorecards:create).",
            STAGE,
        ),
        (
            true,
            STAGE,
            " The application was moved to stage 5120077003.",
            LATER_STAGE,
        ),
        (
            true,
            LATER_STAGE,
            " The application was not moved, because it is already at or past the mapped stage.",
            LATER_STAGE,
        ),
    ] {
        let world = World::with(WorldOptions {
            stage: Some(LATER_STAGE),
            ..WorldOptions::default()
        })
        .await;
        set(&world, |settings| settings.move_existing = asked).await;
        world.greenhouse.with(|state| {
            state.plan_stages(JOB);
            let candidate = state.add_candidate(EMAIL);
            state.add_application(candidate, JOB, "in_process");
            state.applications[0]["job_interview_stage_id"] = json!(at);
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        let log = world.log().await;
        assert!(log[0].1.ends_with(text), "{log:?}");
        let is = |state: &mut State| state.applications[0]["job_interview_stage_id"].clone();
        assert_eq!(world.greenhouse.with(is), Value::from(stage));
    }
}

#[tokio::test]
async fn a_stage_outside_the_plan_is_named_as_the_reason() {
    const REMOVED: i64 = 5_120_077_099;
    for (mapped, at, reason) in [
        (REMOVED, STAGE, "no longer contains the mapped stage"),
        (
            LATER_STAGE,
            REMOVED,
            "its current stage is not in the job's interview plan",
        ),
    ] {
        let world = World::with(WorldOptions {
            stage: Some(mapped),
            ..WorldOptions::default()
        })
        .await;
        set(&world, |settings| settings.move_existing = true).await;
        world.greenhouse.with(|state| {
            state.plan_stages(JOB);
            let candidate = state.add_candidate(EMAIL);
            state.add_application(candidate, JOB, "in_process");
            state.applications[0]["job_interview_stage_id"] = json!(at);
        });
        let view = world.pushed(&world.assessed("a-1")).await;
        assert_eq!(view.state, "done", "{view:?}");
        let log = world.log().await;
        assert!(log[0].1.contains(reason), "{log:?}");
        let is = |state: &mut State| state.applications[0]["job_interview_stage_id"].clone();
        assert_eq!(world.greenhouse.with(is), Value::from(at));
    }
}

#[tokio::test]
async fn a_possible_application_on_one_job_prevents_one_on_another() {
    let mut config = without_search_interval();
    config.stage_with_candidate = false;
    let world = World::with(WorldOptions {
        config,
        ..WorldOptions::default()
    })
    .await;
    world
        .greenhouse
        .fail("POST /v3/applications", Fault::NotApplied);
    let id = world.assessed("a-1");
    assert_eq!(world.pushed(&id).await.state, "failed");
    world.advance(60);
    map(&world, 77).await;
    let error = world.pushed(&id).await.error.unwrap();
    assert_eq!(error.code, "mapping_changed", "{}", error.message);
    assert_eq!(world.greenhouse.counts(), [1, 0, 0, 0]);
    map(&world, JOB).await;
    assert_eq!(world.pushed(&id).await.state, "done");
    assert_eq!(world.greenhouse.counts(), [1; 4]);
}

async fn map(world: &World, job: i64) {
    set(world, |settings| {
        let mapping = JobMapping::new(JobId::new(job), Some(StageId::new(STAGE)));
        settings.jobs.insert(ProductJobId::new("sales"), mapping);
    })
    .await;
}

/// Changes the account's push settings.
async fn set(world: &World, change: impl FnOnce(&mut PushSettings)) {
    let record = world.store.account(&world.account).await.unwrap();
    let mut record = record.unwrap();
    change(record.settings.push.as_mut().unwrap());
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    world.apply(changes).await;
}
