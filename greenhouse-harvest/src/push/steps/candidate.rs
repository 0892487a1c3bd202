//! Finds the candidate, or creates it.

mod same_person;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    CandidateId, Text, later, plain,
    platform::CandidateProfile,
    store::{JournalMark, Link, Push, PushFailure, PushRemark, PushStep},
};
use url::Url;

use self::same_person::{has_address, has_other_name};
use super::{
    CreatedRows,
    application::{invited_candidate, link_to},
};
use crate::{
    HarvestClient,
    api::{
        Candidate, CandidateFilter, CreatedCandidate, NewCandidate, PhoneKind, PhoneNumber,
        WebsiteAddress, WebsiteKind,
    },
    lookup::matching,
    push::{
        StepError,
        context::StepContext,
        ledger::{Absent, Ledger, Operation, PushRecord, WriteResult},
        texts::{operation, sync_log as texts},
    },
};

/// Finds the candidate, or creates it. Searches, in this order: earlier runs of this push, its
/// siblings, the invitation, and the email address. Skips a candidate that was deleted in
/// Greenhouse.
pub(super) async fn candidate(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
) -> Result<CandidateId, StepError> {
    let known = known_candidate(context, ledger).await?;
    if let Some(candidate) = known {
        check_choice(ledger, candidate)?;
        if ledger.done_id(STEP).is_none() || ledger.push().candidate != known {
            if context.plan.invited_application.is_none() && ledger.link().is_none() {
                compare_names(context, ledger, candidate).await;
            }
            ledger.adopt_candidate(candidate).await?;
        }
        return Ok(candidate);
    }
    if ledger.done_id(STEP).is_some() {
        ledger.drop_candidate().await?;
    }
    if let Some(row) = find_by_email(context, ledger.push().choice).await? {
        ledger.remark(PushRemark::OtherName, has_other_name(&row, &context.plan));
        ledger.adopt_candidate(row.id).await?;
        return Ok(row.id);
    }
    let absent = ledger.proves_absence(context, STEP).await?;
    create(context, ledger, created, absent).await
}

/// Compares the candidate's name with the person's name, because several people may share an
/// address. If the candidate cannot be read, uses the sibling's remark, because lists may lag and a
/// push must not fail because of a remark.
async fn compare_names(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    candidate: CandidateId,
) {
    let filter = CandidateFilter::new().ids([candidate]);
    let asked = |row: &Candidate| row.id == candidate;
    let rows = matching(|| context.reads.candidates(&filter), asked).await;
    let row = rows.ok().and_then(|rows| rows.into_iter().next());
    let differs = match row {
        Some(row) => has_other_name(&row, &context.plan),
        None => ledger.sibling_pushes().iter().any(|other| {
            let same = other.candidate == Some(candidate);
            same && other.remarks.contains(&PushRemark::OtherName)
        }),
    };
    ledger.remark(PushRemark::OtherName, differs);
}

/// Fails if a recruiter chose a candidate other than the known one.
fn check_choice(ledger: &Ledger<'_, '_>, known: CandidateId) -> Result<(), StepError> {
    match ledger.push().choice {
        Some(choice) if choice != known => Err(StepError::failed(
            STEP,
            texts::already_placed(choice, known),
        )),
        _ => Ok(()),
    }
}

async fn known_candidate(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
) -> Result<Option<CandidateId>, StepError> {
    // If the application is known, no candidate is created, so no lookup is needed.
    if let Some(link) = ledger.link() {
        return Ok(Some(link.candidate));
    }
    let push = ledger.push();
    if ledger.done_id(PushStep::Application).is_some() && push.candidate.is_some() {
        return Ok(push.candidate);
    }
    let mut known = Vec::new();
    known.extend(push.candidate.map(|own| (own, done_at(push))));
    // Latest first. A sibling's link is updated after a merge.
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
        ([], Some(application)) => invited_candidate(context, application).await.map(Some),
        ([], None) => Ok(None),
        (known, None) => first_existing(context, known).await,
    }
}

/// Returns the first of these candidates that was not deleted in Greenhouse.
async fn first_existing(
    context: &StepContext<'_>,
    known: &[(CandidateId, Option<DateTime<Utc>>)],
) -> Result<Option<CandidateId>, StepError> {
    // Lists may lag, so a recent candidate is used without a lookup.
    let settle_time = context.engine.config.settle_time;
    let now = context.engine.now();
    let recent = known
        .iter()
        .filter_map(|(id, at)| Some((at.filter(|at| now < later(*at, settle_time))?, *id)));
    if let Some((_, latest)) = recent.max() {
        return Ok(Some(latest));
    }
    let mut ids: Vec<CandidateId> = Vec::new();
    for (id, _) in known {
        if !ids.contains(id) && ids.len() < MAX_IDS {
            ids.push(*id);
        }
    }
    let filter = CandidateFilter::new().ids(ids.clone());
    let asked = |row: &Candidate| ids.contains(&row.id);
    let rows = matching(|| context.reads.candidates(&filter), asked).await;
    let rows = rows.map_err(|error| StepError::harvest(STEP, operation::READ_CANDIDATE, &error))?;
    let existing = ids
        .into_iter()
        .find(|id| rows.iter().any(|row| row.id == *id));
    if existing.is_none() {
        context.require_sight(STEP).await?;
    }
    Ok(existing)
}

