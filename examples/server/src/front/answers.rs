//! A service between the marks of its requests and their answers.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderValue, Request, Response, header};
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    service::Service,
};
use tokio::sync::watch;

use super::line::Line;

/// A service whose requests and answers are marked on the connection.
#[derive(Debug)]
pub(super) struct Marked<S> {
    pub(super) service: S,
    pub(super) line: Line,
    /// Whether each answer is the last of its connection.
    pub(super) closed: watch::Receiver<bool>,
}

impl<S, B> Service<Request<Incoming>> for Marked<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Answer<B>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.line.asked();
        let line = self.line.clone();
        let closed = self.closed.clone();
        let answer = self.service.call(request);
        Box::pin(async move {
            let mut answer = answer.await?;
            if *closed.borrow() {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok(answer.map(|body| Answer { body, line }))
        })
    }
}

/// The body of an answer. The answer is given when it is dropped.
#[derive(Debug)]
pub(super) struct Answer<B> {
    body: B,
    line: Line,
}

impl<B: Body + Unpin> Body for Answer<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Answer<B> {
    fn drop(&mut self) {
        self.line.answered();
    }
}
