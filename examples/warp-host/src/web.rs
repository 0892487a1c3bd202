//! The glue to warp.

use std::{fmt::Display, io, sync::Arc};

use async_trait::async_trait;
use bytes::{Buf, Bytes};
use futures_core::Stream;
use http::{HeaderMap, Method, Request, Response, Uri, uri::PathAndQuery};
use hyper_util::service::TowerToHyperService;
use server::{
    Host,
    framework::{Framework, Stop},
    front,
};
use tokio::net::TcpListener;
use warp::{Filter, Rejection, Reply, path::FullPath};

/// Serves with warp.
#[derive(Debug, Clone, Copy)]
pub struct Warp;

#[async_trait]
impl Framework for Warp {
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()> {
        run(listener, host, stop).await
    }
}

/// The whole service as a filter; combine it with others or serve it alone.
pub fn filter(host: Arc<Host>) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    // A target may have no path at all, as that of CONNECT, and warp panics where it is asked for one then.
    let none = warp::path::end().map(|| "/".to_owned());
    let full = warp::path::full().map(|path: FullPath| path.as_str().to_owned());
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let host = warp::any().map(move || Arc::clone(&host));
    host.and(warp::method())
        .and(none.or(full).unify())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .then(handle)
}

// Within an async method the compiler does not see that warp's future can go to another thread.
fn run(
    listener: TcpListener,
    host: Arc<Host>,
    stop: Stop,
) -> impl Future<Output = io::Result<()>> + Send {
    let service = TowerToHyperService::new(warp::service(filter(Arc::clone(&host))));
    async move { front::serve(listener, &host, stop, service).await }
}

async fn handle<D: Buf, E: Display>(
    host: Arc<Host>,
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: impl Stream<Item = Result<D, E>>,
) -> Response<Bytes> {
    let mut request = Request::new(body);
    // `*` does not go with a query, and is no path of the service either.
    let target = PathAndQuery::try_from(format!("{path}?{query}"));
    *request.uri_mut() = target.map(Uri::from).unwrap_or_default();
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    host.answer(request).await
}
