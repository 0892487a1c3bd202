//! Results of tests that Greenhouse sent, written to the application for which the test was sent.

use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId, InvitationId, ScenarioId,
    health::CheckState,
    scorecard::Score,
    settings::{AccountSettings, AssessmentSettings, FieldOwner, FieldRef, PushSettings},
    store::{
        AccountRecord, Changes, Invitation, InvitedPerson, LogStatus, Records, RequestKey, Write,
    },
    trigger::Trigger,
};

use crate::support::{
    EMAIL,
    greenhouse::{JOB, STAGE},
    start,
    world::{World, WorldOptions},
};

fn switched_on(settings: &mut PushSettings) {
    settings.invited_results = true;
    settings.move_existing = true;
}

/// Adds the application of a candidate with another address, and the invitation for it.
async fn invited(world: &World, id: &AssessmentId, names_application: bool) -> (i64, i64) {
    let (candidate, application) = world.greenhouse.with(|state| {
        state.plan_stages(JOB);
        let candidate = state.add_candidate("other@example.org");
        let application = state.add_application(candidate, JOB, "in_process");
        (candidate, application)
    });
    let mut invitation = Invitation::new(
        InvitationId::new("i-1"),
        RequestKey::new("r-1"),
        ScenarioId::new("discovery-call"),
        InvitedPerson::new("Mira", "Okafor", EMAIL),
        start(),
    );
    invitation.assessment = Some(id.clone());
    invitation.candidate = Some(CandidateId::new(candidate));
    invitation.application = names_application.then(|| ApplicationId::new(application));
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    world.apply(changes).await;
    (candidate, application)
}

#[tokio::test]
async fn a_result_goes_to_the_application_of_the_invitation_whatever_the_trigger() {
    for trigger in [
        Trigger::Manual,
        Trigger::OnScore {
            minimum: Score::new(99.0).unwrap(),
            inclusive: true,
        },
    ] {
        let world = World::with(WorldOptions {
            trigger,
            settings: switched_on,
            ..WorldOptions::default()
        })
        .await;
        let id = world.assessed("a-1");
        let (candidate, application) = invited(&world, &id, true).await;
        world.greenhouse.asked();

        world.changed(&id).await;
        let push = world
            .store
            .push(&world.account, &id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(push.candidate.unwrap().value(), candidate);
        assert_eq!(push.application.unwrap().value(), application);
        let log = world.log().await;
        assert_eq!((log.len(), log[0].0), (1, LogStatus::Done), "{log:?}");
        // One candidate, one application, one report and one note.
        assert_eq!(world.greenhouse.counts(), [1; 4]);
        let asked = world.greenhouse.asked();
        assert!(!asked.iter().any(|one| one.contains("/move")), "{asked:?}");
        let harvest = asked.iter().filter(|one| one.contains("/v3/"));
        assert!(harvest.count() <= 4, "{asked:?}");
    }
}

#[tokio::test]
async fn a_result_with_custom_fields_takes_at_most_five_requests() {
    let world = World::with(WorldOptions {
        settings: |settings| {
            switched_on(settings);
            settings.scorecard = greenhouse_core::settings::ScorecardForm::Note;
            settings.fields.score = Some(FieldRef::new(FieldOwner::Application, "score"));
        },
        ..WorldOptions::default()
    })
    .await;
    world.greenhouse.with(|state| state.define_fields());
    // The definitions of the fields are read once for all pushes.
    let before = world.pushed(&world.assessed("a-0")).await;
    assert_eq!(before.state, "done", "{before:?}");
    let id = world.assessed("a-1");
    invited(&world, &id, true).await;
    world.advance(61);
    world.greenhouse.asked();
    world.changed(&id).await;
    assert_eq!(world.log().await[0].0, LogStatus::Done);
    let asked = world.greenhouse.asked();
    let harvest = asked.iter().filter(|one| one.contains("/v3/"));
    assert!(harvest.count() <= 5, "{asked:?}");
}

#[tokio::test]
async fn an_invitation_without_an_application_is_skipped_with_the_reason() {
    let world = World::with(WorldOptions {
        trigger: Trigger::OnComplete,
        settings: switched_on,
        ..WorldOptions::default()
    })
    .await;
    let id = world.assessed("a-1");
    invited(&world, &id, false).await;
    world.greenhouse.asked();
    world.changed(&id).await;
    let log = world.log().await;
    assert_eq!((log.len(), log[0].0), (1, LogStatus::Skipped), "{log:?}");
    assert!(log[0].1.contains("names no application"), "{log:?}");
    assert_eq!(world.greenhouse.asked(), [""; 0]);
    let decision = world.store.trigger_decision(&world.account, &id).await;
    assert!(!decision.unwrap().unwrap().pushes);
}

#[tokio::test]
async fn a_person_never_moves_the_application_of_an_invitation() {
    let world = World::with(WorldOptions {
        stage: Some(STAGE),
        settings: |settings| settings.move_existing = true,
        ..WorldOptions::default()
    })
    .await;
    let id = world.assessed("a-1");
    invited(&world, &id, true).await;
    let view = world.pushed(&id).await;
    assert_eq!(view.state, "done", "{view:?}");
    let asked = world.greenhouse.asked();
    assert!(!asked.iter().any(|one| one.contains("/move")), "{asked:?}");
}

#[tokio::test]
async fn health_says_whether_results_can_arrive() {
    let world = World::new().await;
    let check = async || {
        let checks = world.push.checks_of_store(&world.account).await;
        let own = checks
            .into_iter()
            .find(|check| check.name == "invited_results");
        own.map(|check| check.state)
    };
    assert_eq!(check().await, None);
    let change = async |change: fn(&mut AccountSettings)| {
        let record = world.store.account(&world.account).await.unwrap();
        let mut record: AccountRecord = record.unwrap();
        change(&mut record.settings);
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        world.apply(changes).await;
    };
    change(|settings| settings.push.as_mut().unwrap().invited_results = true).await;
    assert_eq!(check().await, Some(CheckState::Warning));
    change(|settings| settings.assessments = Some(AssessmentSettings::new(Vec::new()))).await;
    assert_eq!(check().await, Some(CheckState::Ok));
    change(|settings| settings.assessments.as_mut().unwrap().enabled = false).await;
    assert_eq!(check().await, Some(CheckState::Warning));
}
