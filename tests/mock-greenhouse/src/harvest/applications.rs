use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::{Map, Value};

use crate::harvest::body::ClosedBody;
use crate::harvest::page;
use crate::harvest::query::Kind;
use crate::harvest::{ListRequest, WriteRequest, custom_fields};
use crate::state::{ActError, StageEntry, State};
use crate::wire::Answer;

/// Serves `GET /v3/applications`. A job's stage in `stage_ids` matches nothing and is not an error
/// (observed live).
pub(super) fn list(request: &ListRequest<'_>) -> Result<Answer, Answer> {
    page::list(
        request,
        &request.state.applications,
        FILTERS,
        |application, filter| match filter.name {
            "candidate_ids" => filter.id(Some(application.candidate_id)),
            "job_ids" => filter.id(application.job_id),
            "prospective_job_ids" => filter.any_id(&application.prospective_job_ids),
            "job_post_ids" => filter.id(application.job_post_id),
            "source_ids" => filter.id(application.source_id),
            "referrer_ids" => filter.id(application.referrer_id),
            "stage_ids" => filter.id(application.stage_id),
            "job_interview_stage_ids" => filter.id(application.job_interview_stage_id),
            "stage_name" => filter.text(application.stage_name.as_deref()),
            "status" => filter.text(Some(application.status.as_filter())),
            "prospect" => filter.flag(application.prospect),
            "last_activity_at" => filter.time(Some(application.last_activity_at)),
            "custom_field_option_id" => {
                custom_fields::has_option(request.state, filter, &application.custom_fields)
            }
            _ => false,
        },
    )
}

/// Serves `POST /v3/applications`. Returns 201 with the row.
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let candidate_id = body.required_integer("candidate_id");
    let new = NewApplication::read(&mut body, request.state);
    body.finish()?;

    let id = new.apply(request.state, candidate_id, request.now)?;
    let row = request
        .state
        .applications
        .get(&id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    Ok(Answer::json(StatusCode::CREATED, row))
}

/// The members of a new application, except the candidate. A body has one of two forms (official
/// specification).
pub(super) struct NewApplication {
    form: ApplicationForm,
    source_id: Option<i64>,
    recruiter_id: Option<i64>,
    coordinator_id: Option<i64>,
    referrer_id: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    custom_fields: Map<String, Value>,
}

enum ApplicationForm {
    Candidate {
        job_id: i64,
        initial_stage_id: Option<i64>,
    },
    Prospect {
        job_ids: Vec<i64>,
    },
}

impl NewApplication {
    pub(super) fn read(body: &mut ClosedBody, state: &State) -> Self {
        let form = if body.has("prospect") {
            prospect(body)
        } else {
            candidate(body)
        };
        Self {
            form,
            source_id: body.integer("source_id"),
            recruiter_id: body.integer("recruiter_id"),
            coordinator_id: body.integer("coordinator_id"),
            referrer_id: body.integer("referrer_id"),
            created_at: body.time("created_at"),
            custom_fields: custom_fields::read(body, state, "application", false)
                .unwrap_or_default(),
        }
    }

    pub(super) fn apply(
        self,
        state: &mut State,
        candidate_id: i64,
        now: DateTime<Utc>,
    ) -> Result<i64, ActError> {
        let id = match self.form {
            ApplicationForm::Candidate {
                job_id,
                initial_stage_id,
            } => state.apply(candidate_id, job_id, initial_stage_id, now)?,
            ApplicationForm::Prospect { job_ids } => {
                state.apply_as_prospect(candidate_id, job_ids, now)?
            }
        };
        if let Some(application) = state.applications.get_mut(&id) {
            application.source_id = self.source_id;
            application.recruiter_id = self.recruiter_id;
            application.coordinator_id = self.coordinator_id;
            application.referrer_id = self.referrer_id;
            application.created_at = self.created_at.unwrap_or(now);
            application.custom_fields.extend(self.custom_fields);
        }
        state.trigger_stage_rule(id, StageEntry::Creation);
        Ok(id)
    }
}

fn candidate(body: &mut ClosedBody) -> ApplicationForm {
    ApplicationForm::Candidate {
        job_id: body.required_integer("job_id"),
        initial_stage_id: body.integer("initial_stage_id"),
    }
}

fn prospect(body: &mut ClosedBody) -> ApplicationForm {
    if body.flag("prospect") == Some(false) {
        body.problem("prospect", "must be true");
    }
    for unused in [
        "prospect_pool_id",
        "prospect_pool_stage_id",
        "prospect_owner_id",
        "prospective_department_id",
        "prospective_office_id",
    ] {
        body.integer(unused);
    }
    ApplicationForm::Prospect {
        job_ids: body.integers("job_ids").unwrap_or_default(),
    }
}

const FILTERS: &[(&str, Kind)] = &[
    ("candidate_ids", Kind::Ids),
    ("job_ids", Kind::Ids),
    ("prospective_job_ids", Kind::Ids),
    ("job_post_ids", Kind::Ids),
    ("source_ids", Kind::Ids),
    ("referrer_ids", Kind::Ids),
    ("stage_ids", Kind::Ids),
    ("job_interview_stage_ids", Kind::Ids),
    ("stage_name", Kind::Text),
    (
        "status",
        Kind::OneOf(&["active", "rejected", "hired", "converted"]),
    ),
    ("prospect", Kind::Flag),
    ("last_activity_at", Kind::Time),
    ("custom_field_option_id", Kind::Id),
];
