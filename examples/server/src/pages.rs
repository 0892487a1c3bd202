//! The console at `/console`, and its sign-in with an account's operator token.
//!
//! A session is a sealed cookie. Each request checks that the operator token is still one of the
//! account's, and that the user has not signed out, so a host keeps no sessions: they survive a
//! restart and are valid on every host of the database.

mod attempts;
mod cookie;
mod next;
mod session;
mod sign_in;
mod texts;

use std::{
    fmt::Display,
    sync::{Arc, Mutex},
};

use bytes::{Buf, Bytes};
use console::{Console, Layout, MountPath};
use futures_util::Stream;
use greenhouse_core::{
    Clock, answer, chain,
    integration::Integration,
    store::{AccountKey, Store, StoreError},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
    request::Parts, uri::PathAndQuery,
};
use sqlx_store::{MasterKeys, SqlxStore};
use url::Url;

use self::{attempts::Attempts, cookie::SessionCookie, session::Session};
use crate::route::CONSOLE;

/// The console and its sign-in.
pub(super) struct Pages {
    greenhouse: Integration,
    /// Pages for a user with a session.
    signed_in: Console,
    /// Pages without a button to sign out.
    signed_out: Console,
    sessions: Arc<SqlxStore>,
    keys: MasterKeys,
    cookie: SessionCookie,
    attempts: Mutex<Attempts>,
    /// Path of the console for browsers, with the path of the public URL.
    mount: String,
}

impl Pages {
    pub(super) fn new(
        greenhouse: &Integration,
        sessions: Arc<SqlxStore>,
        keys: MasterKeys,
        public_url: &Url,
    ) -> Self {
        let mount = format!("{}{CONSOLE}", public_url.path().trim_end_matches('/'));
        let layout = Layout::default().sign_in(format!("{mount}/{SIGN_IN}"));
        let console = Console::new(greenhouse);
        Self {
            greenhouse: greenhouse.clone(),
            signed_out: console.clone().layout(layout.clone()),
            signed_in: console.layout(layout.sign_out(format!("{mount}/{SIGN_OUT}"))),
            sessions,
            keys,
            cookie: SessionCookie::new(public_url.scheme() == "https"),
            attempts: Mutex::new(Attempts::default()),
            mount,
        }
    }

    /// Answers a request to `/console` or a path below it.
    pub(super) async fn answer<D: Buf, E: Display>(
        &self,
        mut head: Parts,
        chunks: impl Stream<Item = Result<D, E>>,
    ) -> Response<Bytes> {
        head.extensions.insert(MountPath::new(&self.mount));
        head.uri = below(&head.uri);
        match head.uri.path().trim_start_matches('/') {
            SIGN_IN => self.sign_in(head, chunks).await,
            SIGN_OUT => self.sign_out(head).await,
            _ => self.page(head, chunks).await,
        }
    }

    async fn page<D: Buf, E: Display>(
        &self,
        head: Parts,
        chunks: impl Stream<Item = Result<D, E>>,
    ) -> Response<Bytes> {
        let session = match self.session_of(&head.headers).await {
            Ok(session) => session,
            Err(error) => return self.unavailable(&Request::from_parts(head, ()), &error),
        };
        if let Some(session) = session {
            let request = Request::from_parts(head, chunks);
            let account = Some(session.account);
            return self.signed_in.handle_streamed(account, request).await;
        }
        // The script shows the page that says that the user is signed out.
        let is_navigation = is_read(&head.method) && !head.headers.contains_key(FRAGMENT);
        let address = self.sign_in_address(&head.uri);
        let request = Request::from_parts(head, chunks);
        let response = self.signed_out.handle_streamed(None, request).await;
        // The style sheet and the script need no session.
        match response.status() {
            StatusCode::UNAUTHORIZED if is_navigation => redirect(&address, None),
            _ => response,
        }
    }

