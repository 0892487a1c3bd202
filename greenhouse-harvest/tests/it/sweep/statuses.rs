//! Writes of a test's status to a custom field.

use std::{collections::BTreeSet, time::Duration};

use greenhouse_core::{
    Background, Clock, InvitationId, status_field,
    store::{
        Changes, Invitation, InvitationState, LogFilter, Records, SyncLog, TaskKind, TaskQueue,
        Write,
    },
    testing::Played,
};
use serde_json::json;

use super::{Fault, StoryResult, pushes::invited, stage::world};
use crate::support::world::{World, WorldOptions};

pub(super) async fn of_an_invited_candidate(fault: Fault) -> StoryResult {
    let world = world(WorldOptions {
        settings: |settings| settings.status_field = Some(FIELD.to_owned()),
        ..WorldOptions::default()
    });
    invited(&world).await;
    world.greenhouse.with(|state| {
        let field = json!({"id": 1, "field_type": "application", "name_key": FIELD, "value_type": "short_text", "active": true});
        state.lists.insert("custom_fields", vec![field]);
    });
    // The list shows the application by then.
    world.advance(60);
    becomes(&world, InvitationState::Started).await;
    world.failing_store.plan(fault);
    settles(&world).await;
    becomes(&world, InvitationState::Completed).await;
    settles(&world).await;
    let mut played = Played::on(&world.failing_store);
    let record = invitation(&world).await.status_field;
    assert!(!record.is_due && record.begun_at.is_none(), "{record:?}");
    let row = world
        .greenhouse
        .with(|state| state.applications[0].to_string());
    played.seen = vec![
        format!("greenhouse: {row}"),
        format!("status: {:?}", record.written.map(|written| written.status)),
    ];
    let newest = LogFilter::newest(50);
    let page = world.store.log_page(&world.account, &newest).await.unwrap();
    let entries = page.entries.iter().map(|logged| &logged.entry);
    played
        .seen
        .extend(entries.map(|entry| format!("log: {:?} {}", entry.status, entry.text)));
    StoryResult {
        played,
        steps: BTreeSet::new(),
    }
}

/// Runs the loop until no task is due. A failed run is repeated, as by the host.
async fn settles(world: &World) {
    let writer = world.push.status_writer();
    for _ in 0..40 {
        let due = world.store.next_due(&[TaskKind::WriteStatus]).await;
        let Some(due) = due.unwrap() else {
            return;
        };
        let wait = due - world.clock.now();
        let wait = wait.to_std().unwrap_or_default();
        world.clock.advance(wait.max(Duration::from_secs(1)));
        let run = world.while_time_passes(writer.run_due(10)).await;
        assert!(run.is_ok() || world.failing_store.failed().is_some());
        world.failing_store.heal();
    }
    panic!("the task does not end");
}

async fn invitation(world: &World) -> Invitation {
    let id = InvitationId::new(INVITATION);
    let found = world.store.invitation(&world.account, &id).await;
    found.unwrap().unwrap()
}

async fn becomes(world: &World, state: InvitationState) {
    let (mut invitation, mut changes) = (invitation(world).await, Changes::none());
    invitation.state = state;
    status_field::enqueue(&mut changes, &mut invitation, FIELD, world.clock.now());
    changes.invitations.push(Write::Put(invitation));
    world.apply(changes).await;
}

const FIELD: &str = "test_status";
const INVITATION: &str = "i-1";
