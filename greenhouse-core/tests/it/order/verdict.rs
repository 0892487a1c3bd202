//! How the end on our side compares with the truth.

use greenhouse_core::{
    ApplicationStatus, Stage,
    platform::Outcome,
    store::{Link, LogEntry},
};

use super::world::{BYSTANDER, FIRST_APPLICATION, World};

/// The members of a link in which it is not as Greenhouse is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) application: bool,
    pub(super) candidate: bool,
    pub(super) deleted: bool,
    pub(super) erased: bool,
    pub(super) status: bool,
    pub(super) stage: bool,
}

/// Compares. With a reader, the link is to be found at the application that took the place of the first one.
///
/// Deleted is final: how an application stood that is gone nobody can say, so status and stage are not compared then.
pub(super) fn compare(world: &World, link: &Link, reader: bool) -> Differences {
    let truth = &world.application;
    let replaced = truth.id != FIRST_APPLICATION;
    let found = truth.exists && (!replaced || reader);
    let application = if found { truth.id } else { FIRST_APPLICATION };
    let (status, stage) = match found && !link.state.deleted {
        true => (
            link.state.status != truth.status,
            !stands_in(link.state.stage.as_ref(), truth.stage.as_ref(), truth.told),
        ),
        false => (false, false),
    };
    // Of an application that is gone it cannot be read with whom it went.
    let traced = found || !world.unnamed_merge;
    Differences {
        application: link.application != application,
        candidate: traced && link.candidate != world.candidate,
        deleted: link.state.deleted == found,
        erased: traced && link.erased != world.anonymized,
        status,
        stage,
    }
}

/// Whether the link of whoever stands by is where the person is in the end, and as erased. What is erased of it beside that
/// went since the two could not be told apart.
pub(super) fn bystander_is_there(world: &World, bystander: &Link) -> bool {
    let candidate = world.candidate.max(BYSTANDER);
    bystander.candidate == candidate && (bystander.erased || !world.bystander_anonymized)
}

fn stands_in(known: Option<&Stage>, truth: Option<&Stage>, told: bool) -> bool {
    match (known, truth) {
        (Some(known), Some(truth)) => known.is_same(truth),
        // Nobody told of any stage.
        (None, Some(_)) => !told,
        (known, None) => known.is_none(),
    }
}

/// What of the differences the log does not explain.
pub(super) fn unexplained(
    world: &World,
    differences: Differences,
    log: &[LogEntry],
) -> Differences {
    let says = |words: &str| log.iter().any(|entry| entry.text.contains(words));
    let arrival = says("(taken in the order of arrival)");
    let unsaid = says("did not say everything");
    // An older event may have told what the later one did not.
    let stale = world.curt && says("An event from before the present state came late");
    let weak = arrival || unsaid || stale;
    let unknown_end = says("so the link stays");
    Differences {
        application: differences.application,
        candidate: differences.candidate && !unknown_end,
        deleted: differences.deleted && !unknown_end,
        erased: differences.erased && !(differences.candidate && unknown_end),
        status: differences.status && !weak,
        stage: differences.stage && !weak,
    }
}

/// What the product is to know of a link in the end.
pub(super) fn outcome(link: &Link) -> Outcome {
    match link.state.status {
        ApplicationStatus::Rejected => Outcome::Rejected,
        ApplicationStatus::Hired => Outcome::Hired,
        _ => Outcome::Active,
    }
}
