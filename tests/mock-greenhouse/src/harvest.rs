//! Harvest v3, `harvest.greenhouse.io` in real life. One file a resource; this one decides who gets there.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::state::{ActError, Event, State};
use crate::switches::{ListForNonAdmin, Switches};
use crate::webhooks;
use crate::wire::{Answer, Call};
use crate::world::World;

mod application_stages;
mod applications;
mod attachments;
mod candidates;
mod custom_fields;
mod deeds;
mod job_interview_stages;
mod jobs;
mod members;
mod notes;
mod page;
mod query;
mod shape;
mod users;

/// `None` for a path or method that Harvest does not have: routing comes before authentication (observed live).
pub(crate) fn serve(world: &Arc<World>, call: &Call) -> Option<Answer> {
    let (route, id) = ROUTES
        .iter()
        .find_map(|route| Some((route, route.matches(call)?)))?;
    let caller = call
        .bearer()
        .and_then(|token| world.tokens.caller(token, world.now()));
    let Some(caller) = caller else {
        return Some(Answer::unauthorized());
    };
    let allowance = world.harvest_window.take(world.now());
    let answer = match allowance.refusal() {
        Some(refusal) => refusal,
        None if !world
            .config
            .credential
            .scopes
            .iter()
            .any(|scope| scope == route.scope) =>
        {
            Answer::forbidden(world.switches().forbidden_body)
        }
        None => match route.handler {
            Handler::List(list) => read(world, call, caller.acting_user, list),
            Handler::Write(write) => change(world, call, caller.acting_user, id, write),
        },
    };
    let answer = shape::shaped(answer, route.path, &world.switches());
    Some(allowance.stamp(answer))
}

/// The methods that a path knows.
pub(crate) fn methods(path: &str) -> Vec<&'static str> {
    ROUTES
        .iter()
        .filter(|route| route.id_in(path).is_some())
        .map(|route| route.method)
        .collect()
}

/// A list call.
struct Listing<'a> {
    call: &'a Call,
    state: &'a State,
    base_url: &'a str,
    /// Lists show nothing to a user who is no Site Admin (documented).
    sees: bool,
    switches: Switches,
}

/// A call that changes something.
struct Writing<'a> {
    call: &'a Call,
    state: &'a mut State,
    base_url: &'a str,
    acting_user: i64,
    /// The id in the path; 0 where the path has none.
    id: i64,
    now: DateTime<Utc>,
    /// What webhooks will tell once the call is answered.
    events: Vec<Event>,
    /// Hooks that were set up or edited, to be pinged once the call is answered.
    pings: Vec<i64>,
}

type List = fn(&Listing<'_>) -> Result<Answer, Answer>;
type Write = fn(&mut Writing<'_>) -> Result<Answer, Answer>;

#[derive(Clone, Copy)]
enum Handler {
    List(List),
    Write(Write),
}

fn read(world: &World, call: &Call, acting_user: i64, list: List) -> Answer {
    let state = world.state();
    let sees = state
        .users
        .get(&acting_user)
        .is_some_and(|user| user.site_admin);
    if !sees && state.switches.list_for_non_admin == ListForNonAdmin::Forbidden {
        return Answer::forbidden(state.switches.forbidden_body);
    }
    list(&Listing {
        call,
        state: &state,
        base_url: &world.base_url,
        sees,
        switches: state.switches,
    })
    .unwrap_or_else(|refusal| refusal)
}

fn change(world: &Arc<World>, call: &Call, acting_user: i64, id: i64, write: Write) -> Answer {
    let mut state = world.state();
    let base_url = &world.base_url;
    let mut writing = Writing {
        call,
        state: &mut state,
        base_url,
        acting_user,
        id,
        now: world.now(),
        events: Vec::new(),
        pings: Vec::new(),
    };
    let answer = write(&mut writing).unwrap_or_else(|refusal| refusal);
    let (events, pings) = (writing.events, writing.pings);
    drop(state);
    for hook in pings {
        let sender = Arc::clone(world);
        world.tasks.spawn(async move {
            // A hook that is gone by then is not pinged.
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

struct Route {
    method: &'static str,
    /// With `{id}` for an id.
    path: &'static str,
    scope: &'static str,
    handler: Handler,
}

impl Route {
    /// The id in the path, or 0, if the call is for this route.
    fn matches(&self, call: &Call) -> Option<i64> {
        (call.method.as_str() == self.method)
            .then(|| self.id_in(&call.path))
            .flatten()
    }

    fn id_in(&self, path: &str) -> Option<i64> {
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

impl From<ActError> for Answer {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound(what) => Self::no_record(what),
            ActError::Refused(why) => Self::refused(why),
        }
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
    list("/v3/notes", "harvest:notes:list", notes::list),
    post("/v3/notes", "harvest:notes:create", notes::create),
    list("/v3/users", "harvest:users:list", users::list),
];
