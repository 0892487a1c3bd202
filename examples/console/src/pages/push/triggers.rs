use maud::{Markup, html};
use serde_json::Value;

use super::section::Sections;
use crate::{api::ApiError, draft::Draft, form::Form, pages::Answer, request::ConsoleRequest};

pub(super) async fn markup(_sections: &Sections<'_>, _draft: &Draft<'_>) -> Markup {
    html! {}
}

pub(super) fn change(_form: &Form, _settings: &mut Value) {}

pub(super) async fn estimate(_request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    Err(ApiError::not_found())
}
