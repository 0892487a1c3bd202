//! Sets the custom fields of the application and the candidate, and the candidate's tags.
//!
//! An update may replace all fields, and replaces all tags (documented). To keep all other values,
//! the row is read first and written back with the mapped values.

mod value;

use std::sync::atomic::{AtomicBool, Ordering};

use greenhouse_core::{
    ApplicationId, CandidateId, later,
    settings::FieldOwner,
    status_field,
    store::{JournalMark, PushRemark, PushStep},
};

use self::value::{FieldValue, Unsuitable, field_value};
use super::{CreatedRows, PushTarget};
use crate::{
    Error, HarvestClient,
    api::{
        Application, ApplicationFilter, Candidate, CandidateFilter, CustomFieldChanges,
        CustomFieldInput, CustomFields, MergeError, UpdateApplication, UpdateCandidate,
    },
    field_use::FieldUse,
    lookup::matching,
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation, journal::ended},
        texts::{operation as operations, sync_log as texts, time},
    },
};

/// Sets the application's custom fields. Returns `true` if any are mapped.
pub(super) async fn application_fields(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
    target: &PushTarget,
) -> Result<bool, StepError> {
    let (operation, id) = (APPLICATION, target.application);
    let Some(wanted) = mapped_values(context, FieldOwner::Application, operation).await? else {
        return Ok(false);
    };
    let find = || async {
        let row = read_application(&context.reads, id).await?;
        let there = row.filter(|row| holds(row.custom_fields.as_ref(), &wanted));
        Ok(there.map(|row| row.id.value()))
    };
    let absent = match ledger.earlier(context, operation, &find).await? {
        Ok(_) => return Ok(true),
        Err(absent) => absent,
    };
    wait_for_sibling(context, ledger, operation, id.value())?;
    let status = written_status(context, ledger).await?;
    let row = read_application(&context.reads, id).await;
    let row = row.map_err(|error| operation.search_failed(&error))?;
    // The list has a newer row than the response to the creation, but may not contain the row yet.
    let own = created.application.take().filter(|row| row.id == id);
    let row = row.or(own).ok_or_else(|| {
        let hidden = not_shown(operation, "application");
        ledger.wait_if_recent(PushStep::Application, hidden)
    })?;
    if holds(row.custom_fields.as_ref(), &wanted) {
        ledger.done(operation.step, id.value(), true).await?;
        return Ok(true);
    }
    let mut update = UpdateApplication::new();
    let changed = status.into_iter().chain(changes(&wanted)).collect();
    let fields = row.custom_fields_with(&changed);
    update.custom_fields = Some(fields.map_err(|error| unwritable(operation, &error))?);
    let (update, wanted, kept) = (&update, &wanted, &AtomicBool::new(true));
    let send = |writer: HarvestClient| async move {
        let row = writer.update_application(id, update).await?;
        kept.store(shows(row.custom_fields.as_ref(), wanted), Ordering::Relaxed);
        Ok(id.value())
    };
    let sent = ledger.once(operation, absent, find, send).await?;
    if let Err(error) = sent {
        return Err(refused(context, FieldOwner::Application, operation, &error).await);
    }
    remark_lost(context, ledger, FieldOwner::Application, kept);
    Ok(true)
}

