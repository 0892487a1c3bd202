//! What befalls a person: deleted or anonymized.

use std::collections::BTreeSet;

use super::{
    Facts,
    ends::{applications_deleted, unknown_end},
    hints::ask,
};
use crate::{
    ApplicationId, CandidateId,
    store::{Changes, Erased, Erasure, Hinted, Link, LogStatus, Write},
    sync::{
        fates::{Chain, note},
        state::entry,
    },
};

/// Without a merge hook, the loser of a merge is reported as deleted with no applications (documented), while they
/// live on under the winner. So only ids that are listed are believed.
pub(super) fn candidate_deleted(
    changes: &mut Changes,
    candidate: CandidateId,
    applications: &[ApplicationId],
    known: &Facts,
) -> bool {
    let listed = applications_deleted(changes, applications, known);
    note(changes, known, candidate, |fate| {
        fate.deleted_at = Some(known.now);
    });
    let mut concerned = listed;
    for link in links_of(known, candidate).filter(|link| !applications.contains(&link.application))
    {
        concerned = true;
        look_up(changes, link, known);
    }
    concerned
}

/// Nobody said whether the application went with the candidate.
pub(super) fn look_up(changes: &mut Changes, link: &Link, known: &Facts) {
    if known.reader {
        let text = "The candidate was deleted or merged in Greenhouse; the application is being looked up.";
        ask(changes, link, Hinted::Deleted, text.to_owned(), known);
    } else {
        let why = "without access to Harvest it is unknown which";
        changes.log.push(unknown_end(link, known.now, why));
    }
}

/// Ids and link stay, and later outcomes still apply; a name that is not known here erases everything. What Greenhouse
/// sent for assessment is erased without a link, too; then nothing is logged.
pub(super) fn anonymized(
    changes: &mut Changes,
    candidate: CandidateId,
    fields: &[String],
    known: &Facts,
) -> bool {
    let fields: BTreeSet<String> = fields.iter().cloned().collect();
    let all_known = !fields.is_empty()
        && fields
            .iter()
            .all(|field| KNOWN_FIELDS.contains(&field.as_str()));
    let fields = all_known.then_some(fields);
    let became = Chain::of(known).from(candidate);
    changes
        .erasures
        .extend(became.iter().map(|candidate| Erasure {
            person: Erased::Candidate(*candidate),
            fields: fields.clone(),
        }));
    note(changes, known, candidate, |fate| {
        fate.anonymize(fields, known.now);
    });
    let mut concerned = false;
    // Also of a link whose application is gone: bodies that were kept of it are to lose what they say of the person.
    for link in &known.links {
        if link.candidate == candidate {
            let text =
                "The candidate was anonymized in Greenhouse; the stored personal data is erased.";
            erase_link(changes, link, known, text);
        } else if became.contains(&link.candidate) {
            let text = format!(
                "Candidate {candidate}, who was merged into this one, was anonymized in Greenhouse, and this was told after \
                 the merge. What came from the two cannot be told apart any more, so the stored personal data of both is erased."
            );
            erase_link(changes, link, known, &text);
        } else {
            continue;
        }
        concerned = true;
    }
    concerned
}

/// Says so, also where the link is marked already: what was erased now may be more.
pub(super) fn erase_link(changes: &mut Changes, link: &Link, known: &Facts, text: &str) {
    changes
        .log
        .push(entry(link, known.now, LogStatus::Done, text.to_owned()));
    if !link.erased {
        let mut erased = link.clone();
        erased.erased = true;
        changes.links.push(Write::Put(erased));
    }
}

fn links_of(known: &Facts, candidate: CandidateId) -> impl Iterator<Item = &Link> {
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
