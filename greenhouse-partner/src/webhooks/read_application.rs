use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, ApplicationSnapshot, ReaderError, chain,
    store::{Changes, ClaimedTask, Hint, Link, Settlement, StoreError, Task},
    sync::{Reading, resolve, unread},
};

use super::Webhooks;

/// A [`Task::ReadApplication`], created by an inconclusive event.
#[derive(Debug)]
pub(crate) struct HintTask<'a> {
    task: &'a ClaimedTask,
    hint: &'a Hint,
    contradicted: bool,
}

impl<'a> HintTask<'a> {
    /// `None` if the task is of another kind.
    pub(crate) fn of(task: &'a ClaimedTask) -> Option<Self> {
        match &task.task {
            Task::ReadApplication { hint, contradicted } => Some(Self {
                task,
                hint,
                contradicted: *contradicted,
            }),
            _ => None,
        }
    }
}

/// Result of the reads for one task.
struct HintRead {
    links: Vec<Link>,
    /// The application in Greenhouse. `None` if it was not found.
    snapshot: Result<Option<ApplicationSnapshot>, ReadFailure>,
}

/// Reason why an application was not read.
#[derive(Clone)]
enum ReadFailure {
    /// Greenhouse is unavailable, so the task is retried.
    Temporary,
    /// Greenhouse cannot be read, so a retry would not help. Contains the reason.
    Permanent(String),
}

impl Webhooks {
    /// Reads the state of applications after inconclusive events, with one call for all tasks of an
    /// account. After a conflict, an application is read again.
    pub(crate) async fn read_applications(
        &self,
        account: &AccountId,
        tasks: &[ClaimedTask],
    ) -> Result<(), StoreError> {
        let tasks: Vec<HintTask<'_>> = tasks.iter().filter_map(HintTask::of).collect();
        let hints: Vec<&Hint> = tasks.iter().map(|hinted| hinted.hint).collect();
        let read = self.read(account, &hints).await?;
        let mut failed = Ok(());
        for (hinted, read) in tasks.iter().zip(read) {
            let mut read = Some(read);
            let settled = self.writer.settle(hinted.task, || {
                let read = read.take();
                self.resolve(account, hinted, read)
            });
            // The other tasks are still settled.
            if let Err(error) = settled.await {
                failed = Err(error);
            }
        }
        failed
    }

    /// Reads the applications of these hints, with one call to Greenhouse.
    async fn read(
        &self,
        account: &AccountId,
        hints: &[&Hint],
    ) -> Result<Vec<HintRead>, StoreError> {
        // The links are read first, so that a change during the call causes a conflict.
        let mut links = Vec::with_capacity(hints.len());
        for hint in hints {
            let own = self.records.links_to_application(account, hint.application);
            links.push(own.await?);
        }
        let ids: BTreeSet<_> = hints.iter().map(|hint| hint.application).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let seen = self.reader.applications(account, &ids).await;
        let seen = seen.map_err(|error| match error {
            ReaderError::Unavailable(_) => {
                tracing::warn!(%account, error = %chain(&error), "applications could not be read; it will be retried");
                ReadFailure::Temporary
            }
            error => ReadFailure::Permanent(error.to_string()),
        });
        let read = hints.iter().zip(links).map(|(hint, links)| {
            let is_own = |one: &&ApplicationSnapshot| one.application == hint.application;
            let snapshot = match &seen {
                Ok(seen) => Ok(seen.iter().find(is_own).cloned()),
                Err(unread) => Err(unread.clone()),
            };
            HintRead { links, snapshot }
        });
        Ok(read.collect())
    }

    /// Decides a task from `read`, or from a new read after a conflict.
    async fn resolve(
        &self,
        account: &AccountId,
        hinted: &HintTask<'_>,
        read: Option<HintRead>,
    ) -> Result<(Changes, Settlement), StoreError> {
        let hint = hinted.hint;
        let read = match read {
            Some(read) => Some(read),
            None => self.read(account, &[hint]).await?.pop(),
        };
        let again = || (Changes::none(), self.writer.later(hinted.task));
        let Some(HintRead { links, snapshot }) = read else {
            return Ok(again());
        };
        let changes = match snapshot {
            Ok(snapshot) => {
                let facts = self.facts.of_snapshot(account, links, snapshot.as_ref());
                let facts = facts.await?;
                let reading = Reading {
                    hint: hint.clone(),
                    snapshot,
                    contradicted: hinted.contradicted,
                };
                resolve(&reading, &facts)
            }
            Err(ReadFailure::Temporary) => return Ok(again()),
            Err(ReadFailure::Permanent(reason)) => {
                unread(hint, &reason, &self.facts.facts(links, Vec::new()))
            }
        };
        Ok((changes, Settlement::Done))
    }
}
