//! One connection, from its beginning to its end.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use greenhouse_core::Clock;
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::watch};

use super::{
    answers::Marked,
    line::{Line, Phase},
    seats::Seat,
};
use crate::WebConfig;

/// What a connection is served with.
pub(super) struct Connection {
    pub(super) limits: Arc<WebConfig>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) seat: Seat,
    /// Whether it is to end as soon as what it has is answered.
    pub(super) closed: watch::Receiver<bool>,
}

impl Connection {
    /// Returns when it has ended, or is to be cut off: it is closed then.
    pub(super) async fn serve<S, B>(mut self, stream: TcpStream, service: S)
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
        S::Future: Send + 'static,
        B: Body + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        // An answer is written as a whole, and nothing is gained by holding its end back.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection may be slower than it could be");
        }
        let line = Line::new(stream);
        let service = Marked {
            service,
            line: line.clone(),
            closed: self.closed.clone(),
        };
        let served = http(&self.limits).serve_connection(TokioIo::new(line.clone()), service);
        let mut served = pin!(served);

        let mut phase = line.phase();
        let mut closing = *self.closed.borrow_and_update();
        let mut late = pin!(self.late(phase, closing));
        loop {
            let event = tokio::select! {
                biased;
                ended = &mut served => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                next = changed(&line, phase) => Event::Phase(next),
                () = &mut late => Event::Late,
                () = self.seat.told() => Event::Told,
                // Nobody is there to change it where it is dropped, which is as good.
                _ = self.closed.changed(), if !closing => Event::Closing,
            };
            match event {
                Event::Phase(next) => {
                    if next.waits() != phase.waits() {
                        match next.waits() {
                            Some(_) => self.seat.wait(),
                            None => self.seat.leave(),
                        }
                    }
                    phase = next;
                }
                Event::Closing => closing = true,
                // What has just come in is no reason to go.
                Event::Late | Event::Told if phase.is_idle() && line.has_unread() => {
                    self.seat.wait();
                }
                Event::Late | Event::Told => {
                    tracing::debug!(?phase, ?event, "a connection was cut off");
                    return;
                }
            }
            if closing && phase.is_idle() && phase.waits() != Some(0) && !line.has_unread() {
                return;
            }
            late.set(self.late(phase, closing));
        }
    }

    /// Returns when nothing has changed for too long.
    fn late(&self, phase: Phase, closing: bool) -> impl Future<Output = ()> + Send + use<> {
        let limits = &self.limits;
        let patience = match phase {
            Phase::Idle { answered: 0 } | Phase::Head { .. } if closing => {
                Some(limits.head_deadline.min(LAST_MOMENT))
            }
            Phase::Idle { answered: 0 } | Phase::Head { .. } => Some(limits.head_deadline),
            Phase::Idle { .. } => Some(limits.keep_alive),
            Phase::Busy => None,
            Phase::Stuck => Some(limits.answer_deadline),
        };
        let clock = Arc::clone(&self.clock);
        async move {
            match patience {
                Some(patience) => clock.sleep(patience).await,
                None => pending().await,
            }
        }
    }
}

#[derive(Debug)]
enum Event {
    Phase(Phase),
    Late,
    Told,
    Closing,
}

/// How it stands, once it stands otherwise. hyper is to be asked before.
async fn changed(line: &Line, phase: Phase) -> Phase {
    poll_fn(|_| match line.phase() {
        same if same == phase => Poll::Pending,
        next => Poll::Ready(next),
    })
    .await
}

fn http(limits: &WebConfig) -> http1::Builder {
    let mut http = http1::Builder::new();
    // To hyper, a connection between two requests is late with the next head.
    http.header_read_timeout(None)
        .max_buf_size(limits.head_bytes);
    if limits.headers != HYPERS_HEADERS {
        http.max_headers(limits.headers);
    }
    http
}

/// What hyper has place for without asking for memory.
const HYPERS_HEADERS: usize = 100;
/// How long a head may take to come to a host that is being stopped.
const LAST_MOMENT: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests;
