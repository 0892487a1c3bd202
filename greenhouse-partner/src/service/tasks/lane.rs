use std::collections::BTreeMap;

use greenhouse_core::{
    AccountId,
    store::{ClaimedTask, TaskKind},
};

/// Concurrent calls for tasks of some kinds, shared fairly between accounts.
#[derive(Debug)]
pub(super) struct Lane {
    kinds: &'static [TaskKind],
    /// Maximum number of tasks in one call, all of the same account.
    batch: usize,
    /// Maximum number of concurrent calls for one account.
    share: usize,
    /// Calls that may still be started.
    left: usize,
    /// Running claim.
    claiming: Option<NextClaim>,
    /// `true` if no account below its share has more tasks.
    is_drained: bool,
    /// Running calls of each account.
    running: BTreeMap<AccountId, usize>,
}

/// Claim that a lane makes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NextClaim {
    pub(super) kinds: &'static [TaskKind],
    pub(super) limit: usize,
    /// Accounts that have reached their share.
    pub(super) skip: Vec<AccountId>,
}

impl Lane {
    /// Creates a lane whose calls each run one task.
    pub(super) fn one_by_one(kinds: &'static [TaskKind], limit: usize) -> Self {
        Self::new(kinds, limit, 1, SHARE)
    }

    /// Creates a lane whose calls each run up to `batch` tasks of one account.
    pub(super) fn batched(kinds: &'static [TaskKind], limit: usize, batch: usize) -> Self {
        Self::new(kinds, limit, batch, 1)
    }

    fn new(kinds: &'static [TaskKind], limit: usize, batch: usize, share: usize) -> Self {
        Self {
            kinds,
            batch,
            share,
            left: limit,
            claiming: None,
            is_drained: false,
            running: BTreeMap::new(),
        }
    }

    /// Returns the next claim, which lets no account exceed its share. `None` if nothing can be
    /// claimed now.
    pub(super) fn next_claim(&mut self) -> Option<NextClaim> {
        if self.claiming.is_some() || self.is_drained {
            return None;
        }
        let total: usize = self.running.values().sum();
        let free = MAX_CALLS.saturating_sub(total).min(self.left);
        let (full, others): (Vec<_>, Vec<_>) = self
            .running
            .iter()
            .partition(|(_, calls)| **calls >= self.share);
        let most = others.into_iter().map(|(_, calls)| *calls).max();
        let limit = match self.batch {
            1 => free.min(self.share - most.unwrap_or_default()),
            batch if free > 0 => batch,
            _ => 0,
        };
        if limit == 0 {
            return None;
        }
        let skip = full.into_iter().map(|(account, _)| account.clone());
        self.claiming = Some(NextClaim {
            kinds: self.kinds,
            limit,
            skip: skip.collect(),
        });
        self.claiming.clone()
    }

    /// Groups the claimed tasks into calls, and marks the calls as running.
    pub(super) fn take(&mut self, tasks: Vec<ClaimedTask>) -> Vec<(AccountId, Vec<ClaimedTask>)> {
        if let Some(claim) = self.claiming.take() {
            let is_full = |account| self.running.get(account) == Some(&self.share);
            self.is_drained = tasks.len() < claim.limit && claim.skip.iter().all(is_full);
        }
        let mut calls: Vec<(AccountId, Vec<ClaimedTask>)> = Vec::new();
        for task in tasks {
            let call = calls.iter_mut().find(|(account, tasks)| {
                // A task that panicked runs alone, so that it does not park others.
                let is_calm = task.panics == 0 && tasks.iter().all(|other| other.panics == 0);
                *account == task.account && tasks.len() < self.batch && is_calm
            });
            match call {
                Some((_, tasks)) => tasks.push(task),
                None => calls.push((task.account.clone(), vec![task])),
            }
        }
        for (account, _) in &calls {
            *self.running.entry(account.clone()).or_default() += 1;
        }
        self.left = self.left.saturating_sub(calls.len());
        calls
    }

