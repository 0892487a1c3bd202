//! Random histories of a person and an application in Greenhouse, with the resulting webhooks.

use proptest::{collection::vec, prelude::*};

/// Steps in order. An impossible step, such as a second rejection, is skipped.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// Set if a hook for merges exists. Without one, Greenhouse reports the loser as deleted
    /// (documented).
    pub(super) merge_hook: bool,
    /// A prospect has no stage.
    pub(super) prospect: bool,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) act: Act,
    /// Seconds since the previous step. If 0, both steps have the same time.
    pub(super) seconds: i64,
    /// Set if the step is activity in Greenhouse. If not, its webhook has the time of the previous
    /// activity.
    pub(super) counts: bool,
    pub(super) omitted: Omitted,
    pub(super) sent: Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Move(i64),
    Reject,
    Unreject,
    Hire,
    Unhire,
    Update,
    Merge {
        how: Merged,
        /// The winner was anonymized just before.
        winner_anonymized: bool,
    },
    DeleteApplication,
    DeleteCandidate {
        /// The body lists the application.
        listed: bool,
    },
    Anonymize,
}

/// Effect of a merge on the loser's application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    /// It moves to the winner.
    Moved,
    /// The winner has an application on the same job. The winner's remains, and the loser's is
    /// deleted.
    Replaced { by: Other, reported: Reported },
}

/// Status of the winner's own application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    Active,
    Rejected,
    Hired,
}

/// Webhooks that report the deletion of the loser's application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reported {
    InMerge,
    Separately,
    Twice,
}

/// Members missing in a body: real bodies can be smaller than the published ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Omitted {
    pub(super) status: bool,
    pub(super) stage: bool,
    pub(super) time: bool,
    pub(super) candidate: bool,
}

impl Omitted {
    pub(super) const NOTHING: Self = Self {
        status: false,
        stage: false,
        time: false,
        candidate: false,
    };
}

/// Repetition of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Once,
    /// The same delivery twice.
    Twice,
    /// The same body twice, with different ids.
    Renamed,
}

pub(super) fn histories() -> impl Strategy<Value = History> {
    let steps = vec(step(), 1..9);
    (prop::bool::weighted(0.75), prop::bool::weighted(0.1), steps).prop_map(
        |(merge_hook, prospect, steps)| History {
            merge_hook,
            prospect,
            steps,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let sent = prop_oneof![
        6 => Just(Sent::Once),
        1 => Just(Sent::Twice),
        1 => Just(Sent::Renamed),
    ];
    let counts = prop::bool::weighted(0.7);
    (act(), 0..3_i64, counts, omitted(), sent).prop_map(|(act, seconds, counts, omitted, sent)| {
        Step {
            act,
            seconds,
            counts,
            omitted,
            sent,
        }
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (1..4_i64).prop_map(Act::Move),
        4 => Just(Act::Reject),
        4 => Just(Act::Unreject),
        3 => Just(Act::Hire),
        2 => Just(Act::Unhire),
        3 => Just(Act::Update),
        4 => merge(),
        1 => Just(Act::DeleteApplication),
        1 => any::<bool>().prop_map(|listed| Act::DeleteCandidate { listed }),
        2 => Just(Act::Anonymize),
    ]
}

fn merge() -> impl Strategy<Value = Act> {
    (merged(), prop::bool::weighted(0.2)).prop_map(|(how, winner_anonymized)| Act::Merge {
        how,
        winner_anonymized,
    })
}

fn merged() -> impl Strategy<Value = Merged> {
    let by = prop_oneof![
        Just(Other::Active),
        Just(Other::Rejected),
        Just(Other::Hired),
    ];
    let reported = prop_oneof![
        Just(Reported::InMerge),
        Just(Reported::Separately),
        Just(Reported::Twice),
    ];
    prop_oneof![
        Just(Merged::Moved),
        (by, reported).prop_map(|(by, reported)| Merged::Replaced { by, reported }),
    ]
}

/// Usually complete; otherwise, any number of members is missing.
fn omitted() -> impl Strategy<Value = Omitted> {
    let some = any::<[bool; 4]>().prop_map(|[status, stage, time, candidate]| Omitted {
        status,
        stage,
        time,
        candidate,
    });
    let all = Omitted {
        status: true,
        stage: true,
        time: true,
        candidate: false,
    };
    prop_oneof![
        6 => Just(Omitted::NOTHING),
        1 => some,
        1 => Just(all),
    ]
}
