//! What a settings page offers: jobs, stages, users, custom fields, sources, as the account's saved credential sees them.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use greenhouse_core::{
    JobId,
    answer::{self, problem_with as problem},
    operator::OperatorRequest,
    settings::FieldOwner,
};
use http::{Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    PushSettingsError, PushSettingsService,
    refusal::{greenhouse_failure, refusal_answer},
};
use crate::{
    Error, HarvestClient, List,
    api::{
        CustomFieldApplicationType, CustomFieldFilter, InterviewKitFilter, JobFilter,
        JobInterviewFilter, JobInterviewStageFilter, JobStatus, SourceFilter, UserFilter,
    },
    field_use::{FieldUse, type_of},
    reader::SITE_ADMIN,
};

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Jobs,
    Stages,
    Users,
    Fields,
    Sources,
}

impl Choice {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "jobs" => Some(Self::Jobs),
            "stages" => Some(Self::Stages),
            "users" => Some(Self::Users),
            "fields" => Some(Self::Fields),
            "sources" => Some(Self::Sources),
            _ => None,
        }
    }
}

pub(super) async fn answer_choice(
    service: &PushSettingsService,
    choice: Choice,
    request: &OperatorRequest,
) -> Response<Bytes> {
    match choose(service, choice, request).await {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err(Refusal::Query(message)) => {
            answer::problem(StatusCode::BAD_REQUEST, "bad_query", message)
        }
        Err(Refusal::Settings(error)) => refusal_answer(error),
        Err(Refusal::Greenhouse(error)) => greenhouse_failure(&error),
        // An empty list would read as if there was nothing to choose from.
        Err(Refusal::Blind) => problem(
            StatusCode::CONFLICT,
            "cannot_see",
            "the acting user is no site admin, and is not shown what there is".to_owned(),
            json!({ "remedy": SITE_ADMIN }),
        ),
    }
}

async fn choose(
    service: &PushSettingsService,
    choice: Choice,
    request: &OperatorRequest,
) -> Result<Value, Refusal> {
    let job = match choice {
        Choice::Stages => Some(job(request)?),
        _ => None,
    };
    let account = &request.account;
    let settings = service.stored(account).await?;
    let clients = &service.engine.clients;
    let reader = clients
        .access_with(account, Arc::new(settings))
        .answering()
        .reader()
        .await;
    if !reader.sees_all().await? {
        return Err(Refusal::Blind);
    }
    let offered = match (choice, job) {
        (Choice::Jobs, _) => {
            let product_jobs = service.product_jobs(account).await?;
            let mut offered = jobs(&reader).await?;
            offered["product_jobs"] = json!(product_jobs);
            offered
        }
        (Choice::Stages, Some(job)) => stages(&reader, job).await?,
        (Choice::Stages, None) => return Err(Refusal::Query(NO_JOB)),
        (Choice::Users, _) => users(&reader, request.query("email")).await?,
        (Choice::Fields, _) => fields(&reader).await?,
        (Choice::Sources, _) => sources(&reader).await?,
    };
    Ok(offered)
}

