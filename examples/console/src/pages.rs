//! One module for each page.

mod activity;
mod assessments;
mod button;
mod health;
pub(crate) mod help;
mod names;
mod push;
mod settings;

pub(crate) use self::push::connection::{is_callback, page_after_sign_in};

use http::StatusCode;
use maud::Markup;

use crate::{api::ApiError, request::ConsoleRequest};

/// What a page answers.
pub(crate) enum Answer {
    /// A page inside the layout. The script receives it without the layout.
    Page(Page),
    /// A part of a page, for the script.
    Fragment(Markup),
    /// The address of the page that shows the result of a change.
    Redirect(String),
}

/// A page of the console.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) title: String,
    /// Kind of content, for the script and the tests.
    pub(crate) region: &'static str,
    pub(crate) content: Markup,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, region: &'static str, content: Markup) -> Self {
        Self {
            status: StatusCode::OK,
            title: title.into(),
            region,
            content,
        }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// Answers a request to any page.
pub(crate) async fn answer(request: &ConsoleRequest<'_>) -> Result<Answer, ApiError> {
    match request.path().as_slice() {
        [] => Ok(Answer::Redirect(request.link("assessments"))),
        ["state"] => settings::state(request).await,
        ["assessments", rest @ ..] => assessments::answer(request, rest).await,
        ["push", rest @ ..] => push::answer(request, rest).await,
        ["health"] => health::answer(request).await,
        ["activity", rest @ ..] => activity::answer(request, rest).await,
        ["button", assessment, rest @ ..] => button::answer(request, assessment, rest).await,
        ["help", rest @ ..] => help::answer(request, rest),
        _ => Err(ApiError::not_found()),
    }
}
