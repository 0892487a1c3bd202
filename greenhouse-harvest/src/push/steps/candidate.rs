//! Finds the candidate, or creates it.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    CandidateId, later,
    store::{JournalMark, Link, Push, PushFailure, PushStep},
};

use super::{
    Created,
    application::{invited_person, link_to},
};
use crate::{
    HarvestClient,
    api::{CandidateFilter, CreatedCandidate, NewCandidate},
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, Record, Written},
    },
};

/// Finds the person, or creates it. In this order: what is known of this assessment, the person's other pushes, the
/// invitation, the e-mail address; only then a new candidate. A candidate that Greenhouse no longer has is skipped.
pub(super) async fn candidate(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
) -> Result<CandidateId, StepError> {
    let known = known_candidate(context, ledger).await?;
    if let Some(candidate) = known {
        is_chosen(ledger, candidate)?;
        if ledger.done_id(STEP).is_none() || ledger.push().candidate != known {
            ledger.adopt_candidate(candidate).await?;
        }
        return Ok(candidate);
    }
    if ledger.done_id(STEP).is_some() {
        ledger.drop_candidate().await?;
    }
    if let Some(candidate) = look_up(context, ledger.push().choice).await? {
        ledger.adopt_candidate(candidate).await?;
        return Ok(candidate);
    }
    let absent = ledger.proves_absence(context, STEP).await?;
    create(context, ledger, created, absent).await
}

/// What is known of the person is not overruled by a choice, and a choice is not ignored silently.
fn is_chosen(ledger: &Ledger<'_, '_>, known: CandidateId) -> Result<(), StepError> {
    match ledger.push().choice {
        Some(choice) if choice != known => {
            let text = format!(
                "Candidate {choice} was chosen, and what was pushed of this person before went to candidate {known}. Nothing \
                 more was written. Push again without a choice, or merge the two in Greenhouse."
            );
            Err(StepError::failed(STEP, "already_placed", text))
        }
        _ => Ok(()),
    }
}

async fn known_candidate(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
) -> Result<Option<CandidateId>, StepError> {
    // An application that is known is read, or written to, but none is created.
    if let Some(link) = ledger.link() {
        return Ok(Some(link.candidate));
    }
    let push = ledger.push();
    if ledger.done_id(PushStep::Application).is_some() && push.candidate.is_some() {
        return Ok(push.candidate);
    }
    let mut known = Vec::new();
    known.extend(push.candidate.map(|own| (own, done_at(push))));
    // The youngest first; its link knows of a merge since.
    for other in ledger.sibling_pushes().iter().rev().take(MAX_IDS) {
        let link = context
            .engine
            .store()
            .link(context.account, &other.assessment);
        let candidate = link.await?.map(|link| link.candidate).or(other.candidate);
        known.extend(candidate.map(|candidate| (candidate, done_at(other))));
    }
    let plan = &context.plan;
    known.extend(plan.invited_candidate.map(|invited| (invited, None)));
    match (known.as_slice(), plan.invited_application) {
        ([(candidate, _), ..], Some(_)) => Ok(Some(*candidate)),
        ([], Some(application)) => invited_person(context, application).await.map(Some),
        ([], None) => Ok(None),
        (known, None) => still_there(context, known).await,
    }
}

/// The first of these that Greenhouse still has. A candidate may have been deleted since it was noted down.
async fn still_there(
    context: &StepContext<'_>,
    known: &[(CandidateId, Option<DateTime<Utc>>)],
) -> Result<Option<CandidateId>, StepError> {
    // Reads may lag, so a candidate that was only just written is not missed.
    let settle_time = context.engine.config.settle_time;
    let now = context.engine.now();
    let young = known
        .iter()
        .filter_map(|(id, at)| Some((at.filter(|at| now < later(*at, settle_time))?, *id)));
    if let Some((_, youngest)) = young.max() {
        return Ok(Some(youngest));
    }
    let mut ids: Vec<CandidateId> = Vec::new();
    for (id, _) in known {
        if !ids.contains(id) && ids.len() < MAX_IDS {
            ids.push(*id);
        }
    }
    let filter = CandidateFilter::new().ids(ids.clone());
    let rows = context.reads.candidates(&filter).all().await;
    let rows = rows.map_err(|error| StepError::harvest(STEP, "read the candidate", &error))?;
    let there = ids
        .into_iter()
        .find(|id| rows.iter().any(|row| row.id == *id));
    if there.is_none() {
        context.require_sight(STEP).await?;
    }
    Ok(there)
}

