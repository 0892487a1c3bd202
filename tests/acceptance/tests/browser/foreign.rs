//! Pages of another origin on loopback, without a Content Security Policy.

use std::collections::BTreeMap;

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::IntoResponse,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// Site of another origin. Ends on drop.
#[derive(Debug)]
pub(crate) struct ForeignSite {
    port: u16,
    server: JoinHandle<()>,
}

impl ForeignSite {
    /// Serves these HTML pages, each at its path.
    pub(crate) async fn start(pages: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let pages: BTreeMap<_, _> = pages.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().fallback(async move |request: Request| {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            match pages.get(request.uri().path()) {
                Some(page) => (StatusCode::OK, kind, page.clone()).into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        });
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { port, server }
    }

    /// Returns an address of the same site as the server's pages, but another origin. Browsers
    /// send cookies with `SameSite=Strict` from there.
    pub(crate) fn same_site(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Returns an address of another site than the server's pages.
    pub(crate) fn cross_site(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

impl Drop for ForeignSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}
