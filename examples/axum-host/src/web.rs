//! The reference server on axum.

use std::{io, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use hyper_util::service::TowerToHyperService;
use server::{
    Host, connections,
    framework::{Framework, Stop},
};
use tokio::net::TcpListener;

use crate::adapter;

/// Runs the reference server on axum.
#[derive(Debug, Clone, Copy)]
pub struct Axum;

#[async_trait]
impl Framework for Axum {
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()> {
        let service = TowerToHyperService::new(router(&host));
        let service = connections::track_requests(&host, service);
        connections::serve(listener, &host, stop, service).await
    }
}

/// Returns the whole server as a router, to nest in your own router or to serve alone.
pub fn router(host: &Arc<Host>) -> Router {
    let greenhouse = host.greenhouse();
    Router::new()
        .fallback(own)
        .with_state(Arc::clone(host))
        .merge(adapter::public(greenhouse))
        .nest(
            "/api/integrations/greenhouse",
            adapter::operator_with_token(greenhouse),
        )
}

async fn own(State(host): State<Arc<Host>>, request: Request) -> Response {
    let answer = host.own(request.map(Body::into_data_stream)).await;
    answer.map(Body::from)
}
