//! Which paths exist, and which scope each wants.

use crate::harvest::{
    Handler, List, Write, application_stages, application_update, applications, attachments,
    candidates, deeds, hooks, job_interview_stages, jobs, notes, rejections, scorecards, tags,
    users,
};
use crate::state::TABLES;
use crate::wire::Call;

/// Every route.
pub(super) fn all() -> impl Iterator<Item = Route> {
    let tables = TABLES.iter().map(|table| Route {
        method: "GET",
        path: table.path,
        scope: table.scope,
        handler: Handler::Table(table),
    });
    ROUTES.iter().copied().chain(tables)
}

#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) method: &'static str,
    /// With `{id}` for an id.
    pub(super) path: &'static str,
    pub(super) scope: &'static str,
    pub(super) handler: Handler,
}

impl Route {
    /// The id in the path, or 0, if the call is for this route.
    pub(super) fn matches(&self, call: &Call) -> Option<i64> {
        (call.method.as_str() == self.method)
            .then(|| self.id_in(&call.path))
            .flatten()
    }

    pub(super) fn id_in(&self, path: &str) -> Option<i64> {
        let mut id = 0;
        let mut segments = path.split('/');
        for wanted in self.path.split('/') {
            let segment = segments.next()?;
            if wanted == "{id}" {
                id = segment.parse().ok().filter(|id| *id > 0)?;
            } else if segment != wanted {
                return None;
            }
        }
        segments.next().is_none().then_some(id)
    }
}

const fn list(path: &'static str, scope: &'static str, list: List) -> Route {
    Route {
        method: "GET",
        path,
        scope,
        handler: Handler::List(list),
    }
}

const fn post(path: &'static str, scope: &'static str, write: Write) -> Route {
    Route {
        method: "POST",
        path,
        scope,
        handler: Handler::Write(write),
    }
}

const fn delete(path: &'static str, scope: &'static str, write: Write) -> Route {
    Route {
        method: "DELETE",
        path,
        scope,
        handler: Handler::Write(write),
    }
}

const fn patch(path: &'static str, scope: &'static str, write: Write) -> Route {
    Route {
        method: "PATCH",
        path,
        scope,
        handler: Handler::Write(write),
    }
}

/// Reads exist as lists only: there is no `GET` with an id (observed live).
const ROUTES: &[Route] = &[
    list(
        "/v3/candidates",
        "harvest:candidates:list",
        candidates::list,
    ),
    post(
        "/v3/candidates",
        "harvest:candidates:create",
        candidates::create,
    ),
    patch(
        "/v3/candidates/{id}",
        "harvest:candidates:update",
        candidates::update,
    ),
    post(
        "/v3/candidates/{id}/merge",
        "harvest:candidates:merge",
        candidates::merge,
    ),
    patch(
        "/v3/candidates/{id}/anonymize",
        "harvest:candidates:anonymize",
        candidates::anonymize,
    ),
    delete(
        "/v3/candidates/{id}",
        "harvest:candidates:destroy",
        candidates::delete,
    ),
    list(
        "/v3/applications",
        "harvest:applications:list",
        applications::list,
    ),
    post(
        "/v3/applications",
        "harvest:applications:create",
        applications::create,
    ),
    patch(
        "/v3/applications/{id}",
        "harvest:applications:update",
        application_update::update,
    ),
    delete(
        "/v3/applications/{id}",
        "harvest:applications:destroy",
        application_update::delete,
    ),
    post(
        "/v3/applications/{id}/convert_to_candidate",
        "harvest:applications:convert_to_candidate",
        application_update::convert_to_candidate,
    ),
    post(
        "/v3/applications/{id}/move",
        "harvest:applications:move",
        deeds::move_application,
    ),
    post(
        "/v3/applications/{id}/reject",
        "harvest:applications:reject",
        deeds::reject,
    ),
    post(
        "/v3/applications/{id}/unreject",
        "harvest:applications:unreject",
        deeds::unreject,
    ),
    post(
        "/v3/applications/{id}/hire",
        "harvest:applications:hire",
        deeds::hire,
    ),
    list(
        "/v3/application_stages",
        "harvest:application_stages:list",
        application_stages::list,
    ),
    list("/v3/jobs", "harvest:jobs:list", jobs::list),
    list(
        "/v3/job_interview_stages",
        "harvest:job_interview_stages:list",
        job_interview_stages::list,
    ),
    list(
        "/v3/attachments",
        "harvest:attachments:list",
        attachments::list,
    ),
    post(
        "/v3/attachments",
        "harvest:attachments:create",
        attachments::create,
    ),
    delete(
        "/v3/attachments/{id}",
        "harvest:attachments:destroy",
        attachments::delete,
    ),
    post(
        "/v3/candidate_tags",
        "harvest:candidate_tags:create",
        tags::create,
    ),
    post(
        "/v3/applied_candidate_tags",
        "harvest:applied_candidate_tags:create",
        tags::apply,
    ),
    delete(
        "/v3/applied_candidate_tags/{id}",
        "harvest:applied_candidate_tags:destroy",
        tags::remove,
    ),
    list(
        "/v3/rejection_reasons",
        "harvest:rejection_reasons:list",
        rejections::reasons,
    ),
    list(
        "/v3/rejection_reasons/{id}",
        "harvest:rejection_reasons:list",
        rejections::reason,
    ),
    patch(
        "/v3/rejection_details/{id}",
        "harvest:rejection_details:update",
        rejections::update_detail,
    ),
    list("/v3/notes", "harvest:notes:list", notes::list),
    post("/v3/notes", "harvest:notes:create", notes::create),
    post(
        "/v3/scorecards",
        "harvest:scorecards:create",
        scorecards::create,
    ),
    patch(
        "/v3/scorecards/{id}",
        "harvest:scorecards:update",
        scorecards::update,
    ),
    post(
        "/v3/scorecard_candidate_attributes",
        "harvest:scorecard_candidate_attributes:create",
        scorecards::create,
    ),
    patch(
        "/v3/scorecard_candidate_attributes/{id}",
        "harvest:scorecard_candidate_attributes:update",
        scorecards::update,
    ),
    post(
        "/v3/scorecard_question_answers",
        "harvest:scorecard_question_answers:create",
        scorecards::create,
    ),
    patch(
        "/v3/scorecard_question_answers/{id}",
        "harvest:scorecard_question_answers:update",
        scorecards::update,
    ),
    post(
        "/v3/scorecard_question_answer_options",
        "harvest:scorecard_question_answer_options:create",
        scorecards::create,
    ),
    list("/v3/webhooks", "harvest:webhooks:list", hooks::list),
    post("/v3/webhooks", "harvest:webhooks:create", hooks::create),
    patch(
        "/v3/webhooks/{id}",
        "harvest:webhooks:update",
        hooks::update,
    ),
    delete(
        "/v3/webhooks/{id}",
        "harvest:webhooks:destroy",
        hooks::delete,
    ),
    list("/v3/users", "harvest:users:list", users::list),
];
