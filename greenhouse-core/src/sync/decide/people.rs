//! Deletions and anonymizations of people.

use super::{Facts, ends::applications_deleted, hints::request_read};
use crate::{
    ApplicationId, CandidateId, Text,
    store::{Changes, Erased, ErasedPart, Erasure, Hinted, Link, LogStatus, Write},
    sync::{
        apply::entry,
        histories::{Chain, note},
    },
    texts::sync as texts,
};

/// Without a merge hook, Greenhouse reports the loser of a merge as deleted with no applications
/// (documented), although they still exist under the winner. So only listed applications are
/// treated as deleted.
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

/// Erases the data that the words in `fields` cover; see [`Erasure::fields`]. Ids and links stay,
/// and later outcomes still apply. Data in invitations is erased even without a link, but then
/// nothing is logged.
pub(super) fn anonymized(
    changes: &mut Changes,
    candidate: CandidateId,
    fields: &[String],
    known: &Facts,
) -> bool {
    let erasure = Erasure::fields(candidate, fields.iter().cloned().collect());
    let became = Chain::of(known).from(candidate);
    changes
        .erasures
        .extend(became.iter().map(|candidate| Erasure {
            person: Erased::Candidate(*candidate),
            fields: erasure.fields.clone(),
        }));
    note(changes, known, candidate, |history| {
        history.anonymize(erasure.fields.clone(), known.now);
    });
    let mut concerned = false;
    // Includes links to deleted applications, because their kept bodies hold personal data.
    for link in &known.links {
        if link.candidate == candidate {
            erase_link(changes, link, &erasure, known, anonymized_text(&erasure));
        } else if became.contains(&link.candidate) {
            let text = texts::merged_candidate_anonymized(candidate);
            erase_link(changes, link, &erasure, known, text);
        } else {
            continue;
        }
        concerned = true;
    }
    concerned
}

fn anonymized_text(erasure: &Erasure) -> Text {
    let Some(words) = &erasure.fields else {
        return texts::candidate_anonymized();
    };
    let words = words.iter().map(String::as_str).collect::<Vec<_>>();
    let parts = erasure.parts().map(ErasedPart::as_str).collect::<Vec<_>>();
    texts::candidate_anonymized_in_part(&words.join(", "), &parts.join(", "))
}

/// Logs the erasure even if the link is marked already, because more may be erased now.
pub(super) fn erase_link(
    changes: &mut Changes,
    link: &Link,
    erasure: &Erasure,
    known: &Facts,
    text: Text,
) {
    changes
        .log
        .push(entry(link, known.now, LogStatus::Done, text));
    let mut erased = link.clone();
    if erased.erase(erasure) {
        changes.links.push(Write::Put(erased));
    }
    // Greenhouse moves the application to its first stage and does not promise a webhook.
    let forgot_stage = link.state.stage.is_some() && erasure.erases(ErasedPart::Stage);
    if forgot_stage && known.reader && !link.state.deleted {
        let says = Hinted::State {
            status: None,
            stage: None,
        };
        request_read(changes, link, says, texts::change_reported(), known);
    }
}

fn links_of(known: &Facts, candidate: CandidateId) -> impl Iterator<Item = &Link> {
    known
        .links
        .iter()
        .filter(move |link| link.candidate == candidate && !link.state.deleted)
}
