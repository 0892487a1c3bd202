//! A host that can be stopped and killed, and comes back on the same port and the same database.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum_host::{Config, Host, Outside, web};
use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, testing::FakePlatform};
use greenhouse_harvest::{HarvestEndpoints, ReqwestTransport};
use greenhouse_partner::CallbackPolicy;
use mock_greenhouse::MockClock;
use tokio::{net::TcpListener, runtime::Runtime};
use url::Url;

pub(super) struct RunningHost {
    host: Arc<Host>,
    /// What it runs on, so that everything of it ends at once.
    runtime: Option<Runtime>,
}

impl RunningHost {
    pub(super) async fn start(
        config: &Config,
        address: SocketAddr,
        greenhouse: &Url,
        clock: &MockClock,
        product: &Arc<FakePlatform>,
    ) -> Self {
        let outside = Outside {
            harvest: HarvestEndpoints::new(greenhouse.clone(), greenhouse.clone()).unwrap(),
            callbacks: CallbackPolicy::loopback(),
            transport: Arc::new(ReqwestTransport::direct().unwrap()),
            clock: Arc::new(Held(clock.clone())),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let opening = Host::open_before(product.clone(), config.clone(), outside);
        let host = runtime.spawn(opening).await.unwrap().unwrap();
        let host = Arc::new(host);
        let served = host.clone();
        let (ready, listens) = tokio::sync::oneshot::channel();
        runtime.spawn(async move {
            let listener = bind(address).await;
            ready.send(()).unwrap();
            let _ = web::serve(listener, served, std::future::pending()).await;
        });
        listens.await.unwrap();
        Self {
            host,
            runtime: Some(runtime),
        }
    }

    pub(super) fn service(&self) -> &Host {
        &self.host
    }
}

/// As if it were killed: whatever it was at is dropped where it is.
impl Drop for RunningHost {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The one before may still be at it.
async fn bind(address: SocketAddr) -> TcpListener {
    for _ in 0..200 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the port stays taken");
}

#[derive(Debug)]
struct Held(MockClock);

#[async_trait]
impl Clock for Held {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}
