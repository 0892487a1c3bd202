//! A host in this process that serves Greenhouse and runs due tasks only on request. It represents
//! the hosts that are alive behind a balancer. If a host that sends notices is killed, Greenhouse's
//! polls reach another host.

use std::{net::SocketAddr, sync::Arc};

use axum_host::Axum;
use bytes::Bytes;
use greenhouse_core::{AssessmentId, Clock, Environment, Secret};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use greenhouse_partner::PartnerConfig;
use http::{Request, StatusCode, header};
use server::{Config, Host, HostEnvironment, databases, framework};
use sqlx_store::SqlxStore;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

use crate::stage::Stage;

pub(crate) struct Front {
    pub(crate) store: SqlxStore,
    host: Arc<Host>,
    operator_token: Secret,
    serving: JoinHandle<()>,
}

/// Reserves the address for Greenhouse.
pub(crate) async fn listen() -> (TcpListener, String) {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(any).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    (listener, url)
}

impl Front {
    pub(crate) async fn open(stage: &Stage, listener: TcpListener) -> Self {
        let mut config = Config::read(Some(&stage.config), []).unwrap();
        // Greenhouse polls once after each accepted notice and is not known to repeat a poll. With
        // the short times of the sending hosts, a call to the product could time out on a busy
        // machine, and the host would report to Greenhouse that the product is unavailable.
        config.partner = PartnerConfig::default();
        let greenhouse: Url = stage.greenhouse.url().parse().unwrap();
        let outside = HostEnvironment {
            environment: Environment::sandbox(&greenhouse).unwrap(),
            transport: Arc::new(ReqwestTransport::direct().unwrap()),
            clock: Arc::new(SystemClock),
        };
        let store = databases::open(&config).await.unwrap();
        let host = Arc::new(Host::open(config, outside).await.unwrap());
        let served = Arc::clone(&host);
        let serving = tokio::spawn(async move {
            let forever = std::future::pending();
            let served = framework::serve(&Axum, listener, served, forever);
            served.await.unwrap();
        });
        Self {
            store,
            host,
            operator_token: stage.operator_token.clone(),
            serving,
        }
    }

    pub(crate) async fn run_due(&self) {
        for service in self.host.background() {
            while let Some(next) = service.run_due(64).await.unwrap() {
                if next > SystemClock.now() {
                    break;
                }
            }
        }
    }

    /// Completes the candidate's assessment.
    pub(crate) async fn complete(&self, assessment: &AssessmentId) {
        let path = format!("/product/assessments/{assessment}/complete");
        let token = format!("Bearer {}", self.operator_token.expose());
        let request = Request::post(path)
            .header(header::AUTHORIZATION, token)
            .body(Bytes::from_static(b"{\"score\": 81.5}"));
        let answer = self.host.handle(request.unwrap()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    pub(crate) async fn close(self) {
        self.serving.abort();
        self.host.close().await;
        self.store.close().await;
    }
}