/// Sets the candidate's custom fields and adds the tags. Returns `true` if any fields are mapped.
pub(super) async fn candidate_fields(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut CreatedRows,
    target: &PushTarget,
) -> Result<bool, StepError> {
    let operation = CANDIDATE;
    let wanted = mapped_values(context, FieldOwner::Candidate, operation).await?;
    // If this push has created the candidate, the candidate already has the tags.
    let tags = match ledger.has_written(PushStep::Candidate) {
        true => &[],
        false => &*context.settings.tags,
    };
    if wanted.is_none() && tags.is_empty() {
        return Ok(false);
    }
    let fields_mapped = wanted.is_some();
    let wanted = wanted.unwrap_or_default();
    let whole = |row: &Candidate| {
        let fields = wanted.is_empty() || holds(row.custom_fields.as_ref(), &wanted);
        fields && missing(row, tags).is_some_and(|missing| missing.is_empty())
    };
    let id = target.candidate;
    let find = || async {
        let row = read_candidate(&context.reads, id).await?;
        Ok(row.filter(&whole).map(|row| row.id.value()))
    };
    let absent = match ledger.earlier(context, operation, &find).await? {
        Ok(_) => return Ok(fields_mapped),
        Err(absent) => absent,
    };
    wait_for_sibling(context, ledger, operation, id.value())?;
    let id = ledger.owner(id);
    let row = read_candidate(&context.reads, id).await;
    let row = row.map_err(|error| operation.search_failed(&error))?;
    let own = created.candidate.take().filter(|row| row.id == id);
    let row = row.or(own).ok_or_else(|| {
        let hidden = not_shown(operation, "candidate");
        ledger.wait_if_recent(PushStep::Candidate, hidden)
    })?;
    if whole(&row) {
        ledger.done(operation.step, id.value(), true).await?;
        return Ok(fields_mapped);
    }
    let mut update = UpdateCandidate::new();
    if !wanted.is_empty() {
        let fields = row.custom_fields_with(&changes(&wanted));
        update.custom_fields = Some(fields.map_err(|error| unwritable(operation, &error))?);
    }
    let added = missing(&row, tags).ok_or_else(|| not_shown(operation, "candidate's tags"))?;
    if !added.is_empty() {
        let mut all = row.tags.unwrap_or_default();
        all.extend(added);
        update.tags = Some(all);
    }
    let (update, wanted, kept) = (&update, &wanted, &AtomicBool::new(true));
    let send = |writer: HarvestClient| async move {
        let row = writer.update_candidate(id, update).await?;
        kept.store(shows(row.custom_fields.as_ref(), wanted), Ordering::Relaxed);
        Ok(id.value())
    };
    let sent = ledger.once(operation, absent, find, send).await?;
    if let Err(error) = sent {
        return Err(refused(context, FieldOwner::Candidate, operation, &error).await);
    }
    remark_lost(context, ledger, FieldOwner::Candidate, kept);
    Ok(fields_mapped)
}

/// Returns the values for the owner's mapped fields. `None` if there are none.
async fn mapped_values(
    context: &StepContext<'_>,
    owner: FieldOwner,
    operation: Operation,
) -> Result<Option<Vec<FieldValue>>, StepError> {
    let mapped = context.settings.fields.all();
    let mapped: Vec<_> = mapped.filter(|(_, field)| field.on == owner).collect();
    if mapped.is_empty() {
        return Ok(None);
    }
    let keys: Vec<&str> = mapped.iter().map(|(_, field)| field.key.as_str()).collect();
    let (definitions, account) = (&context.engine.definitions, context.account);
    let known = definitions
        .get(&context.reads, account, owner, &keys, context.engine.now())
        .await
        .map_err(|error| StepError::harvest(operation.step, operations::READ_FIELDS, &error))?;
    let link = context.report_link.as_deref();
    let mut all = Vec::new();
    for (member, field) in &mapped {
        let Some(definition) = known.get(&field.key) else {
            return Err(unknown_field(operation, member, &field.key, owner));
        };
        let name = member.strip_prefix("traits.").unwrap_or_default();
        let usage = FieldUse::of_member(member);
        let card = &context.plan.scorecard;
        let value = field_value(usage, name, &field.key, definition, card, link);
        all.extend(value.map_err(|why| {
            // A retry reads the definitions again, because they may have been corrected in
            // Greenhouse.
            definitions.forget(account, owner);
            unsuitable(operation, member, &field.key, why)
        })?);
    }
    Ok(Some(all).filter(|all| !all.is_empty()))
}

/// Queues the push again if a sibling push has just written the same row, because a list may not
/// contain the new values yet, and the update would overwrite them.
fn wait_for_sibling(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    operation: Operation,
    row: i64,
) -> Result<(), StepError> {
    let ended: Vec<_> = ledger.sibling_pushes().iter().map(ended).collect();
    let written = ended.iter().filter_map(|push| push.mark(operation.step));
    // A write with an unknown outcome may still be running, and may change any row.
    let written = written.filter(|line| match line.mark {
        JournalMark::Done { id, found: false } => id == row,
        JournalMark::Begun => true,
        _ => false,
    });
    let Some(last) = written.map(|line| line.at).max() else {
        return Ok(());
    };
    let until = later(last, context.engine.config.settle_time);
    if context.engine.now() < until {
        let text = texts::push_waits_for_fields(&time(until));
        return Err(StepError::Again(until, text));
    }
    Ok(())
}

