//! Every story of the push with every call to the store going wrong in every way: it ends as without a fault.
//!
//! A story is set up on a healthy store, played the way the outside world plays it (a person presses again, the product
//! tells again, the host calls its loop again, leases and settle times pass), and left when nothing is due any more.

mod ended;
mod operator;
mod pushes;
mod stage;
mod triggers;
mod troubles;

use std::{collections::BTreeSet, pin::Pin};

use greenhouse_core::{
    store::{METHODS, PushStep},
    testing::StoreFault,
};

use self::{ended::Ended, stage::Stage};

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
    pushes {
        of_somebody_new,
        with_an_application_of_its_own,
        with_an_answer_without_the_application,
        of_somebody_who_has_applied,
        of_somebody_who_has_not_applied,
        of_somebody_who_was_invited,
        of_one_of_several_people,
        of_a_second_assessment,
        of_two_assessments_at_once,
        that_is_done_already,
        of_a_scorecard_with_ratings,
        of_a_scorecard_after_an_answer_was_lost,
        with_fields_and_tags,
        that_moves_the_application,
    }
    triggers {
        on_completion,
        on_completion_told_twice,
        on_a_score_that_is_too_low,
        on_an_invited_candidate,
        on_an_assessment_of_nobody,
        that_is_refused_by_greenhouse,
    }
    troubles {
        a_token_that_was_not_given,
        a_candidate_that_is_refused,
        a_report_that_is_refused,
        a_note_that_is_refused,
        a_candidate_without_an_answer,
        a_report_without_an_answer,
        a_note_without_an_answer,
        a_candidate_that_was_not_created,
        an_application_that_was_not_created,
        a_report_that_was_not_attached,
        a_note_that_was_not_written,
        an_application_that_has_ended,
        an_application_that_was_deleted,
        somebody_who_was_erased,
        a_reader_who_does_not_see,
        a_product_that_is_down,
        a_host_that_died,
        a_push_of_the_same_person_under_way,
    }
    operator {
        the_log,
        an_entry,
        the_health,
        the_settings,
        new_settings,
        the_choices,
        a_retry_from_the_log,
        a_push_of_what_is_not_completed,
        a_push_of_what_is_not_there,
    }
}

/// Whoever adds a step or a method of a port adds a story here.
#[tokio::test]
async fn everything_has_a_story() {
    let (mut faults, mut called, mut steps) = (0, BTreeSet::new(), BTreeSet::new());
    for (_, play) in STORIES {
        let ended = play(None).await;
        faults += ended.played.faults.len();
        called.extend(ended.played.called);
        steps.extend(ended.steps);
    }

    println!("{} stories, with {faults} faults", STORIES.len());
    assert_eq!(steps, PushStep::ALL.into_iter().collect());
    let methods: BTreeSet<&str> = METHODS.into_iter().flatten().copied().collect();
    let uncalled: Vec<&str> = methods.difference(&called).copied().collect();
    assert_eq!(uncalled, UNCALLED);
}

/// The methods of the store that the push has no use for.
const UNCALLED: [&str; 18] = [
    "Housekeeping::last_seen",
    "Housekeeping::note_last_seen",
    "Housekeeping::purge",
    "Housekeeping::reseal",
    "Records::account_with_key",
    "Records::accounts",
    "Records::candidate_history",
    "Records::delivery_status",
    "Records::ignored_deliveries",
    "Records::invitation",
    "Records::invitation_by_request",
    "Records::last_delivery_at",
    "Records::links_after",
    "Records::links_to_application",
    "Records::links_to_candidate",
    "Shared::return_budget",
    "TaskQueue::overdue",
    "TaskQueue::parked",
];
