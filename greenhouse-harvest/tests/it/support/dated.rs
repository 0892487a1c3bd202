//! Transport that sets the dates of responses to the time of the test's clock.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use greenhouse_core::{Clock, ExchangeLimits, HttpTransport, TransportError, testing::ManualClock};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use http::{HeaderMap, HeaderValue, Request, Response, header};

/// Sends real requests and replaces the real time in responses with the clock's time. A date that a
/// test sets is kept.
#[derive(Debug)]
pub(crate) struct Dated {
    network: ReqwestTransport,
    clock: Arc<ManualClock>,
}

impl Dated {
    pub(crate) fn by(clock: Arc<ManualClock>) -> Arc<Self> {
        let network = ReqwestTransport::direct().unwrap();
        Arc::new(Self { network, clock })
    }
}

#[async_trait]
impl HttpTransport for Dated {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut response = self.network.send(request, limits).await?;
        if is_real(response.headers()) {
            let now = self.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
            let date = HeaderValue::try_from(now.to_string()).unwrap();
            response.headers_mut().insert(header::DATE, date);
        }
        Ok(response)
    }
}

fn is_real(headers: &HeaderMap) -> bool {
    let date = headers.get(header::DATE).map(|date| date.to_str().unwrap());
    date.is_some_and(|date| {
        let date = DateTime::parse_from_rfc2822(date).unwrap().to_utc();
        (SystemClock.now() - date).num_seconds().abs() < 60
    })
}
