use maud::html;

use super::{Answer, Page};
use crate::{api::ApiError, request::ConsoleRequest};

pub(super) async fn answer(
    request: &ConsoleRequest<'_>,
    assessment: &str,
) -> Result<Answer, ApiError> {
    let content = html! { (assessment) };
    Ok(Page::new(request.texts().activity.title, "push", content).into())
}
