//! A clock and a transport that simulate faults.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Clock, ExchangeLimits, HttpTransport, TransportError};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use http::{Request, Response, StatusCode};
use serde_json::Value;

/// The system clock, wrong by a number of seconds. Waits above a limit end immediately.
#[derive(Debug)]
pub(super) struct WrongClock {
    ahead: AtomicI64,
    hurries_from: AtomicU64,
}

impl WrongClock {
    pub(super) fn right() -> Arc<Self> {
        Arc::new(Self {
            ahead: AtomicI64::new(0),
            hurries_from: AtomicU64::new(u64::MAX),
        })
    }

    pub(super) fn set(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::SeqCst);
    }

    pub(super) fn skip_waits_from(&self, seconds: u64) {
        self.hurries_from.store(seconds, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for WrongClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.ahead.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        if duration.as_secs() < self.hurries_from.load(Ordering::SeqCst) {
            SystemClock.sleep(duration).await;
        }
    }
}

/// Changes to responses.
#[derive(Debug, Clone, Copy)]
pub(super) enum Altered {
    Nothing,
    /// Removes the granted scopes from the introspection response.
    Scopes,
    /// Refuses calls to this path.
    Forbidden(&'static str),
}

#[derive(Debug)]
pub(super) struct AlteringTransport {
    inner: ReqwestTransport,
    altered: Mutex<Altered>,
}

impl AlteringTransport {
    pub(super) fn direct() -> Arc<Self> {
        Arc::new(Self {
            inner: ReqwestTransport::direct().unwrap(),
            altered: Mutex::new(Altered::Nothing),
        })
    }

    pub(super) fn alter(&self, altered: Altered) {
        *self.altered.lock().unwrap() = altered;
    }
}

#[async_trait]
impl HttpTransport for AlteringTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path().to_owned();
        let mut answer = self.inner.send(request, limits).await?;
        let altered = *self.altered.lock().unwrap();
        match altered {
            Altered::Scopes if path == "/introspect" => {
                let mut body: Value = serde_json::from_slice(answer.body()).unwrap();
                body.as_object_mut().unwrap().remove("scope");
                *answer.body_mut() = body.to_string().into();
            }
            Altered::Forbidden(forbidden) if path == forbidden => {
                *answer.status_mut() = StatusCode::FORBIDDEN;
                *answer.body_mut() = Bytes::from_static(b"{}");
            }
            _ => {}
        }
        Ok(answer)
    }
}
