//! The actions of people: a person requests the push and retries it until it is done.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Clock,
    store::{PushState, TaskKind, TaskQueue},
};

use crate::{case::Case, holds, stage::Stage, verdict::Verdict};

impl Stage {
    /// Runs a case to its end. By then, every planned fault has occurred, unless the push needed
    /// fewer exchanges.
    pub(crate) async fn play(&mut self, case: &Case) -> Verdict {
        self.wire.arm(case.troubles.clone());
        if self.scenario.status.is_some() {
            return self.play_status(case).await;
        }
        if case.has_recruiter() {
            return self.play_beside_a_recruiter(case).await;
        }
        if self.scenario.triggered {
            self.notify().await;
        } else {
            self.begin().await?;
        }
        self.run(case).await?;
        if case.restarts {
            self.restart().await;
        }
        let mut blind = 0;
        for retries in 0..PATIENCE {
            let failure = match self.record().await?.state {
                PushState::Done => return self.ends_complete(case).await,
                PushState::Failed(failure) => failure,
                state => return Err(format!("the push was left in state {state:?}")),
            };
            blind += usize::from(BLIND.contains(&failure.code.as_str()));
            // Another retry would change nothing.
            if blind == 2 && self.scenario.is_blind() {
                return self.ends_blind();
            }
            self.is_not_retried_automatically().await?;
            if retries > 0 {
                self.clock.advance(PAUSE).await;
            }
            let path = match retries % 2 {
                0 => format!("sync-log/{}/retry", self.entry().await?["id"]),
                _ => format!("push/{}", self.assessment()),
            };
            self.retry(&path).await?;
            self.run(case).await?;
        }
        let state = self.record().await?.state;
        holds!(
            state == PushState::Done,
            "after {PATIENCE} retries: {state:?}"
        );
        self.ends_complete(case).await
    }

    pub(crate) async fn begin(&self) -> Verdict {
        let path = format!("push/{}", self.assessment());
        let answer = self.operator("POST", &path).await;
        holds!(answer.status == 202, "a push: {answer:?}");
        holds!(self.wire.count() == 0, "the request waited for Greenhouse");
        Ok(())
    }

    /// Checks that a failed push is not repeated when the product sends its event again.
    async fn is_not_retried_automatically(&self) -> Verdict {
        let (before, sent) = (self.record().await?, self.wire.count());
        self.notify().await;
        let work = self.work().await.map_err(|error| error.to_string())?;
        holds!(
            work && self.wire.count() == sent,
            "the push ran again without a retry"
        );
        holds!(
            self.record().await? == before,
            "the record changed without a retry"
        );
        Ok(())
    }

    /// Runs the host until the push has ended. A host that dies or is stopped is replaced.
    async fn run(&mut self, case: &Case) -> Verdict {
        for _ in 0..LONGEST_RUN {
            let lives = self.work().await.map_err(|error| error.to_string())?;
            if !lives || self.wire.host_was_stopped() {
                self.restart().await;
            }
            self.is_truthful().await?;
            self.is_at_most_one()?;
            self.note_outcome().await?;
            match self.record().await?.state {
                PushState::Queued => self.until_due().await?,
                PushState::Running { lease_until } => self.expires(case, lease_until).await?,
                _ => return Ok(()),
            }
        }
        Err("the push did not end".to_owned())
    }

    /// Records why the push waits or has failed. Checks that a waiting push has written nothing.
    async fn note_outcome(&mut self) -> Verdict {
        let push = self.record().await?;
        if let (PushState::Queued, Some(wait)) = (&push.state, push.wait) {
            let (before, now) = (self.counts_before, self.counts());
            holds!(now == before, "wrote before it waited: {now:?}");
            self.outcomes.insert(format!("waiting: {}", wait.code));
        }
        if let PushState::Failed(failure) = push.state {
            self.outcomes.insert(format!("failed: {}", failure.code));
        }
        Ok(())
    }

