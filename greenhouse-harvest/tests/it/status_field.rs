//! Status of tests that Greenhouse sent, in a custom field of their applications.

use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    ApplicationId, AssessmentId, Background, CandidateId, InvitationId, ScenarioId,
    health::CheckState,
    settings::{AssessmentSettings, PushSettings},
    status_field,
    store::{
        CandidateHistory, Changes, Invitation, InvitationState, InvitedPerson, PushState, Records,
        RequestKey, TaskKind, TaskQueue, TestStatus, Write,
    },
};
use greenhouse_harvest::StatusWriter;
use serde_json::{Value, json};

use crate::support::{
    EMAIL,
    greenhouse::{Fault, JOB},
    start,
    world::{World, WorldOptions},
};

/// A world with the setting, and with an application to which the invitation belongs.
struct Scene {
    world: World,
    writer: Arc<StatusWriter>,
    application: i64,
}

impl Scene {
    async fn new() -> Self {
        Self::with(|settings| settings.status_field = Some("status".to_owned())).await
    }

    async fn with(settings: fn(&mut PushSettings)) -> Self {
        let mut options = WorldOptions {
            settings,
            ..WorldOptions::default()
        };
        options.config.endpoint_wait = Duration::ZERO;
        let world = World::in_process(options);
        let (candidate, application) = world.greenhouse.with(|state| {
            let fields = json!([
                {"id": 1, "field_type": "application", "name_key": "status", "value_type": "short_text", "active": true},
                {"id": 2, "field_type": "application", "name_key": "select", "value_type": "single_select", "active": true},
                {"id": 3, "field_type": "application", "name_key": "score", "value_type": "number", "active": true},
            ]);
            let options = ["invited", "STARTED", "Completed", "Expired", "Withdrawn"];
            let options = options.iter().zip(20..).map(
                |(name, id)| json!({"id": id, "custom_field_id": 2, "name": name, "active": true}),
            );
            state
                .lists
                .insert("custom_fields", fields.as_array().unwrap().clone());
            state.lists.insert("custom_field_options", options.collect());
            let candidate = state.add_candidate(EMAIL);
            let application = state.add_application(candidate, JOB, "in_process");
            let row = state.applications.last_mut().unwrap();
            row["custom_fields"] = json!({"kept": {"name": "Kept", "type": "short_text", "value": "here"}});
            (candidate, application)
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
        let writer = Arc::new(world.push.status_writer());
        world.greenhouse.asked();
        Self {
            world,
            writer,
            application,
        }
    }

    async fn invitation(&self) -> Invitation {
        let (store, account) = (&self.world.store, &self.world.account);
        let found = store.invitation(account, &InvitationId::new("i-1")).await;
        found.unwrap().unwrap()
    }

    /// Changes the state, as the other direction does.
    async fn becomes(&self, state: InvitationState) {
        let settings = self.world.store.account(&self.world.account).await;
        let settings = settings.unwrap().unwrap().settings;
        let mut invitation = self.invitation().await;
        invitation.state = state;
        let mut changes = Changes::none();
        if let Some(field) = settings.push.unwrap().status_field {
            let now = greenhouse_core::Clock::now(&*self.world.clock);
            status_field::enqueue(&mut changes, &mut invitation, &field, now);
        }
        changes.invitations.push(Write::Put(invitation));
        self.world.apply(changes).await;
    }

    async fn due(&self) -> Option<i64> {
        let next = self.world.store.next_due(&[TaskKind::WriteStatus]).await;
        let now = greenhouse_core::Clock::now(&*self.world.clock);
        next.unwrap().map(|at| (at - now).num_seconds())
    }

    /// Runs the loop until no task is due, and lets time pass.
    async fn settles(&self) {
        for _ in 0..40 {
            let run = self.writer.run_due(10);
            self.world.while_time_passes(run).await.unwrap();
            match self.due().await {
                None => return,
                Some(wait) => self.world.advance(u64::try_from(wait).unwrap_or(0).max(1)),
            }
        }
        panic!("the task does not end");
    }

    /// Queues a push of the invitation's assessment.
    async fn pushes(&self) {
        let id = self.world.assessed("a-1");
        let path = format!("push/{id}");
        let pushed = self.world.operator("POST", &path, "");
        let (status, _, answer) = self.world.while_time_passes(pushed).await;
        assert_eq!(status, 202, "{answer}");
    }

    /// Runs the queued push.
    async fn runs_the_push(&self) {
        let run = self.world.push.run_due(10);
        self.world.while_time_passes(run).await.unwrap();
        let id = AssessmentId::new("a-1");
        let push = self.world.store.push(&self.world.account, &id);
        let push = push.await.unwrap().unwrap();
        assert_eq!(push.state, PushState::Done, "{push:?}");
    }

    fn field(&self, key: &str) -> Value {
        self.world.greenhouse.with(|state| {
            let mut rows = state.applications.iter();
            let row = rows.find(|row| row["id"] == self.application).unwrap();
            row["custom_fields"][key]["value"].clone()
        })
    }

    /// Requests to Harvest since the last call.
    fn asked(&self) -> Vec<String> {
        let asked = self.world.greenhouse.asked();
        asked
            .into_iter()
            .filter(|one| one.contains("/v3/"))
            .collect()
    }

    async fn check(&self) -> Option<CheckState> {
        let checks = self.world.push.checks_of_store(&self.world.account).await;
        let own = checks
            .into_iter()
            .find(|check| check.name == "status_writes");
        own.map(|check| check.state)
    }

    /// Path of the entry, which must be the only one.
    async fn entry(&self) -> Value {
        let log = self.world.operator("GET", "sync-log", "");
        let (_, _, log) = self.world.while_time_passes(log).await;
        let entries = log["entries"].as_array().unwrap();
        assert_eq!(entries.len(), 1, "{log}");
        entries[0].clone()
    }
}

#[tokio::test]
async fn a_change_takes_two_requests_and_keeps_the_other_fields() {
    let scene = Scene::new().await;
    scene.becomes(InvitationState::Invited).await;
    assert_eq!(scene.due().await, Some(60));
    scene.settles().await;
    assert_eq!(scene.field("status"), "Invited");
    assert_eq!(scene.field("kept"), "here");
    // The definition is read only while the row does not show the field's type.
    assert_eq!(scene.asked().len(), 3);

    scene.becomes(InvitationState::Started).await;
    scene.settles().await;
    assert_eq!(scene.field("status"), "Started");
    let asked = scene.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    let entry = scene.entry().await;
    assert_eq!(entry["status"], "done", "{entry}");
    assert_eq!(entry["code"], "status_written");

    // The same status is not written again.
    scene.becomes(InvitationState::Started).await;
    assert_eq!(scene.due().await, None);
    assert_eq!(scene.asked(), [""; 0]);
}

#[tokio::test]
async fn a_hundred_changes_within_a_window_take_at_most_two_requests() {
    let scene = Scene::new().await;
    scene.becomes(InvitationState::Invited).await;
    scene.settles().await;
    scene.asked();
    for number in 0..100 {
        scene
            .becomes(match number % 3 {
                0 => InvitationState::Started,
                1 => InvitationState::Expired,
                _ => InvitationState::Reopened,
            })
            .await;
    }
    scene.becomes(InvitationState::Completed).await;
    scene.settles().await;
    assert_eq!(scene.field("status"), "Completed");
    let asked = scene.asked();
    assert!(asked.len() <= 2, "{asked:?}");
}

#[tokio::test]
async fn a_single_select_gets_the_option_for_the_status() {
    let scene = Scene::with(|settings| settings.status_field = Some("select".to_owned())).await;
    scene.becomes(InvitationState::Started).await;
    scene.settles().await;
    assert_eq!(scene.field("select"), "STARTED");
    let written = scene.invitation().await.status_field.written.unwrap();
    assert_eq!(
        (written.status, &*written.value),
        (TestStatus::Started, "STARTED")
    );
}

#[tokio::test]
async fn a_rejected_application_still_shows_its_status_and_stays_rejected() {
    let scene = Scene::new().await;
    scene.becomes(InvitationState::Withdrawn).await;
    scene.world.greenhouse.with(|state| {
        let row = state.applications.last_mut().unwrap();
        row["status"] = "rejected".into();
    });
    scene.settles().await;
    assert_eq!(scene.field("status"), "Withdrawn");
    scene.world.greenhouse.with(|state| {
        assert_eq!(state.applications.last().unwrap()["status"], "rejected");
    });
}

#[tokio::test]
async fn the_last_status_is_written_after_an_outage() {
    for fault in [Fault::NotApplied, Fault::Applied] {
        let scene = Scene::new().await;
        scene.becomes(InvitationState::Started).await;
        let patch = format!("PATCH /v3/applications/{}", scene.application);
        scene.world.greenhouse.fail(patch.leak(), fault);
        scene.world.advance(60);
        let run = scene.writer.run_due(10);
        scene.world.while_time_passes(run).await.unwrap();
        let record = scene.invitation().await.status_field;
        assert!(record.is_due && record.begun_at.is_some(), "{record:?}");
        scene.becomes(InvitationState::Expired).await;
        scene.settles().await;
        assert_eq!(scene.field("status"), "Expired");
        let record = scene.invitation().await.status_field;
        assert!(!record.is_due && record.begun_at.is_none(), "{record:?}");
    }
}

#[tokio::test]
async fn a_refusal_ends_with_one_entry_that_a_person_can_retry() {
    let scene = Scene::new().await;
    scene.world.greenhouse.with(|state| {
        state.lists.insert("custom_fields", Vec::new());
    });
    scene.becomes(InvitationState::Started).await;
    scene.settles().await;
    let entry = scene.entry().await;
    assert_eq!(
        (&entry["status"], &entry["code"]),
        (&json!("failed"), &json!("status_field_unknown"))
    );
    assert_eq!(entry["retry"], true, "{entry}");
    assert_eq!(scene.check().await, Some(CheckState::Warning));
    scene.asked();
    scene.world.advance(3600);
    scene.settles().await;
    assert_eq!(scene.asked(), [""; 0], "it is not retried by itself");

    scene.world.greenhouse.with(|state| {
        let field = json!({"id": 1, "field_type": "application", "name_key": "status", "value_type": "short_text", "active": true});
        state.lists.insert("custom_fields", vec![field]);
    });
    let path = format!("sync-log/{}/retry", entry["id"]);
    let retried = scene.world.operator("POST", &path, "");
    let (status, _, answer) = scene.world.while_time_passes(retried).await;
    assert_eq!(status, 202, "{answer}");
    scene.settles().await;
    assert_eq!(scene.field("status"), "Started");
    let entry = scene.entry().await;
    assert_eq!(entry["status"], "done");
    let retried = scene.world.operator("POST", &path, "");
    let (status, _, _) = scene.world.while_time_passes(retried).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn nothing_is_written_once_the_application_is_gone_or_the_setting_is_off() {
    let deleted = Scene::new().await;
    deleted.becomes(InvitationState::Started).await;
    deleted
        .world
        .greenhouse
        .with(|state| state.applications.clear());
    deleted.settles().await;
    let entry = deleted.entry().await;
    assert_eq!(entry["code"], "status_without_application", "{entry}");
    assert_eq!(entry["status"], "skipped");

    let anonymized = Scene::new().await;
    anonymized.becomes(InvitationState::Started).await;
    let candidate = anonymized.invitation().await.candidate.unwrap();
    let mut history = CandidateHistory::new(candidate, start());
    history.anonymize(None, start());
    let mut changes = Changes::none();
    changes.histories.push(Write::Put(history));
    anonymized.world.apply(changes).await;
    anonymized.settles().await;
    assert_eq!(anonymized.asked(), [""; 0]);

    let off = Scene::new().await;
    off.becomes(InvitationState::Started).await;
    let record = off.world.store.account(&off.world.account).await;
    let mut record = record.unwrap().unwrap();
    record.settings.push.as_mut().unwrap().status_field = None;
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    off.world.apply(changes).await;
    off.settles().await;
    assert_eq!(off.asked(), [""; 0]);
    assert!(off.invitation().await.status_field.is_empty());
    assert_eq!(off.check().await, None);
}

/// The push reads a list that does not contain the status yet.
#[tokio::test]
async fn a_push_does_not_revert_a_status_that_was_just_written() {
    let scene = Scene::with(|settings| {
        settings.status_field = Some("status".to_owned());
        settings.fields.score = Some(greenhouse_core::settings::FieldRef::new(
            greenhouse_core::settings::FieldOwner::Application,
            "score",
        ));
    })
    .await;
    scene.becomes(InvitationState::Completed).await;
    scene.settles().await;
    scene.world.greenhouse.with(|state| {
        let row = state.applications.last_mut().unwrap();
        row["custom_fields"]["status"]["value"] = "Invited".into();
    });
    scene.pushes().await;
    scene.runs_the_push().await;
    assert_eq!(scene.field("status"), "Completed");
    assert_eq!(scene.field("score"), 72);
    assert_eq!(scene.field("kept"), "here");
}

#[tokio::test]
async fn a_status_waits_for_a_push_of_the_same_application() {
    let scene = Scene::new().await;
    scene.becomes(InvitationState::Started).await;
    scene.pushes().await;
    scene.asked();
    scene.world.advance(60);
    let run = scene.writer.run_due(10);
    scene.world.while_time_passes(run).await.unwrap();
    assert_eq!(scene.asked(), [""; 0]);
    assert_eq!(scene.due().await, Some(10));
    scene.runs_the_push().await;
    scene.asked();
    scene.settles().await;
    assert_eq!(scene.field("status"), "Started");
}

#[tokio::test]
async fn health_says_whether_statuses_can_arrive() {
    let scene = Scene::new().await;
    assert_eq!(scene.check().await, Some(CheckState::Warning));
    let record = scene.world.store.account(&scene.world.account).await;
    let mut record = record.unwrap().unwrap();
    record.settings.assessments = Some(AssessmentSettings::new(Vec::new()));
    let mut changes = Changes::none();
    changes.account = Some(Write::Put(record));
    scene.world.apply(changes).await;
    assert_eq!(scene.check().await, Some(CheckState::Ok));

    // No host writes the status.
    scene.becomes(InvitationState::Started).await;
    scene.world.advance(3600);
    assert_eq!(scene.check().await, Some(CheckState::Ok));
    scene.world.advance(61);
    assert_eq!(scene.check().await, Some(CheckState::Warning));
    scene.settles().await;
    assert_eq!(scene.check().await, Some(CheckState::Ok));
}
