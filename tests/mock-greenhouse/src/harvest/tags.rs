use http::StatusCode;
use serde_json::json;

use crate::harvest::Writing;
use crate::harvest::members::Members;
use crate::wire::Answer;

/// `POST /v3/candidate_tags`: 201, the row (one client). A second tag of the same name answers 422
/// (unknown).
pub(super) fn create(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let name = body.required_text("name");
    body.finish()?;

    if writing.state.tag_named(&name).is_some() {
        return Err(Answer::refused("Name has already been taken"));
    }
    let id = writing
        .state
        .add_record("candidate_tags", json!({ "name": name }), writing.now)?;
    created(writing, "candidate_tags", id)
}

/// `POST /v3/applied_candidate_tags`: 201, the row. Rejects `tag` and `tag_id` (observed live). A
/// tag that the candidate already has answers 422 (unknown).
pub(super) fn apply(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let candidate_id = body.required_integer("candidate_id");
    let tag_id = body.required_integer("candidate_tag_id");
    body.finish()?;

    let id = writing.state.apply_tag(candidate_id, tag_id, writing.now)?;
    created(writing, "applied_candidate_tags", id)
}

/// `DELETE /v3/applied_candidate_tags/{id}`: 200 with a message (one client). The id is that of the
/// row, not of the tag.
pub(super) fn remove(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    writing.state.remove_tag(writing.id, writing.now)?;
    Ok(Answer::deleted("Applied candidate tag", writing.id))
}

fn created(writing: &Writing<'_>, list: &str, id: i64) -> Result<Answer, Answer> {
    let row = writing.state.records.get(list, id);
    Ok(Answer::json(StatusCode::CREATED, &row))
}
