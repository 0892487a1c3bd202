use maud::html;

use super::{
    Answer,
    settings::{Tab, page},
};
use crate::{api::ApiError, request::ConsoleRequest};

pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    path: &[&str],
) -> Result<Answer, ApiError> {
    if !path.is_empty() {
        return Err(ApiError::not_found());
    }
    let content = html! { h2 { (request.texts().assessments.title) } };
    Ok(page(request, Tab::Assessments, &content).into())
}
