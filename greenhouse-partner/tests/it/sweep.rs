//! Every story of the service with every call to the store going wrong in every way: it ends as without a fault.
//!
//! A story is set up on a healthy store, played the way the outside world plays it (Greenhouse sends again on a 503, the
//! host calls its loop again, the product and an operator try again, time passes), and left when nothing is due any more.

mod ended;
mod endpoints;
mod events;
mod operator;
mod stage;
mod told;
mod work;

use std::{collections::BTreeSet, fs, path::Path, pin::Pin};

use greenhouse_core::{
    store::{METHODS, TaskKind},
    testing::StoreFault,
    webhook::Event,
};

use self::{
    ended::Ended,
    stage::{Covers, Stage},
};

/// The call that fails; none for a healthy store.
type Fault = Option<StoreFault>;

/// Plays one story from its set-up to its end.
type Play = fn(Fault) -> Pin<Box<dyn Future<Output = Ended>>>;

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
        the_status_of_a_completion_that_nobody_told,
        the_status_of_a_completion_that_is_known,
        the_status_of_a_withdrawn_test,
        the_status_of_an_expired_test,
        the_status_of_a_refused_invitation,
        the_status_of_what_the_product_has_no_more,
        a_report_link_is_handed_out,
        a_report_is_opened,
        a_revoked_report_is_not_opened,
        an_error_is_reported,
        an_error_with_an_invitation_is_reported,
    }
    told {
        a_completion,
        a_completion_told_twice,
        a_completion_before_the_invitation_is_known,
        a_completion_without_a_credential,
        a_test_that_is_taken_again,
        a_test_that_is_taken_again_unnoticed,
        a_test_that_is_taken_again_untold,
        a_test_that_is_taken_again_before_greenhouse_is_told,
        an_assessment_of_nobody,
        the_end_of_all_report_links,
    }
    events {
        rejected,
        rejected_on_the_bare_path,
        rejected_without_a_time,
        rejected_and_delivered_twice,
        rejected_from_before,
        unrejected,
        hired,
        hired_and_nobody_can_read,
        unhired,
        moved_to_another_stage,
        updated,
        application_deleted,
        candidate_deleted_with_its_applications,
        candidate_deleted_without_a_list,
        merged,
        merged_after_the_deletion,
        merged_twice_and_told_in_the_other_order,
        anonymized_and_told_after_the_merge,
        merged_and_told_after_the_winner_was_anonymized,
        rejected_before_it_was_linked,
        anonymized_before_it_was_linked,
        deleted_before_it_was_linked_and_nobody_can_read,
        anonymized,
        pinged,
        of_no_concern,
        about_a_stranger,
        unreadable,
    }
    work {
        an_invitation_that_the_product_refuses,
        an_invitation_of_somebody_who_was_erased,
        an_invitation_while_the_product_is_down,
        a_notice_that_is_refused,
        a_notice_that_is_taken_at_the_second_attempt,
        a_notice_after_everything_was_switched_off,
        an_outcome_while_the_product_is_down,
        a_hint_that_is_contradicted,
        a_hint_while_the_reader_is_down,
        a_hint_that_cannot_be_read,
        a_successor_that_is_not_there,
        a_successor_while_the_reader_is_down,
        a_successor_that_cannot_be_read,
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
        a_key_is_minted,
        a_key_is_rotated,
        a_key_is_revoked,
    }
}

/// Whoever adds an endpoint, an event, a kind of work or a method of a port adds a story here.
#[tokio::test]
async fn everything_has_a_story() {
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
    let others = [TaskKind::Push, TaskKind::Reconcile];
    let own = TaskKind::ALL.iter().filter(|kind| !others.contains(kind));
    assert_eq!(
        covers.works,
        own.map(|kind| kind.as_str().to_owned()).collect()
    );
    for action in Event::ACTIONS {
        assert!(covers.actions.contains(*action), "{action}");
    }
    let methods: BTreeSet<&str> = METHODS.into_iter().flatten().copied().collect();
    let uncalled: Vec<&str> = methods.difference(&called).copied().collect();
    assert_eq!(uncalled, UNCALLED);
}

/// The endpoints that files document in their first line, such as "`GET /api/greenhouse/list-tests`".
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

/// The methods of the store that this service has no use for.
const UNCALLED: [&str; 14] = [
    "Housekeeping::purge",
    "Housekeeping::reseal",
    "Records::accounts",
    "Records::pushes_of_person",
    "Shared::lock_token",
    "Shared::note_budget",
    "Shared::return_budget",
    "Shared::save_token",
    "Shared::take_budget",
    "Shared::token",
    "Shared::unlock_token",
    "SyncLog::keyed_log_entry",
    "TaskQueue::overdue",
    "TaskQueue::parked",
];
