use std::{
    collections::HashSet,
    fmt,
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Call, HarvestClient, decode::decode, link};
use crate::{Error, PagingProblem, Route, api::Query};

/// A list: a stream of rows, or page by page. One page is in memory. Highest id first (observed live), batch after batch
/// where a filter has more than 50 values.
///
/// An empty list proves nothing unless [`HarvestClient::sees`] says so: those who may not see are answered with an empty
/// list as well as with 403 (documented).
///
/// As a stream it ends with its first error. [`next_page`](Self::next_page) can be called again after one, and asks for the
/// same page again.
#[must_use = "nothing is asked for before the first row or page is"]
pub struct List<T> {
    /// None while a page is on its way.
    walk: Option<Walk<T>>,
    coming: Option<Coming<T>>,
    rows: vec::IntoIter<T>,
    is_over: bool,
}

type Page<T> = Result<Option<Vec<T>>, Error>;
type Coming<T> = Pin<Box<dyn Future<Output = (Walk<T>, Page<T>)> + Send>>;

impl<T: DeserializeOwned + Send + 'static> List<T> {
    pub(crate) fn new(client: &HarvestClient, route: Route, query: &Query) -> Self {
        let call = Call::of(client, route).withholding(query.texts());
        let calls: Vec<Call> = query
            .batches()
            .into_iter()
            .map(|pairs| call.clone().with_query(pairs))
            .collect();
        let refused = query.problem().map(|problem| Error::Construction {
            route,
            source: Some(problem.into()),
        });
        Self::of_calls(client, route, calls, refused)
    }

    pub(super) fn of_calls(
        client: &HarvestClient,
        route: Route,
        calls: Vec<Call>,
        refused: Option<Error>,
    ) -> Self {
        let walk = Walk {
            client: client.clone(),
            route,
            call: None,
            batches: calls.into_iter(),
            refused,
            read: HashSet::new(),
            row: PhantomData,
        };
        Self {
            walk: Some(walk),
            coming: None,
            rows: Vec::new().into_iter(),
            is_over: false,
        }
    }

    /// The next page; none after the last. What the stream has not given out yet of a page comes first.
    ///
    /// # Errors
    ///
    /// Those of a read, [`Error::Decode`], and [`Error::Paging`] where the link to the page after leads elsewhere.
    pub async fn next_page(&mut self) -> Result<Option<Vec<T>>, Error> {
        if self.rows.len() > 0 {
            return Ok(Some(std::mem::take(&mut self.rows).collect()));
        }
        if let Some(coming) = &mut self.coming {
            let (walk, page) = coming.await;
            self.coming = None;
            self.walk = Some(walk);
            return page;
        }
        match &mut self.walk {
            Some(walk) => walk.next_page().await,
            None => Ok(None),
        }
    }

    /// All rows at once, for lists that are known to be short.
    ///
    /// # Errors
    ///
    /// As [`next_page`](Self::next_page), and [`PagingProblem::TooMany`] beyond a hundred pages.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        for _ in 0..MAX_PAGES {
            match self.next_page().await? {
                Some(page) => rows.extend(page),
                None => return Ok(rows),
            }
        }
        match self.walk.as_ref().and_then(Walk::ahead) {
            Some(route) => Err(Error::Paging {
                route,
                problem: PagingProblem::TooMany,
            }),
            None => Ok(rows),
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for List<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let list = self.get_mut();
        loop {
            if let Some(row) = list.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            if list.is_over {
                return Poll::Ready(None);
            }
            if let Some(mut walk) = list.walk.take() {
                list.coming = Some(Box::pin(async move {
                    let page = walk.next_page().await;
                    (walk, page)
                }));
            }
            let Some(coming) = &mut list.coming else {
                return Poll::Ready(None);
            };
            let Poll::Ready((walk, page)) = coming.as_mut().poll(context) else {
                return Poll::Pending;
            };
            list.coming = None;
            list.walk = Some(walk);
            match page {
                Ok(Some(rows)) => list.rows = rows.into_iter(),
                Ok(None) => list.is_over = true,
                Err(error) => {
                    list.is_over = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

/// Nothing in it is pinned: what is on its way is boxed.
impl<T> Unpin for List<T> {}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("route", &self.walk.as_ref().map(|walk| walk.route))
            .finish_non_exhaustive()
    }
}

/// Where a list stands.
struct Walk<T> {
    client: HarvestClient,
    route: Route,
    /// The next page of this batch.
    call: Option<Call>,
    /// The first pages of the batches after it.
    batches: vec::IntoIter<Call>,
    /// Why nothing can be asked for.
    refused: Option<Error>,
    /// Digests of the pages of this batch that were read: a server that sends us in circles must not keep us for ever.
    read: HashSet<u64>,
    row: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Walk<T> {
    async fn next_page(&mut self) -> Page<T> {
        if let Some(error) = self.refused.take() {
            self.batches = Vec::new().into_iter();
            return Err(error);
        }
        if self.call.is_none() {
            self.read.clear();
            self.call = self.batches.next();
        }
        let Some(call) = &self.call else {
            return Ok(None);
        };
        let route = self.route;
        let paging = |problem| Error::Paging { route, problem };
        let response = self.client.send(call).await?;
        let rows = decode(response.body()).map_err(|path| Error::Decode { route, path })?;
        self.read.insert(digest(call.url()));
        let next = link::next(response.headers())
            .map_err(|_| paging(PagingProblem::Unreadable))?
            .map(|target| Url::parse(target).map_err(|_| paging(PagingProblem::Unreadable)))
            .transpose()?;
        if let Some(next) = &next {
            let has_user = !next.username().is_empty() || next.password().is_some();
            if has_user || next.origin() != self.client.shared.endpoints.api().origin() {
                return Err(paging(PagingProblem::ForeignOrigin));
            }
            if self.read.contains(&digest(next)) {
                return Err(paging(PagingProblem::Loop));
            }
        }
        self.call = next.map(|url| call.at(url));
        Ok(Some(rows))
    }
}

impl<T> Walk<T> {
    /// The call whose pages are not over yet, where there is one.
    fn ahead(&self) -> Option<Route> {
        (self.call.is_some() || self.batches.len() > 0).then_some(self.route)
    }
}

fn digest(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.as_str().hash(&mut hasher);
    hasher.finish()
}

const MAX_PAGES: usize = 100;
