//! What is drawn: what happens to a person and an application in Greenhouse, and what the webhooks say of it.

use proptest::{collection::vec, prelude::*};

/// What happens, one after the other. A step that cannot be at its time, as the rejection of somebody who is rejected, is
/// left out when it is played.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// Whether there is a hook for merges. Without one, the loser of a merge is told as deleted (documented).
    pub(super) merge_hook: bool,
    /// A prospect is in no stage.
    pub(super) prospect: bool,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) act: Act,
    /// Seconds since the step before. With none, both carry the same time.
    pub(super) seconds: i64,
    /// Whether it counts as activity. Where it does not, its webhook carries the time of the activity before.
    pub(super) counts: bool,
    pub(super) lacks: Lacks,
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
        /// Whether the winner was anonymized right before.
        winner_anonymized: bool,
    },
    DeleteApplication,
    /// Whether the body lists the application.
    DeleteCandidate {
        listed: bool,
    },
    Anonymize,
}

/// What a merge makes of the loser's application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    /// The winner has it now.
    Moved,
    /// The winner has one on the same job, which remains: the one of the loser is deleted.
    Replaced { by: Other, told: Told },
}

/// How the winner's own application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Other {
    Active,
    Rejected,
    Hired,
}

/// Where it is told that the loser's application was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    InTheMerge,
    ByItself,
    Twice,
}

/// What a body does not tell: real ones can be smaller than the published ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lacks {
    pub(super) status: bool,
    pub(super) stage: bool,
    pub(super) time: bool,
    pub(super) candidate: bool,
}

impl Lacks {
    pub(super) const NOTHING: Self = Self {
        status: false,
        stage: false,
        time: false,
        candidate: false,
    };
}

/// How often a webhook comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Once,
    /// The same delivery twice.
    Twice,
    /// The same body a second time, under another id.
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
    (act(), 0..3_i64, counts, lacks(), sent).prop_map(|(act, seconds, counts, lacks, sent)| Step {
        act,
        seconds,
        counts,
        lacks,
        sent,
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
    let told = prop_oneof![
        Just(Told::InTheMerge),
        Just(Told::ByItself),
        Just(Told::Twice),
    ];
    prop_oneof![
        Just(Merged::Moved),
        (by, told).prop_map(|(by, told)| Merged::Replaced { by, told }),
    ]
}

/// As published more often than not; else anything may lack, or all of it.
fn lacks() -> impl Strategy<Value = Lacks> {
    let some = any::<[bool; 4]>().prop_map(|[status, stage, time, candidate]| Lacks {
        status,
        stage,
        time,
        candidate,
    });
    let all = Lacks {
        status: true,
        stage: true,
        time: true,
        candidate: false,
    };
    prop_oneof![
        6 => Just(Lacks::NOTHING),
        1 => some,
        1 => Just(all),
    ]
}
