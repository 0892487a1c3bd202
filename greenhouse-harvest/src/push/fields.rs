//! Custom fields of application and candidate, and the candidate's tags.
//!
//! An update may replace all fields, and does replace all tags (documented): so the row is read, what is wanted is put in
//! its place, and the whole is written, so that nothing else is lost.

mod definitions;
mod value;

use std::sync::Arc;

use greenhouse_core::{
    ApplicationId, CandidateId, later,
    settings::FieldOwner,
    store::{JournalMark, PushStep},
};

use self::{
    definitions::ByKey,
    value::{Unsuitable, Wanted, wanted},
};
use super::{
    failure::Stop,
    run::{Kit, Run},
    settle::ended,
    write::Deed,
};
use crate::{
    Error, HarvestClient,
    api::{
        Application, ApplicationFilter, Candidate, CandidateFilter, CustomFieldChanges,
        CustomFields, MergeError, UpdateApplication, UpdateCandidate,
    },
    field_use::FieldUse,
};

pub(super) use self::definitions::Definitions;

impl Run<'_> {
    /// Fills in the application's custom fields. Answers whether there are any to fill in.
    pub(super) async fn application_fields(
        &mut self,
        kit: &Kit,
        id: ApplicationId,
    ) -> Result<bool, Stop> {
        let deed = APPLICATION;
        let Some(wanted) = self.wanted(kit, FieldOwner::Application, deed).await? else {
            return Ok(false);
        };
        let find = || async {
            let row = read_application(&kit.reads, id).await?;
            let there = row.filter(|row| holds(row.custom_fields.as_ref(), &wanted));
            Ok(there.map(|row| row.id.value()))
        };
        if self.earlier(kit, deed, find()).await?.is_some() {
            return Ok(true);
        }
        self.after_kin(deed, id.value())?;
        let row = read_application(&kit.reads, id).await;
        let row = row.map_err(|error| Stop::harvest(deed.step, deed.seeking, &error))?;
        // What this run has made may not be listed yet; others may have changed what is.
        let made = self.made.application.take().filter(|row| row.id == id);
        let row = row.or(made).ok_or_else(|| {
            let hidden = not_shown(deed, "application");
            self.unless_young(PushStep::Application, hidden)
        })?;
        if holds(row.custom_fields.as_ref(), &wanted) {
            self.done(deed.step, id.value(), true).await?;
            return Ok(true);
        }
        let mut update = UpdateApplication::new();
        let fields = row.custom_fields_with(&changes(&wanted));
        update.custom_fields = Some(fields.map_err(|error| unwritable(deed, &error))?);
        let send = async {
            kit.client.update_application(id, &update).await?;
            Ok(id.value())
        };
        let sent = self.send(deed, find(), send).await?;
        sent.map_err(|error| Stop::harvest(deed.step, deed.doing, &error))?;
        Ok(true)
    }

    /// Fills in the candidate's custom fields, and adds the tags. Answers whether there are fields to fill in.
    pub(super) async fn candidate_fields(
        &mut self,
        kit: &Kit,
        id: CandidateId,
    ) -> Result<bool, Stop> {
        let deed = CANDIDATE;
        let wanted = self.wanted(kit, FieldOwner::Candidate, deed).await?;
        let tags = self.tags(kit);
        if wanted.is_none() && tags.is_empty() {
            return Ok(false);
        }
        let filled = wanted.is_some();
        let wanted = wanted.unwrap_or_default();
        let whole = |row: &Candidate| {
            let fields = wanted.is_empty() || holds(row.custom_fields.as_ref(), &wanted);
            fields && missing(row, &tags).is_some_and(|missing| missing.is_empty())
        };
        let find = || async {
            let row = read_candidate(&kit.reads, id).await?;
            Ok(row.filter(&whole).map(|row| row.id.value()))
        };
        if self.earlier(kit, deed, find()).await?.is_some() {
            return Ok(filled);
        }
        self.after_kin(deed, id.value())?;
        let id = self.owner(id);
        let row = read_candidate(&kit.reads, id).await;
        let row = row.map_err(|error| Stop::harvest(deed.step, deed.seeking, &error))?;
        let made = self.made.candidate.take().filter(|row| row.id == id);
        let row = row.or(made).ok_or_else(|| {
            let hidden = not_shown(deed, "candidate");
            self.unless_young(PushStep::Candidate, hidden)
        })?;
        if whole(&row) {
            self.done(deed.step, id.value(), true).await?;
            return Ok(filled);
        }
        let mut update = UpdateCandidate::new();
        if !wanted.is_empty() {
            let fields = row.custom_fields_with(&changes(&wanted));
            update.custom_fields = Some(fields.map_err(|error| unwritable(deed, &error))?);
        }
        let added = missing(&row, &tags).ok_or_else(|| not_shown(deed, "candidate's tags"))?;
        if !added.is_empty() {
            let mut all = row.tags.unwrap_or_default();
            all.extend(added);
            update.tags = Some(all);
        }
        let send = async {
            kit.client.update_candidate(id, &update).await?;
            Ok(id.value())
        };
        let sent = self.send(deed, find(), send).await?;
        sent.map_err(|error| Stop::harvest(deed.step, deed.doing, &error))?;
        Ok(filled)
    }

    /// What the owner's fields are to hold; none where none is mapped.
    async fn wanted(
        &self,
        kit: &Kit,
        owner: FieldOwner,
        deed: Deed,
    ) -> Result<Option<Vec<Wanted>>, Stop> {
        let mapped = kit.settings.fields.all();
        let mapped: Vec<_> = mapped.filter(|(_, field)| field.on == owner).collect();
        if mapped.is_empty() {
            return Ok(None);
        }
        let keys: Vec<&str> = mapped.iter().map(|(_, field)| field.key.as_str()).collect();
        let known = self.definitions(kit, owner, &keys).await;
        let known: Arc<ByKey> =
            known.map_err(|error| Stop::harvest(deed.step, "read the custom fields", &error))?;
        let link = self.report_link().await?;
        let mut all = Vec::new();
        for (member, field) in &mapped {
            let Some(definition) = known.get(&field.key) else {
                return Err(unknown_field(deed, member, &field.key, owner));
            };
            let name = member.strip_prefix("traits.").unwrap_or_default();
            let usage = FieldUse::of_member(member);
            let card = &kit.plan.scorecard;
            let value = wanted(usage, name, &field.key, definition, card, link.as_deref());
            all.extend(value.map_err(|why| {
                // Whoever mends it in Greenhouse and retries does not wait for what was read before.
                self.service.definitions.forget(self.account(), owner);
                unsuitable(deed, member, &field.key, why)
            })?);
        }
        Ok(Some(all).filter(|all| !all.is_empty()))
    }

    /// The tags that are still to be added: whoever this push has made was made with them.
    fn tags(&self, kit: &Kit) -> Vec<String> {
        let line = self.push.mark(PushStep::Candidate);
        let made =
            line.is_some_and(|line| matches!(line.mark, JournalMark::Done { found: false, .. }));
        if made {
            return Vec::new();
        }
        kit.settings.tags.clone()
    }

    /// What another push of the person has just written to the same row may not be seen yet, and would be lost.
    fn after_kin(&self, deed: Deed, row: i64) -> Result<(), Stop> {
        let ended: Vec<_> = self.kin.iter().map(ended).collect();
        let written = ended.iter().filter_map(|push| push.mark(deed.step));
        // One whose outcome is unknown may still be running, whichever row it is for.
        let written = written.filter(|line| match line.mark {
            JournalMark::Done { id, found: false } => id == row,
            JournalMark::Begun => true,
            _ => false,
        });
        let Some(last) = written.map(|line| line.at).max() else {
            return Ok(());
        };
        let until = later(last, self.service.parts.config.settle_time);
        if self.service.now() < until {
            return Err(Stop::Again(until, AFTER_KIN.to_owned()));
        }
        Ok(())
    }
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