    /// Ends the session on every host, also for a copy of the cookie.
    async fn sign_out(&self, head: Parts) -> Response<Bytes> {
        let request = Request::from_parts(head, ());
        if let Some(refusal) = self.signed_out.refuse_cross_site(&request) {
            return refusal;
        }
        if request.method() != Method::POST {
            return answer::method_not_allowed(&[Method::POST]);
        }
        let now = self.clock().now();
        let mut sessions = self.sealed_sessions(request.headers());
        for session in sessions.by_ref().filter(|session| session.expires_at > now) {
            let ended = self
                .sessions
                .end_session(&session.id, session.expires_at, now);
            if let Err(error) = ended.await {
                return self.unavailable(&request, &error);
            }
        }
        let address = format!("{}/{SIGN_IN}", self.mount);
        redirect(&address, Some(self.cookie.cleared()))
    }

    /// Returns the session of a request. `None` if it has none, or if the session has expired or
    /// ended, or its operator token has been removed.
    async fn session_of(&self, headers: &HeaderMap) -> Result<Option<Session>, StoreError> {
        let now = self.clock().now();
        for session in self.sealed_sessions(headers) {
            if session.expires_at <= now {
                continue;
            }
            let key = AccountKey::Operator(session.token);
            let owner = self.store().account_with_key(&key).await?;
            let is_valid = owner.is_some_and(|(account, _)| account == session.account);
            if is_valid && !self.sessions.has_session_ended(&session.id).await? {
                return Ok(Some(session));
            }
        }
        Ok(None)
    }

    /// Returns the sessions in the cookies of a request that a host of this database has sealed.
    fn sealed_sessions<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = Session> + 'a {
        let cookies = self.cookie.values_in(headers).take(MOST_COOKIES);
        cookies.filter_map(|sealed| Session::open(&self.keys, sealed))
    }

    /// Address of the sign-in, with the page that is opened afterwards.
    fn sign_in_address(&self, page: &Uri) -> String {
        let next = format!("{}{}", self.mount, Console::page_after_sign_in(page));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(NEXT, &next)
            .finish();
        format!("{}/{SIGN_IN}?{query}", self.mount)
    }

    /// 503: the session may be valid, so the user is not asked to sign in.
    fn unavailable(&self, request: &Request<()>, error: &StoreError) -> Response<Bytes> {
        tracing::warn!(error = %chain(error), "a session of the console could not be looked up in the database");
        let content = texts::unavailable();
        let status = StatusCode::SERVICE_UNAVAILABLE;
        self.signed_out
            .page(request, status, texts::UNAVAILABLE, content)
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.greenhouse.ports().store()
    }

    fn clock(&self) -> &dyn Clock {
        self.greenhouse.ports().clock().as_ref()
    }
}

/// Removes `/console` from the path.
fn below(uri: &Uri) -> Uri {
    let page = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let relative = page.strip_prefix(CONSOLE).unwrap_or(page);
    let slash = if relative.starts_with('/') { "" } else { "/" };
    let relative = PathAndQuery::try_from(format!("{slash}{relative}"));
    relative.map(Uri::from).unwrap_or_default()
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// 303, optionally with a `Set-Cookie` header.
fn redirect(address: &str, cookie: Option<String>) -> Response<Bytes> {
    let mut response = answer::empty(StatusCode::SEE_OTHER);
    let no_store = Some("no-store".to_owned());
    let address = Some(address.to_owned());
    let headers: [(HeaderName, Option<String>); 3] = [
        (header::LOCATION, address),
        (header::CACHE_CONTROL, no_store),
        (header::SET_COOKIE, cookie),
    ];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

const SIGN_IN: &str = "sign-in";
const SIGN_OUT: &str = "sign-out";
/// Parameter with the page that is opened after the sign-in.
const NEXT: &str = "next";
/// Header with which the script of the console asks for a fragment.
const FRAGMENT: &str = "x-greenhouse-fragment";
/// Maximum number of cookies that are opened. A browser sends one, unless another site on a domain
/// above the host's has set more of the same name.
const MOST_COOKIES: usize = 4;
