//! Harvest v3, `harvest.greenhouse.io` in production. Each resource has its own file; this file
//! routes, authenticates and limits calls.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::assessment;
use crate::rows::Table;
use crate::state::{Event, State};
use crate::switches::{ListForNonAdmin, ScorecardWrites, Switches};
use crate::webhooks;
use crate::wire::{Answer, Call};
use crate::world::{Caller, World};

use self::routes::Route;

mod application_actions;
mod application_changes;
mod application_stages;
mod applications;
mod attachments;
mod body;
mod candidates;
mod custom_fields;
mod hooks;
mod job_interview_stages;
mod jobs;
mod notes;
mod page;
mod query;
mod records;
mod rejections;
mod routes;
mod row_switches;
mod scorecards;
mod tags;
mod unmodelled;
mod users;

/// Serves a call, or returns `None` if Harvest does not have the path or method. Routing precedes
/// authentication (observed live).
pub(crate) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    let switches = world.switches();
    let found = routes::all().find_map(|route| Some((route, route.matches(call)?)));
    let scope = match found {
        Some((route, _))
            if scorecards::is_restricted(&route)
                && switches.scorecard_writes == ScorecardWrites::Absent =>
        {
            return None;
        }
        Some((route, _)) => route.scope(),
        None => unmodelled::scope(call.method.as_str(), &call.path)?.to_owned(),
    };
    let caller = call
        .bearer()
        .and_then(|token| world.tokens.caller(token, world.now()));
    let Some(caller) = caller else {
        return Some(Answer::unauthorized());
    };
    let allowance = world.harvest_window.count_call(world.now());
    let answer = match (allowance.refusal(), found) {
        (Some(refusal), _) => refusal,
        (None, _) if !caller.scopes.contains(&scope) => Answer::forbidden(switches.forbidden_body),
        (None, Some((route, id))) => {
            let answer = match route.handler {
                Handler::List(list) => read(world, call, caller.acting_user, id, list),
                Handler::Table(table) => read(world, call, caller.acting_user, id, |request| {
                    records::list(request, table)
                }),
                Handler::Write(write) => change(world, call, &caller, id, write),
            };
            row_switches::apply(answer, route.path, &switches)
        }
        (None, None) => unmodelled::answer(call.method.as_str(), &call.path, &switches),
    };
    Some(allowance.add_headers(answer))
}

/// Returns `true` if Harvest has the endpoint, modelled or not. `method` and `path` can be `*`, and
/// `path` can have a name in braces for an id.
pub(crate) fn has_endpoint(method: &str, path: &str) -> bool {
    routes::all().any(|route| route.is_meant_by(method, path))
        || ["GET", "POST", "PATCH", "PUT", "DELETE"]
            .iter()
            .filter(|one| method == "*" || **one == method)
            .any(|one| unmodelled::scope(one, path).is_some())
}

/// Returns the path of the matching route, with `{id}` for an id.
pub(crate) fn template(path: &str) -> Option<&'static str> {
    routes::all()
        .find(|route| route.id_in(path).is_some())
        .map(|route| route.path)
}

/// Returns the methods that a path supports.
pub(crate) fn methods(path: &str) -> Vec<&'static str> {
    routes::all()
        .filter(|route| route.id_in(path).is_some() && !scorecards::is_restricted(route))
        .map(|route| route.method)
        .collect()
}

/// A call that lists rows.
struct ListRequest<'a> {
    call: &'a Call,
    state: &'a State,
    base_url: &'a str,
    client_id: &'a str,
    /// If `false`, lists are empty because the user is not a Site Admin (documented).
    sees_rows: bool,
    /// The id in the path, or 0 if the path has none.
    id: i64,
    switches: Switches,
}

/// A call that changes the state.
struct WriteRequest<'a> {
    call: &'a Call,
    state: &'a mut State,
    base_url: &'a str,
    client_id: &'a str,
    acting_user: i64,
    /// The id in the path, or 0 if the path has none.
    id: i64,
    now: DateTime<Utc>,
    /// Events to send after the response.
    events: Vec<Event>,
    /// Hooks to ping after the response.
    pings: Vec<i64>,
}

type List = fn(&ListRequest<'_>) -> Result<Answer, Answer>;
type Write = fn(&mut WriteRequest<'_>) -> Result<Answer, Answer>;

#[derive(Clone, Copy)]
enum Handler {
    List(List),
    /// Lists the records of a table.
    Table(&'static Table),
    Write(Write),
}

fn read(
    world: &World,
    call: &Call,
    acting_user: i64,
    id: i64,
    list: impl FnOnce(&ListRequest<'_>) -> Result<Answer, Answer>,
) -> Answer {
    let lagging = world.lagging_state(call.lag_seconds);
    let state = world.state();
    let sees_rows = state
        .users
        .get(&acting_user)
        .is_some_and(|user| user.site_admin);
    if !sees_rows && state.switches.list_for_non_admin == ListForNonAdmin::Forbidden {
        return Answer::forbidden(state.switches.forbidden_body);
    }
    list(&ListRequest {
        call,
        state: lagging.as_deref().unwrap_or(&state),
        base_url: &world.base_url,
        client_id: &world.config.credential.client_id,
        sees_rows,
        id,
        switches: state.switches,
    })
    .unwrap_or_else(|refusal| refusal)
}

fn change(world: &Arc<World>, call: &Call, caller: &Caller, id: i64, write: Write) -> Answer {
    let mut state = world.state();
    let base_url = &world.base_url;
    let mut request = WriteRequest {
        call,
        state: &mut state,
        base_url,
        client_id: &caller.client_id,
        acting_user: caller.acting_user,
        id,
        now: world.now(),
        events: Vec::new(),
        pings: Vec::new(),
    };
    let answer = write(&mut request).unwrap_or_else(|refusal| refusal);
    let (events, pings) = (request.events, request.pings);
    let tests = state.take_triggered_tests();
    drop(state);
    assessment::send_triggered(world, tests);
    for hook in pings {
        let sender = Arc::clone(world);
        world.tasks.spawn(async move {
            // Fails only if the hook was deleted in the meantime.
            let _ = webhooks::ping(&sender, hook).await;
        });
    }
    for event in events {
        let sender = Arc::clone(world);
        world.tasks.spawn(async move {
            webhooks::fire(&sender, &event).await;
        });
    }
    answer
}
