use std::{convert::Infallible, io, sync::Arc};

use async_trait::async_trait;
use http::Request;
use http_body_util::{BodyDataStream, Full};
use hyper::{body::Incoming, service::service_fn};
use server::{
    Host, connections,
    framework::{Framework, Stop},
};
use tokio::net::TcpListener;

/// A framework that serves with hyper alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hyper;

#[async_trait]
impl Framework for Hyper {
    async fn serve(&self, listener: TcpListener, host: Arc<Host>, stop: Stop) -> io::Result<()> {
        let shared = Arc::clone(&host);
        let service = service_fn(move |request: Request<Incoming>| {
            let host = Arc::clone(&shared);
            async move {
                let answer = host.answer(request.map(BodyDataStream::new)).await;
                Ok::<_, Infallible>(answer.map(Full::new))
            }
        });
        connections::serve(listener, &host, stop, service).await
    }
}
