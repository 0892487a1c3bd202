//! A static site on loopback, with the Content Security Policy of the console.

use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::IntoResponse,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A page or script of a site: path, media type and content.
pub(crate) type SiteFile = (&'static str, &'static str, &'static str);

/// A running site. Ends on drop.
#[derive(Debug)]
pub(crate) struct Site {
    url: String,
    server: JoinHandle<()>,
}

impl Site {
    /// Serves these files. Other paths return 404.
    pub(crate) async fn start(files: &'static [SiteFile]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(async move |request: Request| {
            let path = request.uri().path();
            let file = files.iter().find(|file| file.0 == path);
            let (status, kind, content) = match file {
                Some(file) => (StatusCode::OK, file.1, file.2),
                None => (StatusCode::NOT_FOUND, "text/plain", "not found"),
            };
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            (status, headers, content).into_response()
        });
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, server }
    }

    /// Returns the URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'";
