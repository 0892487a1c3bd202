use http::StatusCode;
use serde_json::json;

use crate::harvest::WriteRequest;
use crate::harvest::body::ClosedBody;
use crate::wire::Answer;

/// Serves `POST /v3/candidate_tags`. Returns 201 with the row (one client). Returns 422 for a
/// second tag with the same name (unknown).
pub(super) fn create(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let name = body.required_text("name");
    body.finish()?;

    if request.state.tag_named(&name).is_some() {
        return Err(Answer::refused("Name has already been taken"));
    }
    let id = request
        .state
        .add_record("candidate_tags", json!({ "name": name }), request.now)?;
    created(request, "candidate_tags", id)
}

/// Serves `DELETE /v3/candidate_tags/{id}`. Returns 200 with a message (inferred). Also removes the
/// tag from every candidate.
pub(super) fn delete(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    request.state.delete_tag(request.id, request.now)?;
    Ok(Answer::deleted("Candidate tag", request.id))
}

/// Serves `POST /v3/applied_candidate_tags`. Returns 201 with the row. Rejects `tag` and `tag_id`
/// (observed live). Returns 422 for a tag that the candidate already has (unknown).
pub(super) fn apply(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    let mut body = ClosedBody::read(request.call)?;
    let candidate_id = body.required_integer("candidate_id");
    let tag_id = body.required_integer("candidate_tag_id");
    body.finish()?;

    let id = request.state.apply_tag(candidate_id, tag_id, request.now)?;
    created(request, "applied_candidate_tags", id)
}

/// Serves `DELETE /v3/applied_candidate_tags/{id}`. Returns 200 with a message (one client). The id
/// in the path identifies the row, not the tag.
pub(super) fn remove(request: &mut WriteRequest<'_>) -> Result<Answer, Answer> {
    request.state.remove_tag(request.id, request.now)?;
    Ok(Answer::deleted("Applied candidate tag", request.id))
}

fn created(request: &WriteRequest<'_>, list: &str, id: i64) -> Result<Answer, Answer> {
    let row = request.state.records.get(list, id);
    Ok(Answer::json(StatusCode::CREATED, &row))
}
