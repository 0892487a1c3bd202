//! The reference server on warp.

use std::{fmt::Display, io, sync::Arc};

use async_trait::async_trait;
use bytes::{Buf, Bytes};
use futures_core::Stream;
use http::{Request, Response};
use hyper_util::service::TowerToHyperService;
use server::{
    Host, connections,
    framework::{Framework, Stop},
};
use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply};

use crate::adapter;

/// Runs the reference server on warp.
#[derive(Debug, Clone, Copy)]
pub struct Warp;

#[async_trait]
impl Framework for Warp {
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()> {
        run(listener, host, stop).await
    }
}

/// Returns the whole server as a filter, to combine with your own filters or to serve alone.
pub fn filter(
    host: &Arc<Host>,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection> + Clone + use<> {
    let greenhouse = host.greenhouse();
    let operator = warp::path!("api" / "integrations" / "greenhouse" / ..)
        .and(adapter::operator_with_token(greenhouse));
    let own = Arc::clone(host);
    let own = warp::any()
        .map(move || Arc::clone(&own))
        .and(adapter::request(adapter::full_path()))
        .then(own_endpoints)
        .boxed();
    adapter::public(greenhouse).or(operator).or(own)
}

// Not an async function, because the compiler could not prove that warp's future is `Send`.
fn run(
    listener: TcpListener,
    host: Arc<Host>,
    stop: Stop,
) -> impl Future<Output = io::Result<()>> + Send {
    let service = TowerToHyperService::new(warp::service(filter(&host)));
    let service = connections::track_requests(&host, service);
    async move { connections::serve(listener, &host, stop, service).await }
}

async fn own_endpoints<D: Buf, E: Display>(
    host: Arc<Host>,
    request: Request<impl Stream<Item = Result<D, E>>>,
) -> Response<Bytes> {
    host.own(request).await
}
