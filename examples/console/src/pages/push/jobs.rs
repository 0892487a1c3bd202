use maud::{Markup, html};

use super::section::Sections;
use crate::{api::ApiError, draft::Draft, pages::Answer, request::ConsoleRequest};

pub(super) async fn markup(_sections: &Sections<'_>, _draft: &Draft<'_>) -> Markup {
    html! {}
}

pub(super) async fn answer(
    _request: &ConsoleRequest<'_>,
    _path: &[&str],
) -> Result<Answer, ApiError> {
    Err(ApiError::not_found())
}