enum Refusal {
    Query(&'static str),
    Settings(PushSettingsError),
    Greenhouse(Error),
    Blind,
}

impl From<PushSettingsError> for Refusal {
    fn from(error: PushSettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Greenhouse(error)
    }
}

fn job(request: &OperatorRequest) -> Result<JobId, Refusal> {
    let id = request.query("job").and_then(|id| id.parse().ok());
    id.map(JobId::new).ok_or(Refusal::Query(NO_JOB))
}

async fn jobs(reader: &HarvestClient) -> Result<Value, Error> {
    let open =
        JobFilter::new()
            .status(JobStatus::Open)
            .fields(["name", "requisition_id", "is_template"]);
    let found = some(reader.jobs(&open), ROWS).await?;
    let offered = found
        .rows
        .iter()
        .filter(|row| row.is_template != Some(true));
    let offered = offered
        .map(|row| json!({ "id": row.id, "name": row.name, "requisition_id": row.requisition_id }));
    Ok(page("jobs", offered, found.truncated))
}

/// The stages in the order of the plan; each interview kit with the name and the stage of its interview. The kits are null
/// where the credential may not see them: a push works without.
async fn stages(reader: &HarvestClient, job: JobId) -> Result<Value, Error> {
    let active = JobInterviewStageFilter::new().job_ids([job]).active(true);
    let mut found = some(reader.job_interview_stages(&active), ROWS).await?;
    found.rows.sort_by_key(|row| (row.sort_order, row.id));
    let offered = found.rows.iter();
    let offered = offered.map(|row| json!({ "id": row.id, "name": row.name }));
    let mut page = page("stages", offered, found.truncated);
    page["interview_kits"] = match kits(reader, job).await {
        Ok(kits) => kits,
        Err(Error::Auth { .. }) => Value::Null,
        Err(error) => return Err(error),
    };
    Ok(page)
}

async fn kits(reader: &HarvestClient, job: JobId) -> Result<Value, Error> {
    let kits = InterviewKitFilter::new().job_ids([job]);
    let kits = some(reader.interview_kits(&kits), ROWS).await?;
    let planned = JobInterviewFilter::new().job_ids([job]).active(true);
    let planned = some(reader.job_interviews(&planned), ROWS).await?;
    let planned: BTreeMap<_, _> = planned.rows.iter().map(|row| (row.id, row)).collect();
    let mut offered: Vec<_> = kits
        .rows
        .iter()
        .filter_map(|kit| Some((kit.id, *planned.get(&kit.job_interview_id?)?)))
        .collect();
    offered.sort_by_key(|(kit, planned)| (planned.sort_order, *kit));
    let offered = offered.into_iter().map(|(kit, planned)| {
        json!({ "id": kit, "name": planned.name, "stage": planned.job_interview_stage_id })
    });
    Ok(offered.collect())
}

async fn users(reader: &HarvestClient, email: Option<&str>) -> Result<Value, Error> {
    let mut active = UserFilter::new().deactivated(false);
    if let Some(email) = email {
        active = active.primary_email(email);
    }
    let found = some(reader.users(&active), ROWS).await?;
    let offered = found.rows.iter().map(|row| {
        json!({
            "id": row.id, "name": row.name, "email": row.primary_email, "site_admin": row.site_admin,
        })
    });
    Ok(page("users", offered, found.truncated))
}

/// Those that something can be mapped to, with what.
async fn fields(reader: &HarvestClient) -> Result<Value, Error> {
    let mut offered = Vec::new();
    let mut truncated = false;
    for owner in [FieldOwner::Application, FieldOwner::Candidate] {
        let active = CustomFieldFilter::new()
            .field_type(type_of(owner))
            .active(true);
        let found = some(reader.custom_fields(&active), ROWS).await?;
        truncated |= found.truncated;
        for row in found.rows {
            let Some((key, kind)) = row.name_key.zip(row.value_type) else {
                continue;
            };
            let of_prospects = row.application_type == Some(CustomFieldApplicationType::Prospect);
            let uses = FieldUse::ALL.into_iter().filter(|usage| usage.takes(&kind));
            let uses: Vec<&str> = uses.map(FieldUse::as_str).collect();
            if !uses.is_empty() && !of_prospects {
                offered.push(json!({
                    "on": owner.as_str(), "key": key, "name": row.name, "value_type": kind, "uses": uses,
                }));
            }
        }
    }
    Ok(page("fields", offered, truncated))
}

async fn sources(reader: &HarvestClient) -> Result<Value, Error> {
    let found = some(reader.sources(&SourceFilter::new()), ROWS).await?;
    let offered = found.rows.iter().map(|row| {
        let kind = row.kind.as_ref().and_then(|kind| kind.name.as_deref());
        json!({ "id": row.id, "name": row.name, "type": kind })
    });
    Ok(page("sources", offered, found.truncated))
}

struct Found<T> {
    rows: Vec<T>,
    /// There are more.
    truncated: bool,
}

/// So many rows at most.
async fn some<T: DeserializeOwned + Send + 'static>(
    mut list: List<T>,
    most: usize,
) -> Result<Found<T>, Error> {
    let mut rows = Vec::new();
    while let Some(page) = list.next_page().await? {
        rows.extend(page);
        if rows.len() > most {
            rows.truncate(most);
            return Ok(Found {
                rows,
                truncated: true,
            });
        }
    }
    Ok(Found {
        rows,
        truncated: false,
    })
}

fn page(name: &str, rows: impl IntoIterator<Item = impl Serialize>, truncated: bool) -> Value {
    let rows: Vec<_> = rows.into_iter().collect();
    json!({ name: rows, "truncated": truncated })
}

/// More would be no list to choose from.
const ROWS: usize = 2000;
const NO_JOB: &str = "job: the id of a Greenhouse job is needed";
