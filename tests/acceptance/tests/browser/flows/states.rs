//! States of pages that a person meets between the steps of a story.

mod activity;
mod drafts;
mod forms;
mod problems;
mod scores;
mod sessions;

use std::sync::Arc;

use axum_host::Axum;
use libtest_mimic::Trial;
use serde_json::Value;

use super::person::{Hand, Person};
use crate::{page::Page, pool::BrowserPool, stage::Stage};

pub(super) fn trials(pool: &Arc<BrowserPool>) -> Vec<Trial> {
    vec![
        pool.trial("flows::states::stale_settings", drafts::stale_settings),
        pool.trial("flows::states::stale_mapping", drafts::stale_mapping),
        pool.trial("flows::states::expired_session", sessions::expired),
        pool.trial(
            "flows::states::expired_session_without_scripts",
            sessions::expired_without_scripts,
        ),
        pool.trial("flows::states::saved_form", forms::saved),
        pool.trial(
            "flows::states::saved_form_without_scripts",
            forms::saved_without_scripts,
        ),
        pool.trial("flows::states::changed_drawer", forms::changed_drawer),
        pool.trial("flows::states::pending_rows", activity::pending_rows),
        pool.trial("flows::states::unsaved_changes", drafts::unsaved_changes),
        pool.trial("flows::states::live_preview", scores::live_preview),
        pool.trial("flows::states::bar_with_mouse", scores::bar_with_mouse),
        pool.trial("flows::states::bar_with_keys", scores::bar_with_keys),
        pool.trial("flows::states::invalid_bounds", problems::invalid_bounds),
        pool.trial("flows::states::unknown_source", problems::unknown_source),
        pool.trial("flows::states::unknown_user", problems::unknown_user),
        pool.trial("flows::states::missing_scope", problems::missing_scope),
        pool.trial("flows::states::closed_job", problems::closed_job),
        pool.trial("flows::states::retry_all", activity::retry_all),
    ]
}

/// A person who has signed in to an account that is set up, at the settings of the push.
async fn at_push(page: &Page) -> (Person, Stage) {
    let stage = Stage::set_up(&Axum).await;
    let person = Person::new(page, Hand::Mouse);
    person.sign_in(&stage).await;
    person.open("Candidate Push").await;
    (person, stage)
}

/// Returns the stored settings of the push.
async fn stored(stage: &Stage) -> Value {
    let (status, stored) = stage.ask("GET", "settings/push", None).await;
    assert_eq!(status, 200, "{stored}");
    stored["settings"].clone()
}

const SCORECARD: &str = "Scorecard mapping";
const TRIGGERS: &str = "Push triggers";
