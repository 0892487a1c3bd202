use maud::html;

use super::{
    Answer,
    settings::{Tab, page},
};
use crate::{api::ApiError, request::ConsoleRequest};

pub(super) async fn answer(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    let content = html! { h2 { (request.texts().help.title) } };
    Ok(page(request, Tab::Help, &content).into())
}
