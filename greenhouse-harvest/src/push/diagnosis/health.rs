//! The health of an account's push.

use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, JobId, ProductJobId, UserId,
    health::Check,
    settings::{JobMapping, PushSettings},
};

use super::{super::engine::Engine, backlog};
use crate::{
    Error, HarvestClient, Identity,
    api::{
        Job, JobFilter, JobInterviewStage, JobInterviewStageFilter, JobStatus, UserFilter,
        push_scopes,
    },
    reader::SITE_ADMIN,
};

/// Checks that need the store alone.
pub(in crate::push) async fn checks_of_store(engine: &Engine, account: &AccountId) -> Vec<Check> {
    match engine.clients.access(account).await {
        Ok(Some(_)) => backlog::checks(engine, account).await,
        Ok(None) => vec![switched_off()],
        Err(error) => vec![backlog::store_failed(&error)],
    }
}

/// All checks. Greenhouse is asked.
pub(in crate::push) async fn checks(engine: &Engine, account: &AccountId) -> Vec<Check> {
    let access = match engine.clients.access(account).await {
        Ok(Some(access)) => access,
        Ok(None) => return vec![switched_off()],
        Err(error) => return vec![backlog::store_failed(&error)],
    };
    let mut checks = backlog::checks(engine, account).await;
    let identity = match access.client.introspect().await {
        Ok(identity) => identity,
        Err(error) => {
            checks.push(credential(&error));
            return checks;
        }
    };
    checks.push(Check::ok(
        "harvest_credential",
        "Greenhouse takes the credential.",
    ));
    checks.push(scopes(&identity, &push_scopes(&access.settings)));
    let reads = access.reader().await;
    checks.push(reader(&identity, reads.sees().await));
    if access.client.partner().is_some() {
        checks.extend(consenting_user(&identity, access.settings.acting_user));
    } else if let Some(user) = access.settings.acting_user {
        checks.push(acting_user(&reads, user).await);
    }
    checks.extend(mapped_jobs(&reads, &access.settings).await);
    checks
}

fn switched_off() -> Check {
    Check::ok("push", "The push is switched off.")
}

fn credential(error: &Error) -> Check {
    match error {
        Error::Auth { problem, .. } => Check::problem(
            "harvest_credential",
            format!("Greenhouse refuses the credential: {problem}."),
            problem.remedy(),
        ),
        error => Check::problem(
            "harvest_credential",
            format!("The credential could not be checked: {error}."),
            UNREACHABLE,
        ),
    }
}

fn scopes(identity: &Identity, wanted: &[&str]) -> Check {
    match identity.missing(wanted) {
        Some(missing) if missing.is_empty() => Check::ok(
            "harvest_scopes",
            "The credential has every scope that a push needs.",
        ),
        Some(missing) => Check::problem(
            "harvest_scopes",
            format!("The credential lacks: {}.", missing.join(", ")),
            "Grant them under Configure > Dev Center > API Credential Management > Manage Scopes.",
        ),
        None => Check::warning(
            "harvest_scopes",
            "Greenhouse does not say which scopes the credential has.",
            format!(
                "See under Manage Scopes that it has these: {}.",
                wanted.join(", ")
            ),
        ),
    }
}

/// `sees` is what is known of whoever reads: the acting user, or the credential's own user in its place.
fn reader(identity: &Identity, sees: Result<bool, Error>) -> Check {
    let name = "harvest_reader";
    match sees {
        Ok(true) if identity.sees() => Check::ok(
            name,
            format!("The acting user is a Site Admin and sees every record. {PRIVATE}"),
        ),
        Ok(true) => Check::ok(
            name,
            format!(
                "The acting user is no Site Admin; the credential's own user is one, and reads in its place. {PRIVATE}"
            ),
        ),
        Ok(false) => {
            let role = identity.role.as_deref().unwrap_or("unknown");
            let text = format!(
                "The acting user's role is \"{role}\", and the credential's own user is not known to be a Site Admin, so \
                 nobody can tell whether a person is in Greenhouse already. New candidates are not created."
            );
            Check::problem(name, text, SITE_ADMIN)
        }
        Err(error) => Check::problem(
            name,
            format!("It could not be checked who may read: {error}."),
            remedy(&error),
        ),
    }
}

/// With the app of a partner nobody can be named: who consented acts.
fn consenting_user(identity: &Identity, named: Option<UserId>) -> Option<Check> {
    let named = named.filter(|named| identity.user != Some(*named))?;
    Some(Check::warning(
        "acting_user",
        format!("User {named} is named, and another one acts: the one who connected the account."),
        "Take the acting user out of the push settings, or have that user connect the account.",
    ))
}

