//! Fault injection for the store: every call of every story of the service fails in every way, and
//! the story ends as without a fault.
//!
//! A story is set up on a healthy store and played as in production: Greenhouse retries after a
//! 503, the host runs its loop again, the product and an operator retry, and time passes. It ends
//! when no task is due.

mod calls;
mod ended;
mod endpoints;
mod events;
mod operator;
mod stage;
mod work;

use std::{collections::BTreeSet, fs, path::Path, pin::Pin};

use greenhouse_core::{
    store::{METHODS, TaskKind},
    testing::StoreFault,
    webhook::Event,
};

use self::{
    ended::StoryResult,
    stage::{Covers, Stage},
};

/// The call that fails. `None` for a healthy store.
type Fault = Option<StoreFault>;

/// Plays one story from its setup to its end.
type Play = fn(Fault) -> Pin<Box<dyn Future<Output = StoryResult>>>;

macro_rules! stories {
    ($($chapter:ident { $($story:ident,)* })*) => {
        const STORIES: &[(&str, Play)] = &[
            $($((stringify!($story), |fault| Box::pin($chapter::$story(fault))),)*)*
        ];

        mod with_every_fault {
            $(mod $chapter {
                use greenhouse_core::testing::sweep;

                use crate::sweep::$chapter;

                $(#[tokio::test]
                async fn $story() {
                    sweep(async |fault| $chapter::$story(fault).await.played).await;
                })*
            })*
        }
    };
}

stories! {
    endpoints {
        tests_are_listed,
        a_test_is_sent,
        a_test_is_sent_twice,
        a_test_is_sent_without_an_address,
        a_test_is_sent_while_the_product_is_down,
        the_status_before_the_invitation,
        the_status_of_an_invited_candidate,
        the_status_of_a_started_candidate,
        the_status_of_a_completion_without_an_event,
        the_status_of_a_known_completion,
        the_status_of_a_withdrawn_test,
        the_status_of_an_expired_test,
        the_status_of_a_refused_invitation,
        the_status_of_a_removed_assessment,
        a_report_link_is_issued,
        a_report_is_opened,
        a_revoked_report_is_refused,
        an_error_is_reported,
        an_error_with_an_invitation_is_reported,
    }
    calls {
        a_completion,
        a_repeated_completion,
        a_completion_before_the_invitation_is_known,
        a_completion_without_a_credential,
        a_retaken_test,
        a_retaken_test_without_a_restart_event,
        a_retaken_test_without_events,
        a_retaken_test_before_the_first_notice,
        an_assessment_without_a_person,
        a_revocation_of_all_report_links,
    }
    events {
        rejected,
        rejected_on_the_bare_path,
        rejected_without_a_time,
        rejected_and_delivered_twice,
        rejected_before_the_current_state,
        unrejected,
        hired,
        hired_without_a_reader,
        unhired,
        moved_to_another_stage,
        moved_to_a_stage_with_a_test,
        updated,
        application_deleted,
        candidate_deleted_with_its_applications,
        candidate_deleted_without_a_list,
        merged,
        merged_after_the_deletion,
        merged_twice_in_reverse_order,
        anonymized_before_the_merge_and_delivered_after_it,
        merged_and_delivered_after_the_winner_was_anonymized,
        rejected_before_it_was_linked,
        anonymized_before_it_was_linked,
        deleted_before_it_was_linked_without_a_reader,
        anonymized,
        pinged,
        an_event_without_a_rule,
        about_an_unknown_application,
        unreadable,
    }
    work {
        a_refused_invitation,
        an_invitation_of_an_erased_person,
        an_invitation_while_the_product_is_down,
        a_refused_notice,
        a_notice_accepted_at_the_second_attempt,
        a_notice_after_all_directions_were_disabled,
        an_outcome_while_the_product_is_down,
        a_contradicted_hint,
        a_hint_while_the_reader_is_down,
        a_hint_without_a_reader,
        a_missing_successor,
        a_successor_while_the_reader_is_down,
        a_successor_without_a_reader,
    }
    operator {
        the_log,
        an_entry,
        the_health,
        the_health_of_a_silent_account,
        the_retry_of_a_notice,
        the_retry_of_what_has_not_failed,
        a_preview,
        the_set_up,
        report_links_are_revoked,
        the_keys,
        a_key_is_created,
        a_key_is_rotated,
        a_key_is_revoked,
    }
}

/// Each new endpoint, event, kind of task and store method requires a story.
#[tokio::test]
async fn every_endpoint_event_task_and_store_method_has_a_story() {
    let (mut faults, mut called, mut covers) = (0, BTreeSet::new(), Covers::default());
    for (_, play) in STORIES {
        let ended = play(None).await;
        faults += ended.played.faults.len();
        called.extend(ended.played.called);
        covers.endpoints.extend(ended.covers.endpoints);
        covers.actions.extend(ended.covers.actions);
        covers.works.extend(ended.covers.works);
    }
    println!("{} stories, with {faults} faults", STORIES.len());
    let mut endpoints = BTreeSet::new();
    endpoints_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut endpoints,
    );
    assert_eq!(covers.endpoints, endpoints);
    let others = [
        TaskKind::Push,
        TaskKind::Reconcile,
        TaskKind::StageTest,
        TaskKind::Backfill,
        TaskKind::WriteStatus,
    ];
    let own = TaskKind::ALL.iter().filter(|kind| !others.contains(kind));
    assert_eq!(
        covers.works,
        own.map(|kind| kind.as_str().to_owned()).collect()
    );
    for action in Event::ACTIONS {
        assert!(covers.actions.contains(*action), "{action}");
    }
    for method in ["Records::candidate_history", "SyncLog::log_entry"] {
        assert!(called.contains(method), "{method}, which core calls");
    }
    let mut source = String::new();
    source_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut source,
    );
    let mut methods: Vec<&str> = METHODS.into_iter().flatten().copied().collect();
    methods.retain(|method| {
        let name = method.rsplit(':').next().unwrap();
        source.contains(&format!(".{name}(")) && !called.contains(method)
    });
    assert_eq!(methods, UNPLAYED);
}

/// Endpoints documented in the first line of files, such as "`GET /api/greenhouse/list-tests`".
fn endpoints_below(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            endpoints_below(&entry.unwrap().path(), found);
        }
        return;
    }
    let text = fs::read_to_string(path).unwrap();
    let endpoint = ["//! `GET /api/", "//! `POST /api/"]
        .into_iter()
        .find_map(|lead| text.strip_prefix(lead));
    if let Some(endpoint) = endpoint {
        let name = match endpoint.strip_prefix("greenhouse/") {
            Some(rest) => rest.split(['/', '?', '`']).next().unwrap(),
            None => "webhook",
        };
        found.insert(name.replace('-', "_"));
    }
}

/// Methods of the store that occur in the source but are called by no story.
const UNPLAYED: [&str; 1] = ["Records::accounts"];

/// The source without its tests.
fn source_below(path: &Path, source: &mut String) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            source_below(&entry.unwrap().path(), source);
        }
    } else if !path.ends_with("tests.rs") {
        let text = fs::read_to_string(path).unwrap();
        source.push_str(text.split("#[cfg(test)]").next().unwrap());
    }
}