/// The tags that the row lacks; none where it does not tell its tags. Letter case does not make another tag.
fn missing(row: &Candidate, tags: &[String]) -> Option<Vec<String>> {
    if tags.is_empty() {
        return Some(Vec::new());
    }
    let there = row.tags.as_ref()?;
    let lacks = |tag: &&String| !there.iter().any(|own| own.eq_ignore_ascii_case(tag));
    Some(tags.iter().filter(lacks).cloned().collect())
}

fn unknown_field(deed: Deed, member: &str, key: &str, owner: FieldOwner) -> Stop {
    let text = format!(
        "The push settings map fields.{member} to the custom field \"{key}\", and no {} in Greenhouse has an active one of \
         that key. Map another field, and retry.",
        owner.as_str()
    );
    Stop::failed(deed.step, "unknown_field", text)
}

fn unsuitable(deed: Deed, member: &str, key: &str, why: Unsuitable) -> Stop {
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
    Stop::failed(deed.step, "unsuitable_field", text)
}

fn unwritable(deed: Deed, error: &MergeError) -> Stop {
    let text = format!(
        "The custom fields could not be written without losing another: {error}. Take the mapped fields out of the push \
         settings, or empty those fields in Greenhouse, and retry."
    );
    Stop::failed(deed.step, "unwritable_fields", text)
}

fn not_shown(deed: Deed, what: &str) -> Stop {
    let text = format!(
        "Greenhouse does not show the {what}, so nothing was changed there: the lists may lag, or it was deleted. Retry."
    );
    Stop::failed(deed.step, "not_shown", text)
}

const AFTER_KIN: &str = "Waits for Greenhouse to show the custom fields that another push of the same person has just written.";
const APPLICATION: Deed = Deed {
    step: PushStep::ApplicationFields,
    part: None,
    doing: "fill in the application's custom fields",
    seeking: "read the application's custom fields",
};
const CANDIDATE: Deed = Deed {
    step: PushStep::CandidateFields,
    part: None,
    doing: "fill in the candidate's custom fields and tags",
    seeking: "read the candidate's custom fields and tags",
};
