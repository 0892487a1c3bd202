use std::{convert::Infallible, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum_host::{
    Host,
    framework::{Framework, Stop},
};
use http::Request;
use http_body_util::{BodyDataStream, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;

/// Serves with hyper alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hyper;

#[async_trait]
impl Framework for Hyper {
    async fn serve(
        &self,
        listener: TcpListener,
        host: Arc<Host>,
        mut stop: Stop,
    ) -> io::Result<()> {
        let connections = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => break,
            };
            let Ok((stream, _)) = accepted else {
                // It broke before it was accepted, or there are too many: others are still to be served.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let host = Arc::clone(&host);
            let service = service_fn(move |request: Request<Incoming>| {
                let host = Arc::clone(&host);
                async move {
                    let answer = host.answer(request.map(BodyDataStream::new)).await;
                    Ok::<_, Infallible>(answer.map(Full::new))
                }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
            });
        }
        drop(listener);
        connections.shutdown().await;
        Ok(())
    }
}
