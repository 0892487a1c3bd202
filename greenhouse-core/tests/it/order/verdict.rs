//! Comparison of the result with the true state.

use greenhouse_core::{
    ApplicationStatus, Stage,
    platform::Outcome,
    store::{Link, LogEntry},
};

use super::world::{BYSTANDER, FIRST_APPLICATION, World};

/// Members of a link that differ from Greenhouse.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) application: bool,
    pub(super) candidate: bool,
    pub(super) deleted: bool,
    pub(super) erased: bool,
    pub(super) status: bool,
    pub(super) stage: bool,
}

/// Compares a link with Greenhouse. With a reader, the link must point to the application that
/// replaced the first one.
///
/// A deleted application has no status and no stage to compare.
pub(super) fn compare(world: &World, link: &Link, reader: bool) -> Differences {
    let truth = &world.application;
    let replaced = truth.id != FIRST_APPLICATION;
    let found = truth.exists && (!replaced || reader);
    let application = if found { truth.id } else { FIRST_APPLICATION };
    let (status, stage) = match found && !link.state.deleted {
        true => (
            link.state.status != truth.status,
            !stands_in(
                link.state.stage.as_ref(),
                truth.stage.as_ref(),
                truth.reported,
            ),
        ),
        false => (false, false),
    };
    // A deleted application does not show its candidate.
    let traced = found || !world.unnamed_merge;
    Differences {
        application: link.application != application,
        candidate: traced && link.candidate != world.candidate,
        deleted: link.state.deleted == found,
        erased: traced && link.bodies_erased != world.anonymized,
        status,
        stage,
    }
}

/// Returns `true` if the bystander's link points to the final candidate, and is erased if required.
/// It may be erased without need, because the two people cannot be distinguished after a merge.
pub(super) fn bystander_is_there(world: &World, bystander: &Link) -> bool {
    let candidate = world.candidate.max(BYSTANDER);
    bystander.candidate == candidate && (bystander.bodies_erased || !world.bystander_anonymized)
}

fn stands_in(known: Option<&Stage>, truth: Option<&Stage>, reported: bool) -> bool {
    match (known, truth) {
        (Some(known), Some(truth)) => known.is_same(truth),
        // No webhook contained a stage.
        (None, Some(_)) => !reported,
        (known, None) => known.is_none(),
    }
}

/// Differences that the log does not explain.
pub(super) fn unexplained(
    world: &World,
    differences: Differences,
    log: &[LogEntry],
) -> Differences {
    let says = |words: &str| log.iter().any(|entry| entry.text.contains(words));
    let arrival = says("webhooks are applied in order of arrival");
    let unsaid = says("The webhook contained no st");
    // An older event may have had members that the later one omitted.
    let stale = world.incomplete && says("A late webhook was skipped");
    let weak = arrival || unsaid || stale;
    let unknown_end = says("The assessment stays linked");
    Differences {
        application: differences.application,
        candidate: differences.candidate && !unknown_end,
        deleted: differences.deleted && !unknown_end,
        erased: differences.erased && !(differences.candidate && unknown_end),
        status: differences.status && !weak,
        stage: differences.stage && !weak,
    }
}

/// Outcome that the product must have at the end.
pub(super) fn outcome(link: &Link) -> Outcome {
    match link.state.status {
        ApplicationStatus::Rejected => Outcome::Rejected,
        ApplicationStatus::Hired => Outcome::Hired,
        _ => Outcome::Active,
    }
}
