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

use super::{Call, HarvestClient, Query, decode::decode, link};
use crate::{Error, PagingProblem, Route};

/// List of rows, read as a stream or page by page. Holds one page in memory. Rows are sorted by
/// descending id (observed live), but only within each batch if a filter has more than 50 values.
///
/// An empty list proves nothing unless [`HarvestClient::sees_all`] returns `true`, because without
/// permission Greenhouse returns an empty list or 403 (documented).
///
/// The stream ends with its first error. After an error, [`next_page`](Self::next_page) can be
/// called again and requests the same page.
#[must_use = "a list sends no request before its first row or page is read"]
pub struct List<T> {
    /// Position in the list; `None` while a page is being read.
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

    /// Returns the next page, or `None` after the last page. If the stream has returned only part
    /// of a page, the rest of that page comes first.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the page cannot be parsed, [`Error::Paging`] if the link to the
    /// following page is invalid, and any other [`Error`] if the request fails.
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

    /// Returns all rows at once, for lists that are known to be short.
    ///
    /// # Errors
    ///
    /// Same as [`next_page`](Self::next_page), and [`PagingProblem::TooMany`] if the list has more
    /// than 100 pages.
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

/// No field is pinned, because the running request is boxed.
impl<T> Unpin for List<T> {}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("route", &self.walk.as_ref().map(|walk| walk.route))
            .finish_non_exhaustive()
    }
}

/// Position in a list.
struct Walk<T> {
    client: HarvestClient,
    route: Route,
    /// Next page of this batch.
    call: Option<Call>,
    /// First pages of the remaining batches.
    batches: vec::IntoIter<Call>,
    /// Error that prevents every request.
    refused: Option<Error>,
    /// Digests of the pages already read in this batch, to detect an endless loop of links.
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
    /// Returns the route if the list has more pages, or `None` if the list is complete.
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
