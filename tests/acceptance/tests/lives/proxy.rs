//! A proxy in front of the hosts. Its address stays the same while hosts start and stop. The proxy
//! sends no response without a host, and sometimes loses a response.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use greenhouse_core::testing::cut_short;
use http::{Request, Response};
use http_body_util::{BodyDataStream, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use server::Host;
use tokio::{net::TcpListener, task::JoinHandle};

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    behind: Arc<Mutex<Behind>>,
    opening: JoinHandle<()>,
}

#[derive(Default)]
struct Behind {
    host: Option<Arc<Host>>,
    /// Failure of the next test that Greenhouse sends.
    next: Option<Trouble>,
    /// `true` if a caller received no response since the last call to
    /// [`was_silent`](Proxy::was_silent).
    silent: bool,
}

/// Ways in which a request can fail.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    /// The request does not reach the host.
    Lost,
    /// The host responds, but the response is lost.
    AnswerLost,
    /// The host is killed after `waits` awaits, or when its response is ready.
    Killed { waits: usize },
}

impl Proxy {
    pub(crate) async fn open() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = TcpListener::bind(any).await.unwrap();
        let address = listener.local_addr().unwrap();
        let behind = Arc::<Mutex<Behind>>::default();
        let opening = tokio::spawn(serve(listener, behind.clone()));
        Self {
            address,
            behind,
            opening,
        }
    }

    pub(crate) fn connect(&self, host: Arc<Host>) {
        self.behind().host = Some(host);
    }

    pub(crate) fn host(&self) -> Option<Arc<Host>> {
        self.behind().host.clone()
    }

    /// Disconnects the host from the proxy and returns it.
    pub(crate) fn disconnect(&self) -> Option<Arc<Host>> {
        self.behind().host.take()
    }

    pub(crate) fn trouble_next(&self, trouble: Option<Trouble>) {
        self.behind().next = trouble;
    }

    /// Returns `true` if a caller received no response since the last call of this method.
    pub(crate) fn was_silent(&self) -> bool {
        std::mem::take(&mut self.behind().silent)
    }

    fn behind(&self) -> MutexGuard<'_, Behind> {
        self.behind.lock().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.opening.abort();
    }
}

async fn serve(listener: TcpListener, behind: Arc<Mutex<Behind>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let behind = behind.clone();
        let service = service_fn(move |request| answer(behind.clone(), request));
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // The connection fails if the service returns no response.
            let _ = connection.await;
        });
    }
}

async fn answer(
    behind: Arc<Mutex<Behind>>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (host, trouble) = {
        let mut behind = behind.lock().unwrap();
        let sends = request.uri().path().ends_with("/send-test");
        let trouble = behind.next.take_if(|_| sends);
        (behind.host.clone(), trouble)
    };
    let answered = match (host, trouble) {
        (None, _) | (_, Some(Trouble::Lost)) => None,
        (Some(host), Some(Trouble::Killed { waits })) => {
            let _ = cut_short(waits, host.answer(request.map(BodyDataStream::new))).await;
            behind.lock().unwrap().host = None;
            None
        }
        (Some(host), trouble) => {
            let answer = host.answer(request.map(BodyDataStream::new)).await;
            let alive = behind
                .lock()
                .unwrap()
                .host
                .as_ref()
                .is_some_and(|now| Arc::ptr_eq(now, &host));
            (alive && trouble.is_none()).then_some(answer)
        }
    };
    answered.map(|answer| answer.map(Full::new)).ok_or_else(|| {
        behind.lock().unwrap().silent = true;
        io::ErrorKind::ConnectionReset.into()
    })
}
