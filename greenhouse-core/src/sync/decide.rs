//! From an event to a decision.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};

use super::state::{Report, Standing, entry, take_over};
use crate::{
    ApplicationId, ApplicationStatus, CandidateId,
    clock::{earlier, later},
    store::{
        Changes, DueWork, Erasure, Hint, Hinted, Link, LogEntry, LogKey, LogStatus, Merge, Verdict,
        Work, Write,
    },
    webhook::{ApplicationEvent, Event},
};

/// What is known when an event is decided on.
#[derive(Debug, Clone)]
pub struct Known {
    /// Every link to an application or a candidate that the event names, deleted ones included.
    pub links: Vec<Link>,
    /// Whether the true state can be read. Without a reader hints are applied in the order of arrival.
    pub reader: bool,
    /// The present time.
    pub now: DateTime<Utc>,
    /// How long after a change Greenhouse may still answer the earlier state. Default of the services: 60 s.
    pub settle_time: Duration,
}

/// What is to be done about an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What to write. The seen mark is left to the caller, who knows the delivery.
    pub changes: Changes,
    /// Whether the event concerned anything that was pushed from here.
    pub verdict: Verdict,
    /// Whether the body may be kept: it had an effect, and nobody it names was erased.
    pub keeps_body: bool,
}

/// Decides what an event does.
///
/// An event about an application that was not pushed from here changes nothing and is
/// [`Verdict::Ignored`]; so is one that has no rule.
pub fn decide(event: &Event, known: &Known) -> Decision {
    let mut changes = Changes::none();
    let concerned = match event {
        Event::Rejected(event) => application(
            &mut changes,
            event,
            Some(&ApplicationStatus::Rejected),
            known,
        ),
        Event::Unrejected(event) | Event::Unhired(event) => {
            application(&mut changes, event, Some(&ApplicationStatus::Active), known)
        }
        Event::StageChanged(event) | Event::ApplicationUpdated(event) => {
            application(&mut changes, event, event.status.as_ref(), known)
        }
        Event::Hired(event) => hired(&mut changes, event.application, known),
        Event::ApplicationDeleted { application, .. } => {
            applications_deleted(&mut changes, &[*application], known)
        }
        Event::CandidateDeleted {
            candidate,
            applications,
        } => candidate_deleted(&mut changes, *candidate, applications, known),
        Event::CandidateMerged {
            loser,
            winner,
            deleted_applications,
        } => merged(&mut changes, *loser, *winner, deleted_applications, known),
        Event::CandidateAnonymized { candidate, fields } => {
            anonymized(&mut changes, *candidate, fields, known)
        }
        _ => false,
    };
    let erased = !changes.erasures.is_empty() || known.links.iter().any(|link| link.erased);
    Decision {
        changes,
        verdict: if concerned {
            Verdict::Effective
        } else {
            Verdict::Ignored
        },
        keeps_body: concerned && !erased,
    }
}

fn application(
    changes: &mut Changes,
    event: &ApplicationEvent,
    status: Option<&ApplicationStatus>,
    known: &Known,
) -> bool {
    let report = Report {
        status,
        stage: event.stage.as_ref(),
        job: match event.jobs.as_slice() {
            [job] => Some(*job),
            _ => None,
        },
        at: event.last_activity_at,
    };
    let mut concerned = false;
    for link in links_to(known, event.application) {
        concerned = true;
        match report.standing(link) {
            Standing::News => {
                let whole = report.is_whole();
                let how = if whole { "" } else { UNSAID };
                if !take_over(changes, link, &report, known.now, how, None) {
                    let text = if whole {
                        "Updated in Greenhouse; status and stage are as they were.".to_owned()
                    } else {
                        format!("Updated in Greenhouse{UNSAID}.")
                    };
                    let said = entry(link, known.now, LogStatus::Done, text);
                    changes.log.push(said);
                }
                if !whole && known.reader {
                    hint(changes, link, &report, known);
                }
            }
            Standing::Known if report.is_whole() => {}
            Standing::Known => hint(changes, link, &report, known),
            Standing::Stale => {
                let text = "An event from before the present state came late, and changed nothing."
                    .to_owned();
                changes
                    .log
                    .push(entry(link, known.now, LogStatus::Skipped, text));
            }
            Standing::Hint => hint(changes, link, &report, known),
        }
    }
    concerned
}

/// A hire carries neither status nor time (documented): the action itself is the status, and it is always a hint, also where
/// the hire is known: it may be a second one, and the end of the first still on its way.
fn hired(changes: &mut Changes, application: ApplicationId, known: &Known) -> bool {
    let report = Report {
        status: Some(&ApplicationStatus::Hired),
        stage: None,
        job: None,
        at: None,
    };
    let mut concerned = false;
    for link in links_to(known, application) {
        concerned = true;
        hint(changes, link, &report, known);
    }
    concerned
}

