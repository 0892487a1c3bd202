use std::{
    collections::HashSet,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    marker::PhantomData,
};

use serde::de::DeserializeOwned;
use url::Url;

use super::{Call, HarvestClient, decode::decode, link};
use crate::{Error, PagingProblem};

/// A list, page after page, one page in memory. Highest id first (observed live).
///
/// An empty list proves nothing unless [`HarvestClient::sees`] says so: those who may not see are answered with an empty
/// list as well as with 403 (documented).
pub struct Pages<T> {
    client: HarvestClient,
    call: Option<Call>,
    /// Digests of the pages that were read: a server that sends us in circles must not keep us for ever.
    read: HashSet<u64>,
    row: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Pages<T> {
    pub(crate) fn new(client: &HarvestClient, call: Call) -> Self {
        Self {
            client: client.clone(),
            call: Some(call),
            read: HashSet::new(),
            row: PhantomData,
        }
    }

    /// The next page; none after the last. After an error the same page is asked for again.
    ///
    /// # Errors
    ///
    /// Those of a read, [`Error::Decode`], and [`Error::Paging`] where the link to the page after leads elsewhere.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        let Some(call) = &self.call else {
            return Ok(None);
        };
        let route = call.route();
        let paging = |problem| Error::Paging { route, problem };
        let response = self.client.send(call).await?;
        let rows = decode(response.body()).map_err(|path| Error::Decode { route, path })?;
        self.read.insert(digest(call.url()));
        let next = link::next(response.headers())
            .map_err(|_| paging(PagingProblem::Unreadable))?
            .map(|target| Url::parse(target).map_err(|_| paging(PagingProblem::Unreadable)))
            .transpose()?;
        if let Some(next) = &next {
            if next.origin() != self.client.shared.endpoints.api().origin() {
                return Err(paging(PagingProblem::ForeignOrigin));
            }
            if self.read.contains(&digest(next)) {
                return Err(paging(PagingProblem::Loop));
            }
        }
        self.call = next.map(|url| call.at(url));
        Ok(Some(rows))
    }

    /// All rows at once, for lists that are known to be short.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next), and [`PagingProblem::TooMany`] beyond a hundred pages.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        for _ in 0..MAX_PAGES {
            match self.next().await? {
                Some(page) => rows.extend(page),
                None => return Ok(rows),
            }
        }
        match &self.call {
            Some(call) => Err(Error::Paging {
                route: call.route(),
                problem: PagingProblem::TooMany,
            }),
            None => Ok(rows),
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("route", &self.call.as_ref().map(|call| call.route()))
            .field("read", &self.read.len())
            .finish_non_exhaustive()
    }
}

fn digest(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.as_str().hash(&mut hasher);
    hasher.finish()
}

const MAX_PAGES: usize = 100;
