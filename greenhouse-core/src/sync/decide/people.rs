//! Deletions and anonymizations of people.

use std::collections::BTreeSet;

use super::{Facts, ends::applications_deleted, hints::request_read};
use crate::{
    ApplicationId, CandidateId, Text,
    store::{Changes, Erased, Erasure, Hinted, Link, LogStatus, Write},
    sync::{
        apply::entry,
        histories::{Chain, note},
    },
    texts::sync as texts,
};

/// Without a merge hook, Greenhouse reports the loser of a merge as deleted with no applications
/// (documented), although they still exist under the winner. So only listed ids count as deleted.
pub(super) fn candidate_deleted(
    changes: &mut Changes,
    candidate: CandidateId,
    applications: &[ApplicationId],
    known: &Facts,
) -> bool {
    let listed = applications_deleted(changes, applications, known);
    note(changes, known, candidate, |history| {
        history.deleted_at = Some(known.now);
    });
    let mut concerned = listed;
    for link in links_of(known, candidate).filter(|link| !applications.contains(&link.application))
    {
        concerned = true;
        look_up(changes, link, known);
    }
    concerned
}

/// Looks the application up, because it is unknown whether it was deleted with the candidate.
pub(super) fn look_up(changes: &mut Changes, link: &Link, known: &Facts) {
    if known.reader {
        let text = texts::candidate_gone();
        request_read(changes, link, Hinted::Deleted, text, known);
    } else {
        let text = texts::candidate_gone_unchecked();
        changes
            .log
            .push(entry(link, known.now, LogStatus::Done, text));
    }
}

/// Ids and links stay, and later outcomes still apply. An unknown field name erases everything.
/// Data in invitations is erased even without a link, but then nothing is logged.
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
    note(changes, known, candidate, |history| {
        history.anonymize(fields, known.now);
    });
    let mut concerned = false;
    // Includes links to deleted applications, because their kept bodies hold personal data.
    for link in &known.links {
        if link.candidate == candidate {
            erase_link(changes, link, known, texts::candidate_anonymized());
        } else if became.contains(&link.candidate) {
            let text = texts::merged_candidate_anonymized(candidate);
            erase_link(changes, link, known, text);
        } else {
            continue;
        }
        concerned = true;
    }
    concerned
}

/// Logs the erasure even if the link is marked already, because more may be erased now.
pub(super) fn erase_link(changes: &mut Changes, link: &Link, known: &Facts, text: Text) {
    changes
        .log
        .push(entry(link, known.now, LogStatus::Done, text));
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

/// Documented names of `anonymized_fields` whose meaning for stored data is known. Any other name
/// erases everything.
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