async fn acting_user(reads: &HarvestClient, user: UserId) -> Check {
    let name = "acting_user";
    let users = reads
        .users(&UserFilter::new().ids([user]).show_service_accounts(true))
        .all()
        .await;
    match users.as_deref() {
        Ok([]) => Check::warning(
            name,
            format!("User {user} is not in the list of users."),
            "Check the acting user in the push settings.",
        ),
        Ok([found, ..]) if found.deactivated == Some(true) => Check::problem(
            name,
            format!("User {user} is deactivated."),
            "Name another acting user in the push settings.",
        ),
        Ok(_) => Check::ok(name, format!("User {user} is active.")),
        // The name of the acting user is nothing that a push depends on.
        Err(error) => Check::warning(
            name,
            format!("User {user} could not be looked up: {error}."),
            remedy(error),
        ),
    }
}

async fn mapped_jobs(reads: &HarvestClient, settings: &PushSettings) -> Vec<Check> {
    let mapped = &settings.jobs;
    if mapped.is_empty() {
        return vec![Check::warning(
            "mapped_jobs",
            "No job is mapped yet.",
            "Map each job of the product to a Greenhouse job in the push settings.",
        )];
    }
    let ids: BTreeSet<JobId> = mapped.values().map(|mapping| mapping.job).collect();
    let ids: Vec<JobId> = ids.into_iter().collect();
    let (jobs, stages) = match read(reads, &ids).await {
        Ok(rows) => rows,
        Err(error) => {
            let text = format!("The mapped jobs could not be read: {error}.");
            return vec![Check::problem("mapped_jobs", text, remedy(&error))];
        }
    };
    mapped
        .iter()
        .map(|(product_job, mapping)| mapped_job(product_job, mapping, &jobs, &stages))
        .collect()
}

async fn read(
    client: &HarvestClient,
    ids: &[JobId],
) -> Result<(Vec<Job>, Vec<JobInterviewStage>), Error> {
    let jobs = client
        .jobs(&JobFilter::new().ids(ids.to_vec()))
        .all()
        .await?;
    let stages = JobInterviewStageFilter::new().job_ids(ids.to_vec());
    let stages = client.job_interview_stages(&stages).all().await?;
    Ok((jobs, stages))
}

fn mapped_job(
    product_job: &ProductJobId,
    mapping: &JobMapping,
    jobs: &[Job],
    stages: &[JobInterviewStage],
) -> Check {
    let name = format!("mapped_job:{product_job}");
    let id = mapping.job;
    let Some(job) = jobs.iter().find(|job| job.id == id) else {
        return Check::problem(
            name,
            format!("Job {id} is not among the jobs that the acting user sees."),
            "Map another job, or put the acting user on the hiring team if the job is confidential.",
        );
    };
    match job.status {
        Some(JobStatus::Closed) => {
            let text = format!("Job {id} is closed.");
            return Check::problem(name, text, "Map an open job, or reopen this one.");
        }
        Some(JobStatus::Draft) => {
            let text = format!("Job {id} is a draft.");
            return Check::problem(name, text, "Open it in Greenhouse, or map an open job.");
        }
        _ => {}
    }
    let Some(stage) = mapping.stage else {
        let text = format!("Job {id} is open; new applications begin at its first stage.");
        return Check::ok(name, text);
    };
    match stages
        .iter()
        .find(|row| row.id == stage && row.job_id == Some(id))
    {
        None => Check::problem(
            name,
            format!("Stage {stage} is not a stage of job {id}."),
            "Map a stage of this job.",
        ),
        Some(row) if row.active == Some(false) => Check::problem(
            name,
            format!("Stage {stage} of job {id} is no longer active."),
            "Map an active stage of this job.",
        ),
        Some(_) => Check::ok(name, format!("Job {id} is open and has stage {stage}.")),
    }
}

fn remedy(error: &Error) -> String {
    match error {
        Error::Auth { problem, .. } => problem.remedy(),
        Error::Store { .. } => backlog::CHECK_DATABASE.to_owned(),
        _ => UNREACHABLE.to_owned(),
    }
}

/// A private person whom the reader may not see is not found (inferred), and nothing in Harvest tells whether it may.
const PRIVATE: &str = "Give it the permission to see private candidates as well: without it a private person is not found, and \
                       is created a second time.";
const UNREACHABLE: &str =
    "Check that this host can reach harvest.greenhouse.io and auth.greenhouse.io, and look again.";
