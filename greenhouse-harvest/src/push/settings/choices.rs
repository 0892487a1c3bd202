//! Options for a settings page: the jobs, stages, users, custom fields, sources and
//! rejection reasons that are visible
//! to the account's stored credential.

mod first_rows;
mod lists;
mod mapped;
mod reader;

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use greenhouse_core::{
    JobId, Text, UserId,
    answer::{self, ErrorDetails, problem_with as problem},
    operator::OperatorRequest,
    plain,
    settings::FieldOwner,
};
use http::{Response, StatusCode};

#[cfg(feature = "openapi")]
pub(super) use self::lists::operations;
use self::{
    first_rows::{FirstRows, first_rows},
    lists::{
        FieldChoice, FieldChoices, JobChoice, JobChoices, KitChoice, ReasonChoice, ReasonChoices,
        SourceChoice, SourceChoices, StageChoice, StageChoices, UserChoice, UserChoices,
    },
};
use super::{
    PushSettingsError, PushSettingsService,
    refusal::{greenhouse_failure, refusal_answer},
};
use crate::{
    Error, HarvestClient,
    api::{
        CustomField, CustomFieldApplicationType, CustomFieldFilter, InterviewKit,
        InterviewKitFilter, Job, JobFilter, JobInterview, JobInterviewFilter, JobInterviewStage,
        JobInterviewStageFilter, JobStatus, RejectionReasonFilter, SourceFilter, User, UserFilter,
    },
    field_use::{FieldUse, type_of},
    lookup::agrees,
    push::texts::{SITE_ADMIN, refusal as texts},
};

/// List of options for a settings page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChoiceList {
    Jobs,
    Stages,
    Users,
    Fields,
    Sources,
    RejectionReasons,
}

impl ChoiceList {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "jobs" => Some(Self::Jobs),
            "stages" => Some(Self::Stages),
            "users" => Some(Self::Users),
            "fields" => Some(Self::Fields),
            "sources" => Some(Self::Sources),
            "rejection-reasons" => Some(Self::RejectionReasons),
            _ => None,
        }
    }

    /// Name of the list, and its parameter in the request.
    fn address(self, request: &OperatorRequest) -> (&'static str, Option<String>) {
        let parameter = |name| request.query(name).map(str::to_owned);
        match self {
            Self::Jobs => ("jobs", None),
            Self::Stages => ("stages", parameter("job")),
            Self::Users => {
                let email = parameter("email").map(|email| format!("email={email}"));
                let id = parameter("id").map(|id| format!("id={id}"));
                ("users", email.or(id))
            }
            Self::Fields => ("fields", None),
            Self::Sources => ("sources", None),
            Self::RejectionReasons => ("rejection-reasons", None),
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
    let (email, user) = (request.query("email"), user(request)?);
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
    let access = access.await.map_err(PushSettingsError::from)?;
    let reader = reader::of(access.answering(), max_age.is_zero()).await?;
    let reader = reader.ok_or(ChoiceError::Blind)?;
    let ok = StatusCode::OK;
    let response = match (choice, job) {
        (ChoiceList::Jobs, _) => {
            let product_jobs = service.product_jobs(account).await?;
            let scenarios = service.scenarios(account).await?;
            let found = open_jobs(&reader).await?;
            let offered = JobChoices {
                jobs: found.rows,
                product_jobs,
                scenarios,
                mapped_stages: mapped::stages(&reader, &settings).await?,
                mapped_kits: mapped::kits(&reader, &settings).await?,
                truncated: found.truncated,
            };
            answer::json(ok, &offered)
        }
        (ChoiceList::Stages, Some(job)) => answer::json(ok, &stages(&reader, job).await?),
        (ChoiceList::Stages, None) => return Err(job_expected()),
        (ChoiceList::Users, _) => answer::json(ok, &users(&reader, email, user).await?),
        (ChoiceList::Fields, _) => answer::json(ok, &fields(&reader).await?),
        (ChoiceList::Sources, _) => answer::json(ok, &sources(&reader).await?),
        (ChoiceList::RejectionReasons, _) => answer::json(ok, &reasons(&reader).await?),
    };
    lists.put(address, &settings, &response, begun);
    Ok(response)
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

/// The user whose id is asked for. An address takes precedence.
fn user(request: &OperatorRequest) -> Result<Option<UserId>, ChoiceError> {
    let (None, Some(id)) = (request.query("email"), request.query("id")) else {
        return Ok(None);
    };
    let id = id.parse().map(UserId::new);
    id.map(Some)
        .map_err(|_| ChoiceError::Query(Text::new("bad_query", texts::USER_EXPECTED)))
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

/// Returns the active users. With an address, only the users who have it; with an id, only this user.
async fn users(
    reader: &HarvestClient,
    email: Option<&str>,
    id: Option<UserId>,
) -> Result<UserChoices, Error> {
    let mut active = UserFilter::new().deactivated(false);
    if let Some(email) = email {
        active = active.primary_email(email);
    } else if let Some(id) = id {
        active = active.ids([id]);
    }
    let asked = |row: &User| {
        let is_asked = id.is_none_or(|id| row.id == id);
        agrees(row.deactivated, false) && has_address(row, email) && is_asked
    };
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
                .filter(|usage| usage.accepts(&kind) && usage.is_offered_on(owner));
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

async fn reasons(reader: &HarvestClient) -> Result<ReasonChoices, Error> {
    let all = RejectionReasonFilter::new().include_defaults(true);
    let found = first_rows(reader.rejection_reasons(&all), |_| true, ROWS).await?;
    let offered = found.rows.into_iter().map(|row| ReasonChoice {
        id: row.id,
        name: shown(row.name.as_ref()),
        kind: row.kind.and_then(|kind| kind.name),
    });
    Ok(ReasonChoices {
        reasons: offered.collect(),
        truncated: found.truncated,
    })
}

/// Returns a name on one line and without hidden characters, for display.
fn shown(name: Option<&String>) -> Option<String> {
    name.map(|name| plain::line(name))
}

/// Maximum number of rows in a list of options.
const ROWS: usize = 2000;