/// Looks for the exact address. Of several hits a person chooses one.
async fn look_up(
    context: &StepContext<'_>,
    choice: Option<CandidateId>,
) -> Result<Option<CandidateId>, StepError> {
    let filter = CandidateFilter::new().email(context.plan.email.as_str());
    let hits = context.reads.candidates(&filter).all().await;
    let hits = hits.map_err(|error| CREATE.not_looked_up(&error))?;
    let hits: Vec<CandidateId> = hits.iter().map(|hit| hit.id).collect();
    match (choice, hits.as_slice()) {
        (Some(choice), hits) if hits.contains(&choice) => Ok(Some(choice)),
        (Some(choice), hits) => Err(not_among(choice, hits)),
        (None, []) => Ok(None),
        (None, [hit]) => Ok(Some(*hit)),
        (None, hits) => Err(several(hits)),
    }
}

/// Creates the person, in one request with the application if that is possible.
async fn create(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
    absent: Absent,
) -> Result<CandidateId, StepError> {
    let plan = &context.plan;
    let mut new = NewCandidate::new(&*plan.first_name, &*plan.last_name, &*plan.email);
    new.tags = context.settings.tags.clone();
    let separate = !context.engine.config.stage_with_candidate;
    let along = plan
        .mapping
        .filter(|mapping| mapping.stage.is_none() || !separate);
    let mut operation = CREATE;
    if let Some(mapping) = along {
        new = new.applying_from(mapping.job, mapping.stage, context.settings.source);
        operation = operation.of_part(mapping.job.value());
        operation.also = Some(PushStep::Application);
    }
    let assessment = ledger.assessment().clone();
    let choice = ledger.push().choice;
    let find = || async {
        let found = look_up(context, choice).await?;
        Ok::<_, StepError>(found.map(|id| Person {
            id,
            created: None,
            link: None,
        }))
    };
    let (new, assessment) = (&new, &assessment);
    let send = |writer: HarvestClient| async move {
        let created = writer.create_candidate(new).await?;
        let id = created.candidate.id;
        let row = created.application.as_ref();
        Ok(Person {
            id,
            link: row.map(|row| link_to(context, assessment, id, row)),
            created: Some(created),
        })
    };
    let sent = ledger.once(operation, absent, find, send).await?;
    let person = sent.map_err(|error| operation.not_done(&error))?;
    if let Some(answer) = person.created {
        created.candidate = Some(answer.candidate);
        created.application = answer.application;
        created.alone = along.is_none();
    }
    Ok(person.id)
}

/// A candidate that was found, or created with or without an application.
struct Person {
    id: CandidateId,
    created: Option<CreatedCandidate>,
    link: Option<Link>,
}

impl Written for Person {
    /// An answer without the application does not say that there is none: that is left to the next step to look up.
    fn journal(&self, record: &mut Record<'_>, _: &Operation, found: bool) -> Option<Link> {
        record.mark_candidate(self.id, found);
        match &self.link {
            Some(link) => record.mark_application(link, false),
            // It may have been created just now, however long ago it was begun.
            None if !found => record.left_unknown(),
            None => {}
        }
        self.link.clone()
    }
}

/// Time at which the push got its candidate.
fn done_at(push: &Push) -> Option<DateTime<Utc>> {
    let line = push.mark(STEP)?;
    matches!(line.mark, JournalMark::Done { .. }).then_some(line.at)
}

fn several(hits: &[CandidateId]) -> StepError {
    let text = format!(
        "Several candidates in Greenhouse have this e-mail address: {}. Nothing more is written. Push again and name the one \
         to use, or merge them in Greenhouse.",
        listed(hits)
    );
    with_candidates("several_candidates", text, hits)
}

fn not_among(choice: CandidateId, hits: &[CandidateId]) -> StepError {
    let text = if hits.is_empty() {
        format!(
            "Candidate {choice} was chosen, and nobody in Greenhouse has this e-mail address. Nothing was written."
        )
    } else {
        format!(
            "Candidate {choice} was chosen and does not have this e-mail address; these have it: {}. Nothing was written.",
            listed(hits)
        )
    };
    with_candidates("choice_not_found", text, hits)
}

fn with_candidates(code: &'static str, text: String, hits: &[CandidateId]) -> StepError {
    let mut failure = PushFailure::new(Some(STEP), code, text);
    failure.candidates = hits.to_vec();
    StepError::Failed(failure)
}

fn listed(hits: &[CandidateId]) -> String {
    let hits: Vec<String> = hits.iter().map(CandidateId::to_string).collect();
    hits.join(", ")
}

const STEP: PushStep = PushStep::Candidate;
const CREATE: Operation = Operation::new(STEP, "create the candidate", "look for the candidate");
/// One list takes no more ids (documented).
const MAX_IDS: usize = 50;