    /// Checks that the push of a dead host is shown as running until the lease expires, and then as
    /// failed, even before a new host has found it.
    pub(crate) async fn expires(&mut self, case: &Case, lease_until: DateTime<Utc>) -> Verdict {
        let path = format!("push/{}", self.assessment());
        let (sent, left) = (self.wire.count(), lease_until - self.clock.now());
        if left > TimeDelta::zero() {
            let running = self.operator("POST", &path).await;
            holds!(
                running.status == 202 && running.body["state"] == "running",
                "the push must read as running until its lease expires: {running:?}"
            );
            holds!(self.wire.count() == sent, "two hosts run one push");
        }
        self.clock.advance(left.to_std().unwrap_or_default()).await;
        if case.restarts {
            Ok(())
        } else {
            self.retry(&path).await
        }
    }

    pub(crate) async fn until_due(&self) -> Verdict {
        let due = self.store.next_due(&[TaskKind::Push]).await;
        let due = due.unwrap().ok_or("no host will resume the push")?;
        let left = due.signed_duration_since(self.clock.now());
        self.clock.advance(left.to_std().unwrap_or_default()).await;
        Ok(())
    }

    /// Requests the push again. If the request is too early, it must have no effect, and the
    /// response contains a time at which the person retries.
    pub(crate) async fn retry(&mut self, path: &str) -> Verdict {
        self.was_retried = true;
        let (sent, before) = (self.wire.count(), self.record().await?);
        let mut answer = self.operator("POST", path).await;
        let known = match &before.state {
            PushState::Failed(failure) => failure.retry_after,
            _ => None,
        };
        let early = answer.status == 409;
        holds!(
            early || known.is_none_or(|at| at <= self.clock.now()),
            "a retry was accepted too early: {answer:?}"
        );
        if early {
            holds!(answer.code() == Some("not_settled"), "a retry: {answer:?}");
            let seconds = answer
                .retry_after
                .ok_or("a retry was refused without Retry-After")?;
            holds!(
                (1..=MOST_WAIT).contains(&seconds),
                "refused for {seconds} s"
            );
            holds!(self.wire.count() == sent, "a refused retry sent a request");
            holds!(
                self.record().await? == before,
                "a refused retry changed the record"
            );
            self.is_truthful().await?;
            self.clock.advance(Duration::from_secs(seconds)).await;
            answer = self.operator("POST", path).await;
        }
        holds!(
            answer.status == 202,
            "a retry at the given time: {answer:?}"
        );
        holds!(
            self.wire.count() == sent,
            "the request waited for Greenhouse"
        );
        Ok(())
    }

    /// Checks that the push is complete, and that neither a repeated request nor late events change
    /// it.
    async fn ends_complete(&mut self, case: &Case) -> Verdict {
        holds!(
            !self.scenario.is_blind(),
            "the push succeeded although no user can see the person"
        );
        let sent = self.wire.count();
        let again = self
            .operator("POST", &format!("push/{}", self.assessment()))
            .await;
        holds!(
            again.status == 200 && again.body["state"] == "done",
            "requested again: {again:?}"
        );
        let retry = format!("sync-log/{}/retry", self.entry().await?["id"]);
        let refused = self.operator("POST", &retry).await;
        holds!(
            refused.status == 409 && refused.code() == Some("not_failed"),
            "retried after success: {refused:?}"
        );
        self.notify().await;
        self.clock.jump(Duration::from_secs(600)).await;
        self.run(case).await?;
        holds!(self.wire.count() == sent, "a finished push was repeated");
        Ok(())
    }

    fn ends_blind(&self) -> Verdict {
        let wrote = self.wire.sent().into_iter().find(|sent| sent.writes());
        holds!(
            wrote.is_none(),
            "wrote although no user can see the person: {}",
            wrote.unwrap()
        );
        Ok(())
    }
}

/// Pause between retries after the first retry failed.
const PAUSE: Duration = Duration::from_secs(60);
/// Maximum number of rounds of the host's loop without a retry by a person.
const LONGEST_RUN: usize = 30;
/// Maximum number of retries by a person.
const PATIENCE: usize = 6;
/// Maximum `Retry-After` in seconds: the lease, the settle time and a margin.
const MOST_WAIT: u64 = 190;
/// Failure codes if no user can see the person.
const BLIND: [&str; 2] = ["reader_blind", "forbidden"];
