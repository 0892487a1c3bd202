//! Fault injection for the store. In every story of a push, every store call fails in every way,
//! and the story ends as it does without a fault.
//!
//! A story is set up on a healthy store and played as in production: a person requests the push
//! again, the product sends its event again, the host runs its loop again, and leases and settle
//! times pass. The story ends when no task is due.

mod backfills;
mod ended;
mod operator;
mod pushes;
mod stage;
mod stage_tests;
mod statuses;
mod triggers;
mod troubles;

use std::{collections::BTreeSet, fs, path::Path, pin::Pin};

use greenhouse_core::{
    store::{METHODS, PushStep},
    testing::StoreFault,
};

use self::{ended::StoryResult, stage::Stage};

/// Store call that fails. `None` for a healthy store.
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
    pushes {
        of_a_new_person,
        with_an_application_of_its_own,
        with_an_answer_without_the_application,
        of_a_person_with_an_application,
        of_a_candidate_without_an_application,
        of_an_invited_person,
        of_one_of_several_people,
        of_a_second_assessment,
        of_two_assessments_at_once,
        that_is_done_already,
        of_a_scorecard_with_ratings,
        of_a_scorecard_after_an_answer_was_lost,
        with_fields_and_tags,
        with_a_profile,
        that_moves_the_application,
        with_a_move_by_rule,
        with_a_rejection_by_rule,
    }
    triggers {
        on_completion,
        on_a_repeated_completion_event,
        on_a_score_below_the_minimum,
        on_an_invited_candidate,
        on_an_invited_candidate_whose_result_is_written,
        on_an_assessment_without_a_person,
        refused_by_greenhouse,
    }
    statuses {
        of_an_invited_candidate,
    }
    troubles {
        a_refused_token,
        a_refused_candidate,
        a_refused_report,
        a_refused_note,
        a_candidate_without_a_response,
        a_report_without_a_response,
        a_note_without_a_response,
        a_candidate_not_created,
        an_application_not_created,
        a_report_not_attached,
        a_note_not_written,
        a_closed_application,
        a_deleted_application,
        an_erased_person,
        a_user_without_access,
        an_unavailable_product,
        a_dead_host,
        a_concurrent_push_of_the_same_person,
    }
    backfills {
        counts_past_results,
    }
    stage_tests {
        of_a_candidate,
        of_two_applications_of_a_candidate,
        without_an_address,
    }
    operator {
        the_log,
        an_entry,
        the_health,
        the_settings,
        new_settings,
        the_choices,
        a_retry_from_the_log,
        a_push_of_an_incomplete_assessment,
        a_push_of_an_unknown_assessment,
    }
}

/// New steps and new methods of a port require a new story.
#[tokio::test]
async fn every_step_and_store_method_has_a_story() {
    let (mut faults, mut called, mut steps) = (0, BTreeSet::new(), BTreeSet::new());
    for (_, play) in STORIES {
        let ended = play(None).await;
        faults += ended.played.faults.len();
        called.extend(ended.played.called);
        steps.extend(ended.steps);
    }

    println!("{} stories, with {faults} faults", STORIES.len());
    assert_eq!(steps, PushStep::ALL.into_iter().collect());
    let by_core = "SyncLog::log_entry";
    assert!(called.contains(by_core), "{by_core}, which core calls");
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

/// Methods of the store that the source calls but no story reaches.
const UNPLAYED: [&str; 2] = ["Records::accounts", "Shared::return_budget"];

/// Appends the source files below this path, without their tests.
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
