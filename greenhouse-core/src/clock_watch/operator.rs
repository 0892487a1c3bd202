use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::Response;

use super::{ClockProblem, ClockWatch};
use crate::{
    AccountId,
    health::Check,
    operator::{OperatorPart, OperatorRequest},
};

/// Health check of the host's clock. Returns no check while the last comparison found no problem.
#[derive(Debug)]
pub(crate) struct ClockOperator(Arc<ClockWatch>);

impl ClockOperator {
    pub(crate) fn new(watch: Arc<ClockWatch>) -> Self {
        Self(watch)
    }
}

#[async_trait]
impl OperatorPart for ClockOperator {
    async fn answer(&self, _: &OperatorRequest) -> Option<Response<Bytes>> {
        None
    }

    async fn checks(&self, _: &AccountId) -> Vec<Check> {
        let found = self.0.found();
        found.map(ClockProblem::check).into_iter().collect()
    }
}
