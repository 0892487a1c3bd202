use std::fmt::Display;

use bytes::{Buf, Bytes};
use console::{Console, MountPath};
use futures_core::Stream;
use greenhouse_core::AccountId;
use http::{Request, Response};
use warp::{Filter, Rejection, filters::BoxedFilter, path::FullPath};

use crate::adapter::{relative_path, request};

/// Returns the console: the pages for recruiters and admins. Prefix it with the path at which your
/// users open it.
///
/// Takes the integration, or a [`Console`] with your own layout. `account_of_session` authenticates
/// your user, as for [`operator`](crate::operator). If it extracts `None`, the response is 401 with
/// a page that says so.
///
/// ```
/// # use greenhouse_core::integration::Integration;
/// # use warp::{Filter, Rejection, Reply};
/// # fn mount(
/// #     greenhouse: &Integration,
/// # ) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
/// use console::{Console, Layout};
/// use greenhouse_core::AccountId;
///
/// let account_of_session =
///     warp::any().and_then(async || Ok::<_, Rejection>(Some(AccountId::new("acme"))));
/// let console = Console::new(greenhouse).layout(Layout::default().sign_in("/login"));
/// let own = warp::path!("own" / "layout" / ..)
///     .and(warp_host::console(console, account_of_session.clone()));
/// warp::path!("settings" / "greenhouse" / ..)
///     .and(warp_host::console(greenhouse, account_of_session))
///     .or(own)
/// # }
/// ```
pub fn console<F>(
    console: impl Into<Console>,
    account_of_session: F,
) -> BoxedFilter<(Response<Bytes>,)>
where
    F: Filter<Extract = (Option<AccountId>,), Error = Rejection> + Clone + Send + Sync + 'static,
{
    let console: Console = console.into();
    account_of_session
        .and(warp::path::full())
        .and(request(relative_path()))
        .map(move |account, path, request| (console.clone(), account, path, request))
        .untuple_one()
        .then(answer)
        .boxed()
}

async fn answer<D: Buf, E: Display>(
    console: Console,
    account: Option<AccountId>,
    path: FullPath,
    mut request: Request<impl Stream<Item = Result<D, E>>>,
) -> Response<Bytes> {
    let mount = MountPath::between(path.as_str(), request.uri().path());
    request.extensions_mut().insert(mount);
    console.handle_streamed(account, request).await
}
