//! Harvest's routes and their scopes.

use crate::harvest::{
    Handler, List, Write, application_actions, application_changes, application_stages,
    applications, attachments, candidates, hooks, job_interview_stages, jobs, notes, rejections,
    scorecards, tags, users,
};
use crate::rows::TABLES;
use crate::wire::Call;

/// Returns every route.
pub(super) fn all() -> impl Iterator<Item = Route> {
    let tables = TABLES.iter().map(|table| Route {
        method: "GET",
        path: table.path,
        handler: Handler::Table(table),
    });
    ROUTES.iter().copied().chain(tables)
}

#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) method: &'static str,
    /// The path, with `{id}` for an id.
    pub(super) path: &'static str,
    pub(super) handler: Handler,
}

impl Route {
    /// Returns the id in the path, or 0 if the path has none. Returns `None` if the route does not
    /// match the call.
    pub(super) fn matches(&self, call: &Call) -> Option<i64> {
        (call.method.as_str() == self.method)
            .then(|| self.id_in(&call.path))
            .flatten()
    }

    /// Returns the required scope, for example `harvest:candidates:list` or
    /// `harvest:applications:move`.
    pub(super) fn scope(&self) -> String {
        let mut segments = self.path.split('/').skip(2);
        let resource = segments.next().unwrap_or_default();
        let action = segments.nth(1).unwrap_or(match self.method {
            "POST" => "create",
            "PATCH" => "update",
            "DELETE" => "destroy",
            _ => "list",
        });
        format!("harvest:{resource}:{action}")
    }

    /// Returns `true` if a fault with this method and path can occur on the route. `path` has an id
    /// or a name in braces for each `{id}`.
    pub(super) fn is_meant_by(&self, method: &str, path: &str) -> bool {
        let wanted = self.path.split('/').map(|part| (part == "{id}", part));
        let same = path.split('/').count() == wanted.clone().count()
            && path
                .split('/')
                .zip(wanted)
                .all(|(part, (is_id, wanted))| part == wanted || (is_id && is_id_or_name(part)));
        same && (method == "*" || method == self.method)
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

fn is_id_or_name(part: &str) -> bool {
    part.parse::<i64>().is_ok() || (part.starts_with('{') && part.ends_with('}'))
}

const fn list(path: &'static str, list: List) -> Route {
    Route {
        method: "GET",
        path,
        handler: Handler::List(list),
    }
}

const fn post(path: &'static str, write: Write) -> Route {
    Route {
        method: "POST",
        path,
        handler: Handler::Write(write),
    }
}

const fn delete(path: &'static str, write: Write) -> Route {
    Route {
        method: "DELETE",
        path,
        handler: Handler::Write(write),
    }
}

const fn patch(path: &'static str, write: Write) -> Route {
    Route {
        method: "PATCH",
        path,
        handler: Handler::Write(write),
    }
}

/// Every route except those of the tables. Almost all reads are lists, because Harvest has hardly
/// any `GET` with an id (observed live).
const ROUTES: &[Route] = &[
    list("/v3/candidates", candidates::list),
    post("/v3/candidates", candidates::create),
    patch("/v3/candidates/{id}", candidates::update),
    post("/v3/candidates/{id}/merge", candidates::merge),
    patch("/v3/candidates/{id}/anonymize", candidates::anonymize),
    delete("/v3/candidates/{id}", candidates::delete),
    list("/v3/applications", applications::list),
    post("/v3/applications", applications::create),
    patch("/v3/applications/{id}", application_changes::update),
    delete("/v3/applications/{id}", application_changes::delete),
    post(
        "/v3/applications/{id}/convert_to_candidate",
        application_changes::convert_to_candidate,
    ),
    post(
        "/v3/applications/{id}/move",
        application_actions::move_application,
    ),
    post("/v3/applications/{id}/reject", application_actions::reject),
    post(
        "/v3/applications/{id}/unreject",
        application_actions::unreject,
    ),
    post("/v3/applications/{id}/hire", application_actions::hire),
    list("/v3/application_stages", application_stages::list),
    list("/v3/jobs", jobs::list),
    list("/v3/job_interview_stages", job_interview_stages::list),
    list("/v3/attachments", attachments::list),
    post("/v3/attachments", attachments::create),
    delete("/v3/attachments/{id}", attachments::delete),
    post("/v3/candidate_tags", tags::create),
    delete("/v3/candidate_tags/{id}", tags::delete),
    post("/v3/applied_candidate_tags", tags::apply),
    delete("/v3/applied_candidate_tags/{id}", tags::remove),
    list("/v3/rejection_reasons", rejections::reasons),
    list("/v3/rejection_reasons/{id}", rejections::reason),
    patch("/v3/rejection_details/{id}", rejections::update_detail),
    list("/v3/notes", notes::list),
    post("/v3/notes", notes::create),
    post("/v3/scorecards", scorecards::create),
    patch("/v3/scorecards/{id}", scorecards::update),
    post("/v3/scorecard_candidate_attributes", scorecards::create),
    patch(
        "/v3/scorecard_candidate_attributes/{id}",
        scorecards::update,
    ),
    post("/v3/scorecard_question_answers", scorecards::create),
    patch("/v3/scorecard_question_answers/{id}", scorecards::update),
    post("/v3/scorecard_question_answer_options", scorecards::create),
    list("/v3/webhooks", hooks::list),
    post("/v3/webhooks", hooks::create),
    patch("/v3/webhooks/{id}", hooks::update),
    delete("/v3/webhooks/{id}", hooks::delete),
    list("/v3/users", users::list),
];

#[cfg(test)]
mod tests {
    use super::all;
    use crate::config::SCOPES;

    #[test]
    fn the_scope_of_every_route_is_official() {
        for route in all() {
            assert!(SCOPES.contains(&&*route.scope()), "{}", route.scope());
        }
        assert_eq!(SCOPES.len(), 158);
        assert!(SCOPES.is_sorted());
    }
}
