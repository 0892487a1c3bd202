//! Reads an application and its candidate.

use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, CandidateId, Stage, later,
    person::{self, EmailAddress},
    stage_test::{Held, PersonSeen, StageEntry, StageTest, person as check_person, place},
    store::{CandidateHistory, ClaimedTask, InvitedPerson, PushStep},
};
use serde_json::{Map, Value, json};

use super::Stop;
use crate::{
    Access, Error, HarvestClient,
    api::{Candidate, CandidateFilter, ContactPoint},
    lookup::matching,
    push::{
        StepError,
        engine::Engine,
        steps::{current_stage, read_application},
        texts::{named, operation},
    },
};

/// A candidate who can be invited.
pub(super) struct Found {
    pub(super) test: StageTest,
    pub(super) candidate: CandidateId,
    pub(super) person: InvitedPerson,
    /// History of the candidate, read before the candidate.
    pub(super) history: CandidateHistory,
    /// Name of the stage, or its id.
    pub(super) stage: String,
}

pub(super) async fn read(
    engine: &Engine,
    task: &ClaimedTask,
    entry: &StageEntry,
    access: &Access,
) -> Result<Found, Stop> {
    let now = engine.now();
    let may_lag = now < later(task.since, engine.config.settle_time);
    let reads = access.reader().await;
    let tests = &access.settings.stage_tests;
    // Without a mapping, nothing needs to be read.
    if let Err(held @ Held::Skip(_)) = place(tests, entry, None, true) {
        return Err(Stop::Held(held));
    }
    let unread = |operation: &'static str| {
        move |error: Error| Stop::Unread(StepError::harvest(STEP, operation, &error))
    };
    let seen = application(&reads, entry.application).await;
    let seen = seen.map_err(unread(operation::READ_APPLICATION))?;
    let placed = place(tests, entry, seen.as_ref(), may_lag).map_err(Stop::Held)?;
    let candidate = placed.candidate;
    let account = &task.account;
    let history = engine.store().candidate_history(account, candidate).await?;
    let history = history.unwrap_or_else(|| CandidateHistory::new(candidate, now));
    // A reading may still show what was merged, deleted or erased.
    let is_settled = later(history.noted_at, engine.config.settle_time) <= now;
    if !is_settled && has_changed(&history) {
        return Err(Stop::Held(Held::Wait));
    }
    let row = read_candidate(&reads, candidate).await;
    let row = row.map_err(unread(operation::READ_CANDIDATE))?;
    let address = row.as_ref().and_then(address_of);
    let seen_person = row.as_ref().map(|row| PersonSeen {
        is_private: row.private == Some(true),
        addresses: addresses(row).count(),
        has_valid_address: address.is_some(),
    });
    check_person(seen_person, may_lag).map_err(Stop::Held)?;
    let (Some(row), Some(address)) = (row, address) else {
        return Err(Stop::Held(Held::Wait));
    };
    let stage = seen.and_then(|seen| seen.stage);
    let name = stage.as_ref().and_then(|stage| stage.name.as_deref());
    Ok(Found {
        test: placed.test.clone(),
        candidate,
        person: invited(&row, &address),
        history,
        stage: named("stage", name, placed.test.stage),
    })
}

fn has_changed(history: &CandidateHistory) -> bool {
    history.merged_into.is_some() || history.deleted_at.is_some() || history.anonymized.is_some()
}

/// Reads an application with the id of its stage, which older rows lack.
async fn application(
    reads: &HarvestClient,
    id: ApplicationId,
) -> Result<Option<ApplicationSnapshot>, Error> {
    let row = read_application(reads, id).await?;
    let Some(mut seen) = row.and_then(|row| row.snapshot()) else {
        return Ok(None);
    };
    if seen.stage.as_ref().is_none_or(|stage| stage.id.is_none()) {
        let current = current_stage(reads, id).await?;
        let name = seen.stage.and_then(|stage| stage.name);
        let stage = current.and_then(|row| row.job_interview_stage_id);
        seen.stage = Some(Stage::new(stage, name));
    }
    Ok(Some(seen))
}

async fn read_candidate(
    reads: &HarvestClient,
    id: CandidateId,
) -> Result<Option<Candidate>, Error> {
    let filter = CandidateFilter::new().ids([id]);
    let rows = matching(|| reads.candidates(&filter), |row| row.id == id).await?;
    Ok(rows.into_iter().next())
}

fn addresses(row: &Candidate) -> impl Iterator<Item = &ContactPoint> {
    let all = row.email_addresses.iter().flatten();
    all.filter(|address| {
        address
            .value
            .as_deref()
            .is_some_and(|text| !text.trim().is_empty())
    })
}

/// Returns the first valid address, if possible a personal one.
fn address_of(row: &Candidate) -> Option<EmailAddress> {
    let is_personal = |address: &&ContactPoint| address.kind.as_deref() == Some(PERSONAL);
    let parse = |address: &ContactPoint| EmailAddress::parse(address.value.as_deref()?).ok();
    let personal = addresses(row).filter(is_personal).find_map(parse);
    personal.or_else(|| addresses(row).find_map(parse))
}

fn invited(row: &Candidate, address: &EmailAddress) -> InvitedPerson {
    let name = |text: &Option<String>| person::name(text.as_deref().unwrap_or_default());
    let (first, last) = (name(&row.first_name), name(&row.last_name));
    let mut invited = InvitedPerson::new(first, last, address.as_str());
    let preferred = name(&row.preferred_name);
    if !preferred.is_empty() {
        invited.more = Map::from_iter([(
            "candidate".to_owned(),
            json!({ "preferred_name": Value::String(preferred) }),
        )]);
    }
    invited
}

/// The errors are worded like those of a push.
const STEP: PushStep = PushStep::Application;
const PERSONAL: &str = "personal";

#[cfg(test)]
mod tests {
    use serde_json::from_value;

    use super::*;

    fn row(addresses: Value) -> Candidate {
        from_value(
            json!({"id": 1, "first_name": " Ada\u{200b} ", "last_name": "Byron",
            "preferred_name": "Countess", "email_addresses": addresses}),
        )
        .unwrap()
    }

    #[test]
    fn a_valid_personal_address_is_preferred() {
        for (addresses, expected) in [
            (json!(null), None),
            (json!([]), None),
            (json!([{"value": " ", "type": "personal"}]), None),
            (json!([{"value": "ada@", "type": "personal"}]), None),
            (
                json!([{"value": "ada@work.example", "type": "work"}, {"value": "ada@home.example", "type": "personal"}]),
                Some("ada@home.example"),
            ),
            (
                json!([{"value": "ada@", "type": "personal"}, {"value": "Ada@Work.example\u{200b}"}]),
                Some("Ada@Work.example"),
            ),
        ] {
            let found = address_of(&row(addresses.clone()));
            let found = found.as_ref().map(EmailAddress::as_str);
            assert_eq!(found, expected, "{addresses}");
        }
    }

    #[test]
    fn names_are_normalized() {
        let row = row(json!([]));
        let person = invited(&row, &EmailAddress::parse("ada@home.example").unwrap());
        assert_eq!(person.first_name.as_deref(), Some("Ada"));
        assert_eq!(person.more["candidate"]["preferred_name"], "Countess");
    }
}