/// Finds the candidate by email address. Fails if several candidates have the address and none was
/// chosen.
async fn find_by_email(
    context: &StepContext<'_>,
    choice: Option<CandidateId>,
) -> Result<Option<Candidate>, StepError> {
    let filter = CandidateFilter::new().email(context.plan.email.as_str());
    let asked = |row: &Candidate| has_address(row, &context.plan.email);
    let hits = matching(|| context.reads.candidates(&filter), asked).await;
    let hits = hits.map_err(|error| CREATE.search_failed(&error))?;
    let ids: Vec<CandidateId> = hits.iter().map(|hit| hit.id).collect();
    match (choice, ids.as_slice()) {
        (Some(choice), ids) if !ids.contains(&choice) => Err(not_among(choice, ids)),
        (None, [_, _, ..]) => Err(several(&ids)),
        (choice, _) => Ok(hits
            .into_iter()
            .find(|hit| choice.is_none_or(|choice| choice == hit.id))),
    }
}

/// Creates the candidate, if possible in one request with the application.
async fn create(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
    absent: Absent,
) -> Result<CandidateId, StepError> {
    let plan = &context.plan;
    let mut new = NewCandidate::new(&*plan.first_name, &*plan.last_name, plan.email.as_str());
    new.tags = context.settings.tags.clone();
    let profile = context.profile(STEP, ledger.assessment()).await?;
    add_contacts(&mut new, &profile);
    let separate = !context.engine.config.stage_with_candidate;
    let along = plan
        .mapping
        .filter(|mapping| mapping.stage.is_none() || !separate);
    let mut create = CREATE;
    if let Some(mapping) = along {
        new = new.applying_from(mapping.job, mapping.stage, context.settings.source);
        create = create.of_part(mapping.job.value());
        create.also = Some(PushStep::Application);
    }
    let assessment = ledger.assessment().clone();
    let choice = ledger.push().choice;
    let find = || async {
        let found = find_by_email(context, choice).await?;
        Ok::<_, StepError>(found.map(|row| PushedCandidate {
            id: row.id,
            created: None,
            link: None,
        }))
    };
    let (new, assessment) = (&new, &assessment);
    let send = |writer: HarvestClient| async move {
        let created = writer.create_candidate(new).await?;
        let id = created.candidate.id;
        let row = created.application.as_ref();
        Ok(PushedCandidate {
            id,
            link: row.map(|row| link_to(context, assessment, id, row)),
            created: Some(created),
        })
    };
    let sent = ledger.once(create, absent, find, send).await?;
    let pushed = sent.map_err(|error| create.write_failed(&error))?;
    if let Some(answer) = pushed.created {
        created.candidate = Some(answer.candidate);
        created.application = answer.application;
        created.alone = along.is_none();
    }
    created.profile = Some(profile);
    Ok(pushed.id)
}

/// Adds phone numbers and links without hidden characters, each once. The product does not report
/// their kind.
fn add_contacts(new: &mut NewCandidate, profile: &CandidateProfile) {
    for number in &profile.phone_numbers {
        let number = PhoneNumber::new(PhoneKind::Unspecified, plain::line(number));
        if !number.value.is_empty() && !new.phone_numbers.contains(&number) {
            new.phone_numbers.push(number);
        }
    }
    let is_web = |link: &&Url| matches!(link.scheme(), "http" | "https");
    for link in profile.links.iter().filter(is_web) {
        let link = WebsiteAddress::new(WebsiteKind::Unspecified, link.as_str());
        if !new.website_addresses.contains(&link) {
            new.website_addresses.push(link);
        }
    }
}

/// A candidate that was found, or created with or without an application.
struct PushedCandidate {
    id: CandidateId,
    created: Option<CreatedCandidate>,
    link: Option<Link>,
}

impl WriteResult for PushedCandidate {
    /// Adds the candidate, and the application if the response contains it. Otherwise, the next
    /// step searches for the application.
    fn journal(&self, record: &mut PushRecord<'_>, _: &Operation, found: bool) -> Option<Link> {
        record.mark_candidate(self.id, found);
        match &self.link {
            Some(link) => record.mark_application(link, false),
            // The application may have been created as late as the end of the request.
            None if !found => record.left_unknown(),
            None => {}
        }
        self.link.clone()
    }
}

/// Time at which the push found or created its candidate.
fn done_at(push: &Push) -> Option<DateTime<Utc>> {
    let line = push.mark(STEP)?;
    matches!(line.mark, JournalMark::Done { .. }).then_some(line.at)
}

fn several(hits: &[CandidateId]) -> StepError {
    with_candidates(texts::several_candidates(&listed(hits)), hits)
}

fn not_among(choice: CandidateId, hits: &[CandidateId]) -> StepError {
    with_candidates(texts::choice_not_found(choice, &listed(hits)), hits)
}

fn with_candidates(text: Text, hits: &[CandidateId]) -> StepError {
    let mut failure = PushFailure::new(Some(STEP), text);
    failure.candidates = hits.to_vec();
    StepError::Failed(failure)
}

fn listed(hits: &[CandidateId]) -> String {
    if hits.is_empty() {
        return texts::NO_CANDIDATE.to_owned();
    }
    let hits: Vec<String> = hits.iter().map(CandidateId::to_string).collect();
    hits.join(", ")
}

const STEP: PushStep = PushStep::Candidate;
const CREATE: Operation =
    Operation::new(STEP, operation::CREATE_CANDIDATE, operation::FIND_CANDIDATE);
/// Maximum number of ids in the filter of a list (documented).
const MAX_IDS: usize = 50;
