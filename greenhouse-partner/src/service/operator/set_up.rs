//! Set-up endpoint; see [`SetUp`].

use bytes::Bytes;
use greenhouse_core::{
    answer::{self, method_not_allowed},
    operator::{OperatorRequest, store_down},
};
use http::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::uncached;
use crate::{PartnerService, SetUp};

/// Responds to a request to this endpoint. Returns `None` for any other path.
pub(super) async fn answer(
    service: &PartnerService,
    request: &OperatorRequest,
) -> Option<Response<Bytes>> {
    Some(match request.path().as_slice() {
        ["set-up"] if request.method == Method::GET => {
            match service.set_up(&request.account).await {
                Ok(set_up) => set_up_answer(set_up),
                Err(error) => store_down(&error),
            }
        }
        ["set-up"] => method_not_allowed(&[Method::GET]),
        _ => return None,
    })
}

fn set_up_answer(set_up: SetUp) -> Response<Bytes> {
    let SetUp { assessments, sync } = set_up;
    let body = json!({
        "assessments": assessments.map(WithText::of),
        "sync": sync.map(WithText::of),
    });
    uncached(answer::json(StatusCode::OK, &body))
}

#[derive(Serialize)]
struct WithText<T> {
    #[serde(flatten)]
    values: T,
    text: String,
}

impl<T: ToString> WithText<T> {
    fn of(values: T) -> Self {
        let text = values.to_string();
        Self { values, text }
    }
}
