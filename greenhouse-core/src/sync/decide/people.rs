//! What befalls a person: deleted, merged, anonymized.

use std::collections::BTreeSet;

use super::{
    Known,
    ends::{applications_deleted, find_successor, look_back, unknown_end},
    hints::ask,
};
use crate::{
    ApplicationId, CandidateId,
    store::{Changes, Erasure, Hinted, Link, LogStatus, Merge, Write},
    sync::state::entry,
};

/// Without a merge hook, the loser of a merge is reported as deleted with no applications (documented), while they
/// live on under the winner. So only ids that are listed are believed.
pub(super) fn candidate_deleted(
    changes: &mut Changes,
    candidate: CandidateId,
    applications: &[ApplicationId],
    known: &Known,
) -> bool {
    let listed = applications_deleted(changes, applications, known);
    let mut concerned = listed;
    for link in links_of(known, candidate).filter(|link| !applications.contains(&link.application))
    {
        concerned = true;
        if known.reader {
            let text = "The candidate was deleted or merged in Greenhouse; the application is being looked up.";
            ask(changes, link, Hinted::Deleted, text.to_owned(), known);
        } else {
            let why = "without access to Harvest it is unknown which";
            changes.log.push(unknown_end(link, known.now, why));
        }
    }
    concerned
}

pub(super) fn merged(
    changes: &mut Changes,
    loser: CandidateId,
    winner: CandidateId,
    deleted: &[ApplicationId],
    known: &Known,
) -> bool {
    // Whatever Greenhouse sent for the loser is the winner's, also without a push.
    changes.merges.push(Merge { loser, winner });
    let mut concerned = false;
    for link in &known.links {
        let goes = deleted.contains(&link.application);
        // A link that is deleted already and is not the loser's may be far ahead of this merge, or not there yet: then it
        // is looked back at.
        if link.candidate != loser && (!goes || link.state.deleted) {
            continue;
        }
        concerned = true;
        let mut moved = link.clone();
        moved.candidate = winner;
        moved.merged = true;
        moved.state.deleted |= goes;
        let text = format!(
            "The candidate was merged in Greenhouse into candidate {winner}; the link follows."
        );
        changes
            .log
            .push(entry(link, known.now, LogStatus::Done, text));
        if moved.state.deleted {
            find_successor(changes, link, winner, known);
        }
        if moved.candidate != link.candidate {
            look_back(changes, link, known.now);
        }
        changes.links.push(Write::Put(moved));
    }
    concerned
}

/// Ids and link stay, and later outcomes still apply; a name that is not known here erases everything. What Greenhouse
/// sent for assessment is erased without a link, too; then nothing is logged.
pub(super) fn anonymized(
    changes: &mut Changes,
    candidate: CandidateId,
    fields: &[String],
    known: &Known,
) -> bool {
    let fields: BTreeSet<String> = fields.iter().cloned().collect();
    let all_known = !fields.is_empty()
        && fields
            .iter()
            .all(|field| KNOWN_FIELDS.contains(&field.as_str()));
    changes.erasures.push(if all_known {
        Erasure::fields(candidate, fields)
    } else {
        Erasure::everything(candidate)
    });
    let mut concerned = false;
    // Also of a link whose application is gone: bodies that were kept of it are to lose what they say of the person.
    for link in known
        .links
        .iter()
        .filter(|link| link.candidate == candidate)
    {
        concerned = true;
        let text =
            "The candidate was anonymized in Greenhouse; the stored personal data is erased."
                .to_owned();
        changes
            .log
            .push(entry(link, known.now, LogStatus::Done, text));
        if !link.erased {
            let mut erased = link.clone();
            erased.erased = true;
            changes.links.push(Write::Put(erased));
        }
    }
    concerned
}

fn links_of(known: &Known, candidate: CandidateId) -> impl Iterator<Item = &Link> {
    known
        .links
        .iter()
        .filter(move |link| link.candidate == candidate && !link.state.deleted)
}

/// Names of `anonymized_fields` that are documented and whose meaning for what is stored here is known. Any other name
/// is not told apart from "everything".
const KNOWN_FIELDS: &[&str] = &[
    "all_offer_versions",
    "attachments",
    "candidate_stage_data",
    "current_title",
    "custom_application_fields",
    "custom_candidate_fields",
    "email_addresses",
    "emails",
    "full_name",
    "notes",
    "offers",
    "phone_numbers",
    "scorecards_and_interviews",
    "source",
    "tags",
];
