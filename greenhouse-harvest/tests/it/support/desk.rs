//! An operator who configures the push.

use greenhouse_core::{
    ProductJobId,
    platform::ProductJob,
    store::{AccountRecord, Changes, Records, Write},
};
use serde_json::{Value, json};

use super::{
    SECRET,
    greenhouse::{JOB, STAGE},
    world::{World, WorldOptions},
};

/// An operator with a settings page.
pub(crate) struct Desk {
    pub(crate) world: World,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let world = World::in_process(WorldOptions::default());
        set_up(&world);
        Self { world }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, "").await
    }

    pub(crate) async fn put(&self, version: u64, settings: Value) -> (u16, Value) {
        let body = json!({"version": version, "settings": settings});
        self.ask("PUT", "settings/push", &body.to_string()).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let asked = self.world.operator(method, path, body);
        let (status, _, answer) = self.world.while_time_passes(asked).await;
        assert!(!answer.to_string().contains(SECRET), "{answer}");
        self.world.greenhouse.counts();
        (status, answer)
    }

    pub(crate) async fn record(&self) -> AccountRecord {
        let store = &self.world.store;
        store.account(&self.world.account).await.unwrap().unwrap()
    }

    pub(crate) async fn store(&self, record: AccountRecord) {
        let mut changes = Changes::none();
        changes.account = Some(Write::Put(record));
        self.world.apply(changes).await;
    }
}

/// Adds the job to the product, and creates a Greenhouse in which the world's settings are valid.
pub(crate) fn set_up(world: &World) {
    let job = ProductJob {
        id: ProductJobId::new("sales"),
        name: "Sales".to_owned(),
    };
    world.platform.add_job(&world.account, job);
    world.greenhouse.with(|state| {
        state.scopes = Some(SCOPES.join(" "));
        let mut list = |name, rows: Value| {
            let rows = rows.as_array().unwrap().clone();
            state.lists.insert(name, rows);
        };
        list(
            "users",
            json!([
                {"id": ACTING, "name": "Ada Site", "deactivated": false, "primary_email": "ada@example.org", "site_admin": true},
                {"id": 7, "name": "Lee Brandt", "deactivated": false, "primary_email": "lee@example.org", "site_admin": false},
                {"id": 8, "name": "Long Gone", "deactivated": true, "primary_email": "gone@example.org"},
            ]),
        );
        list(
            "job_interview_stages",
            json!([
                {"id": 12, "job_id": JOB, "name": "Offer", "sort_order": 2, "active": true},
                {"id": STAGE, "job_id": JOB, "name": "Take Home Test", "sort_order": 1, "active": true},
                {"id": 11, "job_id": JOB, "name": "Old", "sort_order": 0, "active": false},
            ]),
        );
        list(
            "job_interviews",
            json!([{"id": 51, "job_id": JOB, "job_interview_stage_id": STAGE, "name": "Talk", "active": true}]),
        );
        list(
            "interview_kits",
            json!([
                {"id": 43, "job_id": JOB, "job_interview_id": 51},
                {"id": 44, "job_id": JOB, "job_interview_id": 52},
                {"id": 41, "job_id": 2, "job_interview_id": 53},
            ]),
        );
        list(
            "custom_fields",
            json!([
                {"id": 61, "name": "Level", "name_key": "level", "field_type": "application", "value_type": "single_select", "active": true},
                {"id": 62, "name": "Old", "name_key": "old", "field_type": "application", "value_type": "number", "active": false},
                {"id": 63, "name": "Start", "name_key": "start", "field_type": "application", "value_type": "date", "active": true},
                {"id": 64, "name": "Lead", "name_key": "lead", "field_type": "application", "value_type": "number", "active": true,
                 "application_type": "prospect_applications"},
                {"id": 65, "name": "Grit", "name_key": "grit", "field_type": "candidate", "value_type": "number", "active": true},
            ]),
        );
        list(
            "sources",
            json!([{"id": 5, "name": "Job board", "type": {"id": 1, "name": "Agencies"}}]),
        );
    });
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) const ACTING: i64 = 5_400_012_002;
const SCOPES: [&str; 16] = [
    "harvest:candidates:list",
    "harvest:candidates:create",
    "harvest:candidates:update",
    "harvest:applications:list",
    "harvest:applications:create",
    "harvest:applications:update",
    "harvest:applications:move",
    "harvest:application_stages:list",
    "harvest:attachments:list",
    "harvest:attachments:create",
    "harvest:notes:list",
    "harvest:notes:create",
    "harvest:jobs:list",
    "harvest:job_interview_stages:list",
    "harvest:custom_fields:list",
    "harvest:custom_field_options:list",
];
