//! Fills in custom fields of application and candidate, and the candidate's tags.
//!
//! An update may replace all fields, and does replace all tags (documented): so the row is read, the mapped values are put in
//! their place, and the whole is written, so that nothing else is lost.

mod value;

use greenhouse_core::{
    ApplicationId, CandidateId, later,
    settings::FieldOwner,
    store::{JournalMark, PushStep},
};

use self::value::{Unsuitable, Wanted, wanted};
use super::{Created, Placed};
use crate::{
    Error, HarvestClient,
    api::{
        Application, ApplicationFilter, Candidate, CandidateFilter, CustomFieldChanges,
        CustomFields, MergeError, UpdateApplication, UpdateCandidate,
    },
    field_use::FieldUse,
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation, journal::ended},
    },
};

/// Fills in the application's custom fields. Returns `true` if there are any to fill in.
pub(super) async fn application_fields(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
    placed: &Placed,
) -> Result<bool, StepError> {
    let (operation, id) = (APPLICATION, placed.application);
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
    after_sibling(context, ledger, operation, id.value())?;
    let row = read_application(&context.reads, id).await;
    let row = row.map_err(|error| operation.not_looked_up(&error))?;
    // What this run has created may not be listed yet; others may have changed what is.
    let own = created.application.take().filter(|row| row.id == id);
    let row = row.or(own).ok_or_else(|| {
        let hidden = not_shown(operation, "application");
        ledger.unless_young(PushStep::Application, hidden)
    })?;
    if holds(row.custom_fields.as_ref(), &wanted) {
        ledger.done(operation.step, id.value(), true).await?;
        return Ok(true);
    }
    let mut update = UpdateApplication::new();
    let fields = row.custom_fields_with(&changes(&wanted));
    update.custom_fields = Some(fields.map_err(|error| unwritable(operation, &error))?);
    let update = &update;
    let send = |writer: HarvestClient| async move {
        writer.update_application(id, update).await?;
        Ok(id.value())
    };
    let sent = ledger.once(operation, absent, find, send).await?;
    sent.map_err(|error| operation.not_done(&error))?;
    Ok(true)
}

/// Fills in the candidate's custom fields, and adds the tags. Returns `true` if there are fields to fill in.
pub(super) async fn candidate_fields(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    created: &mut Created,
    placed: &Placed,
) -> Result<bool, StepError> {
    let operation = CANDIDATE;
    let wanted = mapped_values(context, FieldOwner::Candidate, operation).await?;
    // A candidate that this push has created was created with the tags.
    let tags = match ledger.has_made(PushStep::Candidate) {
        true => &[],
        false => &*context.settings.tags,
    };
    if wanted.is_none() && tags.is_empty() {
        return Ok(false);
    }
    let filled = wanted.is_some();
    let wanted = wanted.unwrap_or_default();
    let whole = |row: &Candidate| {
        let fields = wanted.is_empty() || holds(row.custom_fields.as_ref(), &wanted);
        fields && missing(row, tags).is_some_and(|missing| missing.is_empty())
    };
    let id = placed.candidate;
    let find = || async {
        let row = read_candidate(&context.reads, id).await?;
        Ok(row.filter(&whole).map(|row| row.id.value()))
    };
    let absent = match ledger.earlier(context, operation, &find).await? {
        Ok(_) => return Ok(filled),
        Err(absent) => absent,
    };
    after_sibling(context, ledger, operation, id.value())?;
    let id = ledger.owner(id);
    let row = read_candidate(&context.reads, id).await;
    let row = row.map_err(|error| operation.not_looked_up(&error))?;
    let own = created.candidate.take().filter(|row| row.id == id);
    let row = row.or(own).ok_or_else(|| {
        let hidden = not_shown(operation, "candidate");
        ledger.unless_young(PushStep::Candidate, hidden)
    })?;
    if whole(&row) {
        ledger.done(operation.step, id.value(), true).await?;
        return Ok(filled);
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
    let update = &update;
    let send = |writer: HarvestClient| async move {
        writer.update_candidate(id, update).await?;
        Ok(id.value())
    };
    let sent = ledger.once(operation, absent, find, send).await?;
    sent.map_err(|error| operation.not_done(&error))?;
    Ok(filled)
}

/// The values that the owner's fields are to hold. `None` if no field is mapped.
async fn mapped_values(
    context: &StepContext<'_>,
    owner: FieldOwner,
    operation: Operation,
) -> Result<Option<Vec<Wanted>>, StepError> {
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
        .map_err(|error| StepError::harvest(operation.step, "read the custom fields", &error))?;
    let link = context.report_link.as_deref();
    let mut all = Vec::new();
    for (member, field) in &mapped {
        let Some(definition) = known.get(&field.key) else {
            return Err(unknown_field(operation, member, &field.key, owner));
        };
        let name = member.strip_prefix("traits.").unwrap_or_default();
        let usage = FieldUse::of_member(member);
        let card = &context.plan.scorecard;
        let value = wanted(usage, name, &field.key, definition, card, link);
        all.extend(value.map_err(|why| {
            // A retry after a change in Greenhouse does not wait for what was read before.
            definitions.forget(account, owner);
            unsuitable(operation, member, &field.key, why)
        })?);
    }
    Ok(Some(all).filter(|all| !all.is_empty()))
}

/// What another push of the person has just written to the same row may not be seen yet, and would be lost.
fn after_sibling(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
    operation: Operation,
    row: i64,
) -> Result<(), StepError> {
    let ended: Vec<_> = ledger.sibling_pushes().iter().map(ended).collect();
    let written = ended.iter().filter_map(|push| push.mark(operation.step));
    // A write of unknown outcome may still be running, for any row.
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
        return Err(StepError::Again(until, AFTER_SIBLING.to_owned()));
    }
    Ok(())
}

