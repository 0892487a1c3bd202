//! Options for a settings page: the jobs, stages, users, custom fields and sources that are visible
//! to the account's stored credential.

mod lists;

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use greenhouse_core::{
    JobId, Text,
    answer::{self, ErrorDetails, problem_with as problem},
    operator::OperatorRequest,
    plain,
    settings::{FieldOwner, PushSettings},
};
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;

#[cfg(feature = "openapi")]
pub(super) use self::lists::operations;
use self::lists::{
    FieldChoice, FieldChoices, JobChoice, JobChoices, KitChoice, MappedStage, SourceChoice,
    SourceChoices, StageChoice, StageChoices, UserChoice, UserChoices,
};
use super::{
    PushSettingsError, PushSettingsService,
    refusal::{greenhouse_failure, refusal_answer},
};
use crate::{
    Access, Error, HarvestClient, List,
    api::{
        CustomField, CustomFieldApplicationType, CustomFieldFilter, InterviewKit,
        InterviewKitFilter, Job, JobFilter, JobInterview, JobInterviewFilter, JobInterviewStage,
        JobInterviewStageFilter, JobStatus, SourceFilter, User, UserFilter,
    },
    field_use::{FieldUse, type_of},
    lookup::{Identified, agrees, checked, matching},
    push::{
        recent_lists::mapped_stages as stages_of,
        texts::{SITE_ADMIN, refusal as texts},
    },
};

/// List of options for a settings page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChoiceList {
    Jobs,
    Stages,
    Users,
    Fields,
    Sources,
}

impl ChoiceList {
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

    /// Name of the list, and its parameter in the request.
    fn address(self, request: &OperatorRequest) -> (&'static str, Option<String>) {
        let parameter = |name| request.query(name).map(str::to_owned);
        match self {
            Self::Jobs => ("jobs", None),
            Self::Stages => ("stages", parameter("job")),
            Self::Users => ("users", parameter("email")),
            Self::Fields => ("fields", None),
            Self::Sources => ("sources", None),
        }
    }
}

pub(super) async fn answer_choice(
    service: &PushSettingsService,
    choice: ChoiceList,
    request: &OperatorRequest,
) -> Response<Bytes> {
    match choose(service, choice, request).await {
        Ok(response) => response,
        Err(ChoiceError::Query(text)) => answer::problem_text(StatusCode::BAD_REQUEST, &text),
        Err(ChoiceError::Settings(error)) => refusal_answer(error),
        Err(ChoiceError::Greenhouse(error)) => greenhouse_failure(&error),
        // An empty list would look as if there were no options.
        Err(ChoiceError::Blind) => problem(
            StatusCode::CONFLICT,
            "cannot_see",
            texts::CANNOT_SEE,
            ErrorDetails::remedy(SITE_ADMIN),
        ),
    }
}

async fn choose(
    service: &PushSettingsService,
    choice: ChoiceList,
    request: &OperatorRequest,
) -> Result<Response<Bytes>, ChoiceError> {
    let job = match choice {
        ChoiceList::Stages => Some(job(request)?),
        _ => None,
    };
    let max_age = request.max_age().map_err(ChoiceError::Query)?;
    let account = &request.account;
    let settings = Arc::new(service.stored(account).await?);
    let (list, parameter) = choice.address(request);
    let address = (account.clone(), list, parameter);
    let (lists, now) = (&service.engine.lists, service.engine.now());
    if let Some(recent) = lists.get(&address, &settings, now, max_age) {
        return Ok(recent);
    }
    let begun = lists.begin(now);
    let clients = &service.engine.clients;
    let access = clients.access_of_saved(account, Arc::clone(&settings));
    let reader = reader(access.answering()).await?;
    let ok = StatusCode::OK;
    let response = match (choice, job) {
        (ChoiceList::Jobs, _) => {
            let product_jobs = service.product_jobs(account).await?;
            let found = open_jobs(&reader).await?;
            let offered = JobChoices {
                jobs: found.rows,
                product_jobs,
                mapped_stages: mapped_stages(&reader, &settings).await?,
                truncated: found.truncated,
            };
            answer::json(ok, &offered)
        }
        (ChoiceList::Stages, Some(job)) => answer::json(ok, &stages(&reader, job).await?),
        (ChoiceList::Stages, None) => return Err(job_expected()),
        (ChoiceList::Users, _) => answer::json(ok, &users(&reader, request.query("email")).await?),
        (ChoiceList::Fields, _) => answer::json(ok, &fields(&reader).await?),
        (ChoiceList::Sources, _) => answer::json(ok, &sources(&reader).await?),
    };
    lists.put(address, &settings, &response, begun);
    Ok(response)
}