/// Returns the field that shows the status of the invitation's test, if its status was written
/// moments ago: a list may not contain it yet, and the update would overwrite it. Queues the push
/// again while a write of the status may be running, because that write may replace all fields.
async fn written_status(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
) -> Result<Option<(String, CustomFieldInput)>, StepError> {
    let Some(field) = &context.settings.status_field else {
        return Ok(None);
    };
    let (engine, assessment) = (context.engine, &ledger.push().assessment);
    let (settle_time, now) = (engine.config.settle_time, engine.now());
    let invitation = engine
        .store()
        .invitation_of_assessment(context.account, assessment)
        .await?;
    let Some(invitation) = invitation else {
        return Ok(None);
    };
    if let Some(until) = status_field::push_waits_until(&invitation, settle_time, now) {
        let text = texts::push_waits_for_status(&time(until));
        return Err(StepError::Again(until, text));
    }
    let written = invitation.status_field.written;
    let recent = written.filter(|own| own.field == *field && now < later(own.at, settle_time));
    Ok(recent.map(|own| (own.field, CustomFieldInput::Text(own.value))))
}

/// Returns the failure of a refused update. A field may have been deleted or changed since its
/// definition was read, so the definitions are read again to identify the field.
async fn refused(
    context: &StepContext<'_>,
    owner: FieldOwner,
    operation: Operation,
    error: &Error,
) -> StepError {
    if matches!(error, Error::Api { .. }) {
        context.engine.definitions.forget(context.account, owner);
        if let Err(StepError::Failed(failure)) = mapped_values(context, owner, operation).await
            && texts::FIELD_CODES.contains(&&*failure.code)
        {
            return StepError::Failed(failure);
        }
    }
    operation.write_failed(error)
}

/// Returns `false` if the response to an update contains other values.
fn shows(fields: Option<&CustomFields>, wanted: &[FieldValue]) -> bool {
    fields.is_none_or(|fields| wanted.iter().all(|wanted| wanted.is_in(fields)))
}

/// Adds a remark if Greenhouse did not keep all values.
fn remark_lost(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    owner: FieldOwner,
    kept: &AtomicBool,
) {
    if !kept.load(Ordering::Relaxed) {
        context.engine.definitions.forget(context.account, owner);
        ledger.remark(PushRemark::FieldsNotKept, true);
    }
}

pub(in crate::push) async fn read_application(
    reads: &HarvestClient,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let filter = ApplicationFilter::new().ids([id]);
    let rows = matching(|| reads.applications(&filter), |row| row.id == id).await?;
    Ok(rows.into_iter().next())
}

async fn read_candidate(
    reads: &HarvestClient,
    id: CandidateId,
) -> Result<Option<Candidate>, Error> {
    let filter = CandidateFilter::new().ids([id]);
    let rows = matching(|| reads.candidates(&filter), |row| row.id == id).await?;
    Ok(rows.into_iter().next())
}

fn holds(fields: Option<&CustomFields>, wanted: &[FieldValue]) -> bool {
    fields.is_some_and(|fields| wanted.iter().all(|wanted| wanted.is_in(fields)))
}

fn changes(wanted: &[FieldValue]) -> CustomFieldChanges {
    let wanted = wanted.iter();
    wanted
        .map(|wanted| (wanted.key.clone(), wanted.input.clone()))
        .collect()
}

/// Returns the tags that the row lacks, ignoring letter case. `None` if the row contains no list of
/// tags.
fn missing(row: &Candidate, tags: &[String]) -> Option<Vec<String>> {
    if tags.is_empty() {
        return Some(Vec::new());
    }
    let there = row.tags.as_ref()?;
    let lacks = |tag: &&String| !there.iter().any(|own| own.eq_ignore_ascii_case(tag));
    Some(tags.iter().filter(lacks).cloned().collect())
}

fn unknown_field(operation: Operation, member: &str, key: &str, owner: FieldOwner) -> StepError {
    StepError::failed(
        operation.step,
        texts::unknown_field(owner.as_str(), key, member),
    )
}

fn unsuitable(operation: Operation, member: &str, key: &str, why: Unsuitable) -> StepError {
    let text = match why {
        Unsuitable::Kind => texts::unsuitable_field(member, key),
        Unsuitable::NoOption(recommendation) => {
            texts::field_without_option(member, key, recommendation.label())
        }
    };
    StepError::failed(operation.step, text)
}

fn unwritable(operation: Operation, error: &MergeError) -> StepError {
    StepError::failed(operation.step, texts::unwritable_fields(&error.to_string()))
}

fn not_shown(operation: Operation, what: &str) -> StepError {
    StepError::failed(operation.step, texts::not_shown(what))
}

const APPLICATION: Operation = Operation::new(
    PushStep::ApplicationFields,
    operations::SET_APPLICATION_FIELDS,
    operations::READ_APPLICATION_FIELDS,
);
const CANDIDATE: Operation = Operation::new(
    PushStep::CandidateFields,
    operations::SET_CANDIDATE_FIELDS,
    operations::READ_CANDIDATE_FIELDS,
);