async fn read_application(
    reads: &HarvestClient,
    id: ApplicationId,
) -> Result<Option<Application>, Error> {
    let rows = reads.applications(&ApplicationFilter::new().ids([id]));
    let rows = rows.all().await?;
    Ok(rows.into_iter().find(|row| row.id == id))
}

async fn read_candidate(
    reads: &HarvestClient,
    id: CandidateId,
) -> Result<Option<Candidate>, Error> {
    let rows = reads.candidates(&CandidateFilter::new().ids([id]));
    let rows = rows.all().await?;
    Ok(rows.into_iter().find(|row| row.id == id))
}

fn holds(fields: Option<&CustomFields>, wanted: &[Wanted]) -> bool {
    fields.is_some_and(|fields| wanted.iter().all(|wanted| wanted.is_in(fields)))
}

fn changes(wanted: &[Wanted]) -> CustomFieldChanges {
    let wanted = wanted.iter();
    wanted
        .map(|wanted| (wanted.key.clone(), wanted.input.clone()))
        .collect()
}

/// The tags that the row lacks. `None` if the row does not show its tags. Letter case does not make another tag.
fn missing(row: &Candidate, tags: &[String]) -> Option<Vec<String>> {
    if tags.is_empty() {
        return Some(Vec::new());
    }
    let there = row.tags.as_ref()?;
    let lacks = |tag: &&String| !there.iter().any(|own| own.eq_ignore_ascii_case(tag));
    Some(tags.iter().filter(lacks).cloned().collect())
}

fn unknown_field(operation: Operation, member: &str, key: &str, owner: FieldOwner) -> StepError {
    let text = format!(
        "The push settings map fields.{member} to the custom field \"{key}\", and no {} in Greenhouse has an active one of \
         that key. Map another field, and retry.",
        owner.as_str()
    );
    StepError::failed(operation.step, "unknown_field", text)
}

fn unsuitable(operation: Operation, member: &str, key: &str, why: Unsuitable) -> StepError {
    let text = match why {
        Unsuitable::Kind => format!(
            "The push settings map fields.{member} to the custom field \"{key}\", which is of a kind that cannot hold it. \
             Map another field, and retry."
        ),
        Unsuitable::NoOption(recommendation) => format!(
            "The custom field \"{key}\", which the push settings map fields.{member} to, has no option \"{}\". Add it in \
             Greenhouse, and retry.",
            recommendation.label()
        ),
    };
    StepError::failed(operation.step, "unsuitable_field", text)
}

fn unwritable(operation: Operation, error: &MergeError) -> StepError {
    let text = format!(
        "The custom fields could not be written without losing another: {error}. Take the mapped fields out of the push \
         settings, or empty those fields in Greenhouse, and retry."
    );
    StepError::failed(operation.step, "unwritable_fields", text)
}

fn not_shown(operation: Operation, what: &str) -> StepError {
    let text = format!(
        "Greenhouse does not show the {what}, so nothing was changed there: the lists may lag, or it was deleted. Retry."
    );
    StepError::failed(operation.step, "not_shown", text)
}

const AFTER_SIBLING: &str = "Waits for Greenhouse to show the custom fields that another push of the same person has just written.";
const APPLICATION: Operation = Operation::new(
    PushStep::ApplicationFields,
    "fill in the application's custom fields",
    "read the application's custom fields",
);
const CANDIDATE: Operation = Operation::new(
    PushStep::CandidateFields,
    "fill in the candidate's custom fields and tags",
    "read the candidate's custom fields and tags",
);
