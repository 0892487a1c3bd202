use std::fmt::Display;

use bytes::{Buf, Bytes};
use futures_core::Stream;
use greenhouse_core::{
    AccountId,
    integration::{Integration, PublicRoute},
};
use http::{HeaderMap, Method, Request, Response, Uri, uri::PathAndQuery};
use warp::{
    Filter, Rejection,
    filters::BoxedFilter,
    path::{FullPath, Tail},
};

/// Returns the public endpoints: assessment endpoints, report links and webhooks. Combine them with
/// your own filters using `or`. Other paths are rejected as not found.
///
/// Request bodies have size limits and a deadline. The response is 413 if a body is too large, and
/// 408 if it is too slow. Both responses have JSON bodies.
///
/// ```
/// # use greenhouse_core::integration::Integration;
/// # use warp::{Filter, Rejection, Reply};
/// # fn mount(
/// #     greenhouse: &Integration,
/// # ) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
/// let mine = warp::path!("my" / "own" / "route").map(|| "mine");
/// mine.or(warp_host::public(greenhouse))
/// # }
/// ```
pub fn public(greenhouse: &Integration) -> BoxedFilter<(Response<Bytes>,)> {
    let greenhouse = greenhouse.clone();
    let public_path = full_path().and_then(async |path: String| match PublicRoute::parse(&path) {
        Some(_) => Ok(path),
        None => Err(warp::reject::not_found()),
    });
    request(public_path)
        .map(move |request| (greenhouse.clone(), request))
        .untuple_one()
        .then(answer_public)
        .boxed()
}

/// Returns the operator endpoints. Prefix them with the path that your pages use.
///
/// `account_of_session` is a filter that authenticates your user. If it extracts `None`, the
/// response is 401.
///
/// ```
/// # use greenhouse_core::integration::Integration;
/// # use warp::{Filter, Rejection, Reply};
/// # fn mount(
/// #     greenhouse: &Integration,
/// # ) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
/// use greenhouse_core::AccountId;
///
/// // Reads your session. The filter can also reject the request.
/// let account_of_session =
///     warp::any().and_then(async || Ok::<_, Rejection>(Some(AccountId::new("acme"))));
/// warp::path!("api" / "integrations" / "greenhouse" / ..)
///     .and(warp_host::operator(greenhouse, account_of_session))
/// # }
/// ```
pub fn operator<F>(
    greenhouse: &Integration,
    account_of_session: F,
) -> BoxedFilter<(Response<Bytes>,)>
where
    F: Filter<Extract = (Option<AccountId>,), Error = Rejection> + Clone + Send + Sync + 'static,
{
    let greenhouse = greenhouse.clone();
    account_of_session
        .and(request(relative_path()))
        .map(move |account, request| (greenhouse.clone(), account, request))
        .untuple_one()
        .then(answer_operator)
        .boxed()
}

/// Returns the operator endpoints for your services and scripts, which send an operator token as
/// `Authorization: Bearer <token>`. Prefix them with a path as with [`operator`].
///
/// ```
/// # use greenhouse_core::integration::Integration;
/// # use warp::{Filter, Rejection, Reply};
/// # fn mount(
/// #     greenhouse: &Integration,
/// # ) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
/// warp::path!("api" / "integrations" / "greenhouse" / ..)
///     .and(warp_host::operator_with_token(greenhouse))
/// # }
/// ```
pub fn operator_with_token(greenhouse: &Integration) -> BoxedFilter<(Response<Bytes>,)> {
    let greenhouse = greenhouse.clone();
    request(relative_path())
        .map(move |request| (greenhouse.clone(), request))
        .untuple_one()
        .then(answer_operator_with_token)
        .boxed()
}

/// Extracts the path relative to the mount point.
pub(crate) fn relative_path()
-> impl Filter<Extract = (String,), Error = Rejection> + Clone + Send + Sync + 'static {
    warp::path::tail()
        .and_then(async |tail: Tail| Ok::<_, Rejection>(format!("/{}", tail.as_str())))
}

/// Extracts the request path, or `/` for a CONNECT request, which has no path. warp's own filter
/// panics on such a request.
pub(crate) fn full_path() -> impl Filter<Extract = (String,), Error = Rejection> + Clone {
    let none = warp::path::end().map(|| "/".to_owned());
    let full = warp::path::full().map(|path: FullPath| path.as_str().to_owned());
    none.or(full)
        .unify()
        .and_then(async |path: String| Ok::<_, Rejection>(path))
}

/// Extracts the whole request, with the path that the filter `path` extracts and the body as a
/// stream.
pub(crate) fn request<P>(
    path: P,
) -> impl Filter<
    Extract = (
        Request<impl Stream<Item = Result<impl Buf + use<P>, impl Display + use<P>>> + use<P>>,
    ),
    Error = Rejection,
> + Clone
where
    P: Filter<Extract = (String,), Error = Rejection> + Clone + Send + Sync + 'static,
{
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(path)
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .map(assemble)
}

fn assemble<S>(
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: S,
) -> Request<S> {
    let mut request = Request::new(body);
    // A target that is not valid, `*` with a query, becomes `/`. The integration has neither path.
    let target = PathAndQuery::try_from(format!("{path}?{query}"));
    *request.uri_mut() = target.map(Uri::from).unwrap_or_default();
    *request.method_mut() = method;
    *request.headers_mut() = headers;
    request
}

async fn answer_public<D: Buf, E: Display>(
    greenhouse: Integration,
    request: Request<impl Stream<Item = Result<D, E>>>,
) -> Response<Bytes> {
    greenhouse.handle_streamed(request).await
}

async fn answer_operator_with_token<D: Buf, E: Display>(
    greenhouse: Integration,
    request: Request<impl Stream<Item = Result<D, E>>>,
) -> Response<Bytes> {
    greenhouse.operator_with_token_streamed(request).await
}

async fn answer_operator<D: Buf, E: Display>(
    greenhouse: Integration,
    account: Option<AccountId>,
    request: Request<impl Stream<Item = Result<D, E>>>,
) -> Response<Bytes> {
    greenhouse.operator_streamed(account, request).await
}
