//! `GET` and `POST /console/sign-in`.

use std::{fmt::Display, sync::PoisonError, time::Duration};

use bytes::{Buf, Bytes};
use futures_util::Stream;
use greenhouse_core::{
    answer, body,
    settings::{KeyDigest, OperatorToken},
    store::AccountKey,
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header, request::Parts};

use super::texts::SignInProblem;
use super::{NEXT, Pages, is_read, next, redirect, session::Session, texts};

impl Pages {
    /// Shows the form, or exchanges an operator token for a session. A sign-in always begins a new
    /// session; the cookie of the request is not read.
    pub(super) async fn sign_in<D: Buf, E: Display>(
        &self,
        head: Parts,
        chunks: impl Stream<Item = Result<D, E>>,
    ) -> Response<Bytes> {
        let request = Request::from_parts(head, ());
        if let Some(refusal) = self.signed_out.refuse_cross_site(&request) {
            return refusal;
        }
        if is_read(request.method()) {
            let query = request.uri().query().unwrap_or_default();
            let next = field(query.as_bytes(), NEXT);
            let next = next::page(next.as_deref(), &self.mount);
            return self.form(&request, StatusCode::OK, &next, None);
        }
        if request.method() != Method::POST {
            return answer::method_not_allowed(&[Method::GET, Method::HEAD, Method::POST]);
        }
        let read = body::read(
            request.headers(),
            chunks,
            FORM_LIMIT,
            self.greenhouse.body_deadline(),
            self.clock(),
            self.greenhouse.body_budget(),
        );
        match read.await {
            Ok(form) => self.exchange(request, form.bytes()).await,
            Err(rejection) => rejection,
        }
    }

    async fn exchange(&self, request: Request<()>, form: &[u8]) -> Response<Bytes> {
        let token = field(form, "token").unwrap_or_default();
        let token = token.trim();
        let next = next::page(field(form, NEXT).as_deref(), &self.mount);
        let now = self.clock().now();
        let is_limited = !is_created(token);
        if is_limited && let Err(wait) = self.attempts(|attempts| attempts.begin(now)) {
            return self.too_many(&request, &next, wait);
        }
        // The digest is looked up, so the time of the response tells nothing about the token.
        let digest = KeyDigest::of(token);
        let found = self
            .store()
            .account_with_key(&AccountKey::Operator(digest))
            .await;
        if is_limited && !matches!(found, Ok(None)) {
            self.attempts(|attempts| attempts.succeeded(now));
        }
        let account = match found {
            Ok(Some((account, _))) => account,
            Ok(None) => {
                let problem = Some(SignInProblem::UnknownToken);
                return self.form(&request, StatusCode::UNAUTHORIZED, &next, problem);
            }
            Err(error) => return self.unavailable(&request, &error),
        };
        let session = Session::begin(account, digest, now).ok();
        let Some(sealed) = session.and_then(|session| session.seal(&self.keys)) else {
            tracing::error!(
                "no session could be created: the operating system provided no random bytes"
            );
            return answer::empty(StatusCode::SERVICE_UNAVAILABLE);
        };
        let seconds = Session::LENGTH.num_seconds();
        redirect(&next, Some(self.cookie.set(&sealed, seconds)))
    }

    fn form(
        &self,
        request: &Request<()>,
        status: StatusCode,
        next: &str,
        problem: Option<SignInProblem>,
    ) -> Response<Bytes> {
        let action = format!("{}/{}", self.mount, super::SIGN_IN);
        let content = texts::sign_in(&action, next, problem);
        self.signed_out
            .page(request, status, texts::SIGN_IN, content)
    }

    fn too_many(&self, request: &Request<()>, next: &str, wait: Duration) -> Response<Bytes> {
        let seconds = wait.as_secs().max(1);
        let problem = Some(SignInProblem::TooMany(seconds));
        let mut response = self.form(request, StatusCode::TOO_MANY_REQUESTS, next, problem);
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response
    }

    fn attempts<T>(&self, change: impl FnOnce(&mut super::Attempts) -> T) -> T {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut attempts)
    }
}

/// Returns `true` if the token has the form of a created one: the prefix and 256 bits in hex.
fn is_created(token: &str) -> bool {
    let digits = token.strip_prefix(OperatorToken::PREFIX);
    digits.is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// First value of a field of a form.
fn field(form: &[u8], name: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(form);
    let found = fields.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// Maximum size of the form in bytes.
const FORM_LIMIT: usize = 16 * 1024;