    /// Releases a finished call.
    pub(super) fn release(&mut self, account: &AccountId) {
        if let Some(calls) = self.running.get_mut(account) {
            // Claims skipped further tasks of this account.
            self.is_drained &= *calls < self.share;
            *calls -= 1;
            if *calls == 0 {
                self.running.remove(account);
            }
        }
    }
}

/// Maximum number of concurrent calls of a lane, low enough for all to finish well within a lease.
const MAX_CALLS: usize = 16;

/// Maximum number of concurrent calls for one account.
const SHARE: usize = 8;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use greenhouse_core::{
        InvitationId,
        store::{Task, TaskId},
    };

    use super::*;

    #[test]
    fn no_account_exceeds_its_share() {
        let mut lane = Lane::one_by_one(&[TaskKind::Invite], 100);
        assert_eq!(claim(&mut lane), Some((8, vec![])));
        assert_eq!(lane.next_claim(), None, "one claim at a time");
        assert_eq!(lane.take(tasks("busy", 8)).len(), 8);
        assert_eq!(claim(&mut lane), Some((8, vec!["busy"])));
        assert_eq!(lane.take(tasks("quiet", 3)).len(), 3);
        assert_eq!(lane.next_claim(), None, "the others have no more");
        lane.release(&AccountId::new("quiet"));
        assert_eq!(lane.next_claim(), None);
        lane.release(&AccountId::new("busy"));
        assert_eq!(claim(&mut lane), Some((1, vec![])), "its share is eight");
        lane.take(tasks("busy", 1));
        assert_eq!(claim(&mut lane), Some((6, vec!["busy"])));
    }

    #[test]
    fn claims_again_after_a_release_during_a_claim() {
        let mut lane = Lane::one_by_one(&[TaskKind::Invite], 100);
        claim(&mut lane);
        lane.take(tasks("busy", 8));
        assert_eq!(claim(&mut lane), Some((8, vec!["busy"])));
        (0..8).for_each(|_| lane.release(&AccountId::new("busy")));
        lane.take(Vec::new());
        assert_eq!(claim(&mut lane), Some((8, vec![])));
    }

    #[test]
    fn claims_at_most_the_limit() {
        let mut lane = Lane::one_by_one(&[TaskKind::Invite], 11);
        claim(&mut lane);
        lane.take(tasks("a", 8));
        assert_eq!(claim(&mut lane), Some((3, vec!["a"])));
        lane.take(tasks("b", 3));
        lane.release(&AccountId::new("a"));
        assert_eq!(lane.next_claim(), None);
        assert_eq!(Lane::one_by_one(&[TaskKind::Invite], 0).next_claim(), None);
    }

    #[test]
    fn a_call_runs_a_batch_of_one_account() {
        let mut lane = Lane::batched(&[TaskKind::ReadApplication], 100, 50);
        assert_eq!(claim(&mut lane), Some((50, vec![])));
        let mixed = [tasks("a", 20), tasks("b", 20), tasks("a", 10)].concat();
        let calls = lane.take(mixed);
        let sizes = calls
            .iter()
            .map(|(account, tasks)| (account.as_str(), tasks.len()));
        assert_eq!(sizes.collect::<Vec<_>>(), [("a", 30), ("b", 20)]);
        assert_eq!(claim(&mut lane), Some((50, vec!["a", "b"])));
        lane.take(Vec::new());
        lane.release(&AccountId::new("b"));
        assert_eq!(claim(&mut lane), Some((50, vec!["a"])));
    }

    fn claim(lane: &mut Lane) -> Option<(usize, Vec<&'static str>)> {
        let NextClaim { limit, skip, .. } = lane.next_claim()?;
        let names = ["a", "b", "busy", "quiet"];
        let skip = names
            .into_iter()
            .filter(|name| skip.contains(&AccountId::new(*name)));
        Some((limit, skip.collect()))
    }

    fn tasks(account: &str, count: usize) -> Vec<ClaimedTask> {
        let invite = Task::Invite {
            invitation: InvitationId::new("i"),
        };
        let (account, at) = (AccountId::new(account), DateTime::UNIX_EPOCH);
        let task = ClaimedTask::new(TaskId::new(1), account, invite, 0, 1, at, at);
        vec![task; count]
    }
}
