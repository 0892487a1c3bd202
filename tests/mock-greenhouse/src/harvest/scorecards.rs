//! Writes to scorecards and their parts. Harvest restricts these routes, and their bodies are not
//! public. If enabled, the routes accept the members of the rows (inferred).

use http::StatusCode;
use serde_json::{Map, Value};

use crate::harvest::body::ClosedBody;
use crate::harvest::{Route, WriteRequest};
use crate::rows::Table;
use crate::switches::ScorecardWrites;
use crate::wire::Answer;

/// Returns `true` if only some integrations have access to the route.
pub(super) fn is_restricted(route: &Route) -> bool {
    route.method != "GET" && route.path.starts_with("/v3/scorecard")
}

/// Serves `POST`. Returns 201 with the row.
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let table = writable_table(request)?;
    let members = members(request, table)?;
    let id = request
        .state
        .add_record(table.name, Value::Object(members), request.now)?;
    let row = request.state.records.get(table.name, id);
    Ok(Answer::json(StatusCode::CREATED, &row))
}

/// Serves `PATCH`. Returns 200 with the row. Changes the members in the body.
pub(super) fn update(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let table = writable_table(request)?;
    let sent = members(request, table)?;
    let row = request
        .state
        .records
        .get_mut(table.name, request.id)
        .ok_or_else(|| Answer::no_record(table.singular))?;
    let mut changed = row.members.clone();
    changed.extend(sent);
    row.members = table.members(changed).map_err(Answer::refused)?;
    row.updated_at = request.now;
    Ok(Answer::json(StatusCode::OK, row))
}

/// Returns the table in the path, or the refusal if writes are not enabled.
fn writable_table(request: &WriteRequest<'_>) -> Result<&'static Table, Answer> {
    let switches = &request.state.switches;
    if switches.scorecard_writes != ScorecardWrites::Working {
        return Err(Answer::forbidden(switches.forbidden_body));
    }
    let name = request.call.path.split('/').nth(2).unwrap_or_default();
    Table::named(name).ok_or_else(Answer::no_route)
}

fn members(request: &WriteRequest<'_>, table: &Table) -> Result<Map<String, Value>, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let mut members = Map::new();
    for member in table.members {
        if let Some(value) = body.value(member.name) {
            members.insert(member.name.to_owned(), value);
        }
    }
    body.finish()?;
    Ok(members)
}
