use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, ApplicationSnapshot, ReaderError,
    store::{ClaimedTask, Hint, Link, Settlement, StoreError, Task},
    sync::{Reading, resolve, unread},
};

use super::Webhooks;

/// A [`Task::ReadApplication`]: an event that could only hint at something.
#[derive(Debug)]
pub(crate) struct HintTask<'a> {
    task: &'a ClaimedTask,
    hint: &'a Hint,
    contradicted: bool,
}

impl<'a> HintTask<'a> {
    /// `None` if the task is of another kind.
    pub(crate) fn of(task: &'a ClaimedTask) -> Option<Self> {
        match &task.work {
            Task::ReadApplication { hint, contradicted } => Some(Self {
                task,
                hint,
                contradicted: *contradicted,
            }),
            _ => None,
        }
    }
}

impl Webhooks {
    /// Reads the true state of applications that events could only hint at: those of one account,
    /// in one call. What others change meanwhile is read again, with one call for all of it.
    pub(crate) async fn read_applications(
        &self,
        account: &AccountId,
        tasks: &[ClaimedTask],
    ) -> Result<(), StoreError> {
        let mut open: Vec<HintTask<'_>> = tasks.iter().filter_map(HintTask::of).collect();
        let mut failed = Ok(());
        for _ in 0..READS {
            let now = self.writer.now();
            open.retain(|hinted| now < hinted.task.lease_until);
            if open.is_empty() {
                break;
            }
            // The links are read first, so that what changes while Greenhouse is asked makes a
            // conflict.
            let mut links = Vec::with_capacity(open.len());
            for HintTask { hint, .. } in &open {
                let application = hint.application;
                let own = self.records.links_to_application(account, application);
                links.push(own.await?);
            }
            let ids: BTreeSet<_> = open.iter().map(|hinted| hinted.hint.application).collect();
            let ids: Vec<_> = ids.into_iter().collect();
            let seen = self.reader.applications(account, &ids).await;
            let mut conflicts = Vec::new();
            for (hinted, links) in open.into_iter().zip(links) {
                match self.resolve(account, &hinted, links, &seen).await {
                    Ok(true) => {}
                    Ok(false) => conflicts.push(hinted),
                    // The others are settled all the same.
                    Err(error) => failed = Err(error),
                }
            }
            open = conflicts;
        }
        failed
    }

    /// Settles a task by what was read. Returns `false` after a conflict.
    async fn resolve(
        &self,
        account: &AccountId,
        hinted: &HintTask<'_>,
        links: Vec<Link>,
        seen: &Result<Vec<ApplicationSnapshot>, ReaderError>,
    ) -> Result<bool, StoreError> {
        let HintTask {
            task,
            hint,
            contradicted,
        } = *hinted;
        let changes = match seen {
            Ok(seen) => {
                let mut seen = seen.iter();
                let snapshot = seen.find(|one| one.application == hint.application);
                let facts = self.facts.of_snapshot(account, links, snapshot).await?;
                let reading = Reading {
                    hint: hint.clone(),
                    snapshot: snapshot.cloned(),
                    contradicted,
                };
                resolve(&reading, &facts)
            }
            Err(ReaderError::Unavailable(_)) => {
                return self.writer.again(task).await.map(|()| true);
            }
            Err(error) => unread(
                hint,
                &error.to_string(),
                &self.facts.facts(links, Vec::new()),
            ),
        };
        self.writer
            .settle_once(task, changes, Settlement::Done)
            .await
    }
}

/// How often one claim reads, after conflicts.
const READS: usize = 8;
