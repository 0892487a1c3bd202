use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response, header};

use crate::{Clock, ClockOffset, ExchangeLimits, HttpTransport, TransportError, earlier, later};

/// Greenhouse's clock, from the header `Date` of recent responses.
#[derive(Debug, Default)]
pub(crate) struct GreenhouseTime(Mutex<Option<Observed>>);

#[derive(Debug, Clone, Copy)]
struct Observed {
    offset: ClockOffset,
    at: DateTime<Utc>,
}

impl GreenhouseTime {
    /// Offset of Greenhouse's clock. `None` if there was no response in the last hour, because the
    /// host's clock may have been set since.
    pub(crate) fn known(&self, now: DateTime<Utc>) -> Option<ClockOffset> {
        let observed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at| earlier(now, RECENT) <= at && at <= later(now, RECENT);
        let observed = observed.filter(|observed| is_recent(observed.at));
        observed.map(|observed| observed.offset)
    }

    fn observe(&self, second: DateTime<Utc>, sent_at: DateTime<Utc>, now: DateTime<Utc>) {
        let new = ClockOffset::truncated(second, sent_at, now);
        let known = self.known(now);
        let offset = known.map_or(new, |known| known.narrow(new));
        let mut observed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *observed = Some(Observed { offset, at: now });
    }
}

/// Transport that reads Greenhouse's clock from every response.
pub(crate) struct ObservedTransport {
    inner: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    time: Arc<GreenhouseTime>,
}

impl ObservedTransport {
    pub(crate) fn new(
        inner: Arc<dyn HttpTransport>,
        clock: Arc<dyn Clock>,
        time: Arc<GreenhouseTime>,
    ) -> Self {
        Self { inner, clock, time }
    }
}

#[async_trait]
impl HttpTransport for ObservedTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let sent_at = self.clock.now();
        let answer = self.inner.send(request, limits).await?;
        let date = answer.headers().get(header::DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        if let Some(second) = date {
            self.time
                .observe(second.to_utc(), sent_at, self.clock.now());
        }
        Ok(answer)
    }
}

impl fmt::Debug for ObservedTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

const RECENT: Duration = Duration::from_secs(60 * 60);