fn hint(changes: &mut Changes, link: &Link, report: &Report<'_>, known: &Known) {
    if !known.reader {
        if !take_over(changes, link, report, known.now, ARRIVAL, None) {
            let text = format!("Greenhouse reported what was known, as far as it said{ARRIVAL}.");
            let said = entry(link, known.now, LogStatus::Done, text);
            changes.log.push(said);
        }
        return;
    }
    let stage = report.stage.and_then(|stage| stage.name.as_deref());
    let (what, name) = match (report.status, stage) {
        (Some(status), _) if *status != link.state.status => ("status ", status.as_str()),
        (_, Some(stage)) => ("stage ", stage),
        _ => ("a change", ""),
    };
    let text = [
        "Greenhouse reported ",
        what,
        name,
        "; its present state is being read.",
    ]
    .concat();
    let says = Hinted::State {
        status: report.status.cloned(),
        stage: report.stage.cloned(),
    };
    ask(changes, link, says, text, known);
}

/// Has the true state read, and says so until it is.
fn ask(changes: &mut Changes, link: &Link, says: Hinted, text: String, known: &Known) {
    let hint = Hint::new(link.application, says, known.now);
    let key = LogKey::hint(&link.assessment, &hint);
    let said = entry(link, known.now, LogStatus::Pending, text);
    changes.log.push(said.keyed(key));
    // Several links to one application want it read once.
    let asked = changes.due.iter_mut().find_map(|due| match &mut due.work {
        Work::ReadApplication { hint: asked, .. }
            if (asked.application, &asked.says) == (hint.application, &hint.says) =>
        {
            Some(asked)
        }
        _ => None,
    });
    if let Some(asked) = asked {
        asked.assessments.push(link.assessment.clone());
        return;
    }
    let work = Work::ReadApplication {
        hint: hint.awaited_by(link.assessment.clone()),
        contradicted: false,
    };
    changes.due.push(DueWork::new(work, known.now));
}

/// Deleted is final; only a merge can name a successor.
fn applications_deleted(
    changes: &mut Changes,
    applications: &[ApplicationId],
    known: &Known,
) -> bool {
    let mut concerned = false;
    for link in known
        .links
        .iter()
        .filter(|link| applications.contains(&link.application) && !link.state.deleted)
    {
        concerned = true;
        drop_link(changes, link, known.now, None);
        if link.merged {
            find_successor(changes, link, link.candidate, known);
        }
    }
    concerned
}

/// Without a merge hook, the loser of a merge is reported as deleted with no applications (documented), while they
/// live on under the winner. So only ids that are listed are believed.
fn candidate_deleted(
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

fn merged(
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

pub(super) fn find_successor(
    changes: &mut Changes,
    link: &Link,
    candidate: CandidateId,
    known: &Known,
) {
    if let (true, Some(job)) = (known.reader, link.job) {
        let work = Work::FindSuccessor {
            assessment: link.assessment.clone(),
            candidate,
            job,
        };
        changes
            .due
            .push(DueWork::new(work, later(known.now, known.settle_time)));
    }
}

/// Ids and link stay, and later outcomes still apply; a name that is not known here erases everything. What Greenhouse
/// sent for assessment is erased without a link, too; then nothing is logged.
fn anonymized(
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

/// What was told of the candidate or application that a link has now was ignored until now.
pub(super) fn look_back(changes: &mut Changes, link: &Link, now: DateTime<Utc>) {
    let work = Work::look_back(&link.assessment, earlier(now, LATEST));
    changes.due.push(DueWork::new(work, now));
}

pub(super) fn drop_link(
    changes: &mut Changes,
    link: &Link,
    now: DateTime<Utc>,
    key: Option<LogKey>,
) {
    let mut dropped = link.clone();
    dropped.state.deleted = true;
    let text = "The application was deleted in Greenhouse; later events about it are ignored.";
    let said = entry(link, now, LogStatus::Done, text.to_owned());
    changes.log.push(LogEntry { key, ..said });
    changes.links.push(Write::Put(dropped));
}

/// The candidate is gone, and nobody can say whether the application lives on under another.
pub(super) fn unknown_end(link: &Link, now: DateTime<Utc>, why: &str) -> LogEntry {
    let text =
        format!("The candidate was deleted or merged in Greenhouse; {why}, so the link stays.");
    entry(link, now, LogStatus::Done, text)
}

fn links_to(known: &Known, application: ApplicationId) -> impl Iterator<Item = &Link> {
    known
        .links
        .iter()
        .filter(move |link| link.application == application && !link.state.deleted)
}

fn links_of(known: &Known, candidate: CandidateId) -> impl Iterator<Item = &Link> {
    known
        .links
        .iter()
        .filter(move |link| link.candidate == candidate && !link.state.deleted)
}

const ARRIVAL: &str = " (taken in the order of arrival)";
const UNSAID: &str = " (the webhook did not say everything)";

/// Greenhouse repeats a delivery for some 15 hours (documented): what was told in the wrong order came within them.
const LATEST: Duration = Duration::from_secs(24 * 60 * 60);

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