/// Returns the client that sees every record. Greenhouse is asked again about the user's role,
/// because the client's token may be older than a change of the role.
async fn reader(access: Access) -> Result<HarvestClient, ChoiceError> {
    if access.client.introspect().await?.sees_all() {
        return Ok(access.client);
    }
    let own = access.own().cloned().ok_or(ChoiceError::Blind)?;
    match own.introspect().await {
        Ok(identity) if identity.sees_all() => Ok(own),
        _ => Err(ChoiceError::Blind),
    }
}

/// Reason why no list is returned.
enum ChoiceError {
    Query(Text),
    Settings(PushSettingsError),
    Greenhouse(Error),
    Blind,
}

impl From<PushSettingsError> for ChoiceError {
    fn from(error: PushSettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<Error> for ChoiceError {
    fn from(error: Error) -> Self {
        Self::Greenhouse(error)
    }
}

fn job(request: &OperatorRequest) -> Result<JobId, ChoiceError> {
    let id = request.query("job").and_then(|id| id.parse().ok());
    id.map(JobId::new).ok_or_else(job_expected)
}

fn job_expected() -> ChoiceError {
    ChoiceError::Query(Text::new("bad_query", texts::JOB_EXPECTED))
}

async fn open_jobs(reader: &HarvestClient) -> Result<FirstRows<JobChoice>, Error> {
    let open =
        JobFilter::new()
            .status(JobStatus::Open)
            .fields(["name", "requisition_id", "is_template"]);
    let asked = |row: &Job| agrees(row.status.as_ref(), &JobStatus::Open);
    let found = first_rows(reader.jobs(&open), asked, ROWS).await?;
    let offered = found.rows.into_iter();
    let offered = offered.filter(|row| row.is_template != Some(true));
    Ok(FirstRows {
        rows: offered
            .map(|row| JobChoice {
                id: row.id,
                name: shown(row.name.as_ref()),
                requisition_id: row.requisition_id,
            })
            .collect(),
        truncated: found.truncated,
    })
}

/// Returns the mapped stages that exist, so that a settings page can name them. `None` if the
/// credential is not allowed to list stages.
async fn mapped_stages(
    reader: &HarvestClient,
    settings: &PushSettings,
) -> Result<Option<Vec<MappedStage>>, Error> {
    let ids = stages_of(settings);
    let filter = JobInterviewStageFilter::new().ids(ids.iter().copied());
    let asked = |row: &JobInterviewStage| ids.contains(&row.id);
    let rows = match ids.is_empty() {
        true => Ok(Vec::new()),
        false => matching(|| reader.job_interview_stages(&filter), asked).await,
    };
    let rows = match rows {
        Ok(rows) => rows,
        Err(Error::Auth { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mapped = rows.iter().map(|row| MappedStage {
        id: row.id,
        name: shown(row.name.as_ref()),
        job: row.job_id,
        active: row.active != Some(false),
    });
    Ok(Some(mapped.collect()))
}

/// Returns the stages in the order of the job's plan, and the interview kits with the name and
/// stage of their interviews. The kits are `null` if the credential is not allowed to list them,
/// because a push does not need them.
async fn stages(reader: &HarvestClient, job: JobId) -> Result<StageChoices, Error> {
    let active = JobInterviewStageFilter::new().job_ids([job]).active(true);
    let asked = |row: &JobInterviewStage| agrees(row.job_id, job) && agrees(row.active, true);
    let mut found = first_rows(reader.job_interview_stages(&active), asked, ROWS).await?;
    found.rows.sort_by_key(|row| (row.sort_order, row.id));
    let offered = found.rows.iter().map(|row| StageChoice {
        id: row.id,
        name: shown(row.name.as_ref()),
    });
    Ok(StageChoices {
        stages: offered.collect(),
        interview_kits: match kits(reader, job).await {
            Ok(kits) => Some(kits),
            Err(Error::Auth { .. }) => None,
            Err(error) => return Err(error),
        },
        truncated: found.truncated,
    })
}

async fn kits(reader: &HarvestClient, job: JobId) -> Result<Vec<KitChoice>, Error> {
    let kits = InterviewKitFilter::new().job_ids([job]);
    let of_job = |row: &InterviewKit| agrees(row.job_id, job);
    let kits = first_rows(reader.interview_kits(&kits), of_job, ROWS).await?;
    let planned = JobInterviewFilter::new().job_ids([job]).active(true);
    let asked = |row: &JobInterview| agrees(row.job_id, job) && agrees(row.active, true);
    let planned = first_rows(reader.job_interviews(&planned), asked, ROWS).await?;
    let planned: BTreeMap<_, _> = planned.rows.iter().map(|row| (row.id, row)).collect();
    let mut offered: Vec<_> = kits
        .rows
        .iter()
        .filter_map(|kit| Some((kit.id, *planned.get(&kit.job_interview_id?)?)))
        .collect();
    offered.sort_by_key(|(kit, planned)| (planned.sort_order, *kit));
    let offered = offered.into_iter().map(|(kit, planned)| KitChoice {
        id: kit,
        name: shown(planned.name.as_ref()),
        stage: planned.job_interview_stage_id,
    });
    Ok(offered.collect())
}

async fn users(reader: &HarvestClient, email: Option<&str>) -> Result<UserChoices, Error> {
    let mut active = UserFilter::new().deactivated(false);
    if let Some(email) = email {
        active = active.primary_email(email);
    }
    let asked = |row: &User| agrees(row.deactivated, false) && has_address(row, email);
    let found = first_rows(reader.users(&active), asked, ROWS).await?;
    let offered = found.rows.into_iter().map(|row| UserChoice {
        id: row.id,
        name: shown(row.name.as_ref()),
        email: row.primary_email,
        site_admin: row.site_admin,
    });
    Ok(UserChoices {
        users: offered.collect(),
        truncated: found.truncated,
    })
}

/// Returns `true` if `asked` is `None`, if the user has this address, or if the row contains no
/// addresses.
fn has_address(row: &User, asked: Option<&str>) -> bool {
    let Some(asked) = asked else {
        return true;
    };
    let mut shown = row
        .emails
        .iter()
        .flatten()
        .chain(&row.primary_email)
        .peekable();
    shown.peek().is_none() || shown.any(|own| own.trim().eq_ignore_ascii_case(asked.trim()))
}

/// Returns the custom fields that can hold a value from an assessment, with the values that each
/// can hold.
async fn fields(reader: &HarvestClient) -> Result<FieldChoices, Error> {
    let mut offered = Vec::new();
    let mut truncated = false;
    for owner in [FieldOwner::Application, FieldOwner::Candidate] {
        let kind = type_of(owner);
        let active = CustomFieldFilter::new()
            .field_type(kind.clone())
            .active(true);
        let asked =
            |row: &CustomField| agrees(row.field_type.as_ref(), &kind) && agrees(row.active, true);
        let found = first_rows(reader.custom_fields(&active), asked, ROWS).await?;
        truncated |= found.truncated;
        for row in found.rows {
            let Some((key, kind)) = row.name_key.zip(row.value_type) else {
                continue;
            };
            let of_prospects = row.application_type == Some(CustomFieldApplicationType::Prospect);
            let uses = FieldUse::ALL
                .into_iter()
                .filter(|usage| usage.accepts(&kind));
            let uses: Vec<_> = uses.map(FieldUse::as_str).collect();
            if !uses.is_empty() && !of_prospects {
                offered.push(FieldChoice {
                    on: owner,
                    key,
                    name: shown(row.name.as_ref()),
                    value_type: kind,
                    uses,
                });
            }
        }
    }
    Ok(FieldChoices {
        fields: offered,
        truncated,
    })
}

async fn sources(reader: &HarvestClient) -> Result<SourceChoices, Error> {
    let found = first_rows(reader.sources(&SourceFilter::new()), |_| true, ROWS).await?;
    let offered = found.rows.into_iter().map(|row| SourceChoice {
        id: row.id,
        name: shown(row.name.as_ref()),
        kind: row.kind.and_then(|kind| kind.name),
    });
    Ok(SourceChoices {
        sources: offered.collect(),
        truncated: found.truncated,
    })
}

struct FirstRows<T> {
    rows: Vec<T>,
    /// `true` if there are more rows.
    truncated: bool,
}

/// Reads up to `max` rows that match the filter, without duplicates.
async fn first_rows<T: Identified + DeserializeOwned + Send + 'static>(
    mut list: List<T>,
    asked: impl Fn(&T) -> bool,
    max: usize,
) -> Result<FirstRows<T>, Error> {
    let mut rows = Vec::new();
    while let Some(page) = list.next_page().await? {
        rows.extend(page);
        rows = checked(rows, &asked);
        if rows.len() > max {
            rows.truncate(max);
            return Ok(FirstRows {
                rows,
                truncated: true,
            });
        }
    }
    Ok(FirstRows {
        rows,
        truncated: false,
    })
}

/// Returns a name on one line and without hidden characters, for display.
fn shown(name: Option<&String>) -> Option<String> {
    name.map(|name| plain::line(name))
}

/// Maximum number of rows in a list of options.
const ROWS: usize = 2000;
