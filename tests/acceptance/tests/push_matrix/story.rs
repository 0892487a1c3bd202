//! What people do: somebody pushes, and retries until it is done.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{
    Clock,
    store::{PushState, TaskKind, TaskQueue},
};

use crate::{case::Case, holds, stage::Stage, verdict::Verdict};

impl Stage {
    /// Plays a case to its end. Whatever was planned has happened then, unless the push took another way.
    pub(crate) async fn play(&mut self, case: &Case) -> Verdict {
        self.wire.arm(case.troubles.clone());
        if self.scenario.triggered {
            self.tell().await;
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
                PushState::Done => return self.ends_well(case).await,
                PushState::Failed(failure) => failure,
                state => return Err(format!("the push was left as {state:?}")),
            };
            blind += usize::from(BLIND.contains(&failure.code.as_str()));
            // Trying again changes nothing.
            if blind == 2 && self.scenario.is_blind() {
                return self.ends_blind();
            }
            self.is_left_to_a_person().await?;
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
        self.ends_well(case).await
    }

    async fn begin(&self) -> Verdict {
        let path = format!("push/{}", self.assessment());
        let answer = self.operator("POST", &path).await;
        holds!(answer.status == 202, "a push: {answer:?}");
        holds!(self.wire.count() == 0, "who asks waits for Greenhouse");
        Ok(())
    }

    /// A failed push is not repeated because the product tells again.
    async fn is_left_to_a_person(&self) -> Verdict {
        let (before, sent) = (self.record().await?, self.wire.count());
        self.tell().await;
        let work = self.work().await.map_err(|error| error.to_string())?;
        holds!(
            work && self.wire.count() == sent,
            "nobody asked for a retry"
        );
        holds!(self.record().await? == before, "nobody asked for a retry");
        Ok(())
    }

    /// The host works until the push has ended. Where the host dies or is stopped, another one comes up.
    async fn run(&mut self, case: &Case) -> Verdict {
        for _ in 0..LONGEST_RUN {
            let lives = self.work().await.map_err(|error| error.to_string())?;
            if !lives || self.wire.host_was_stopped() {
                self.restart().await;
            }
            self.is_truthful().await?;
            self.is_at_most_one()?;
            match self.record().await?.state {
                PushState::Queued => self.until_due().await?,
                PushState::Running { lease_until } => self.is_dead(case, lease_until).await?,
                _ => return Ok(()),
            }
        }
        Err("a push without end".to_owned())
    }

    /// As long as the lease lasts nobody knows that the host has died. Then the push reads as failed, whether a host has
    /// looked after it yet or the person is the first.
    async fn is_dead(&mut self, case: &Case, lease_until: DateTime<Utc>) -> Verdict {
        let path = format!("push/{}", self.assessment());
        let (sent, left) = (self.wire.count(), lease_until - self.clock.now());
        if left > TimeDelta::zero() {
            let running = self.operator("POST", &path).await;
            holds!(
                running.status == 202 && running.body["state"] == "running",
                "nobody knows that it is dead: {running:?}"
            );
            holds!(self.wire.count() == sent, "two are at one push");
        }
        self.clock.advance(left.to_std().unwrap_or_default()).await;
        if case.restarts {
            Ok(())
        } else {
            self.retry(&path).await
        }
    }

    async fn until_due(&self) -> Verdict {
        let due = self.store.next_due(&[TaskKind::Push]).await;
        let due = due.unwrap().ok_or("nobody looks after the push any more")?;
        let left = due.signed_duration_since(self.clock.now());
        self.clock.advance(left.to_std().unwrap_or_default()).await;
        Ok(())
    }

    /// The person asks for it again. Where that is too early, nothing happens but that a time is told, and it is asked for
    /// again then.
    async fn retry(&mut self, path: &str) -> Verdict {
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
            "it was too early, and was taken: {answer:?}"
        );
        if early {
            holds!(answer.code() == Some("not_settled"), "a retry: {answer:?}");
            let seconds = answer.retry_after.ok_or("too early, and until when?")?;
            holds!(
                (1..=MOST_WAIT).contains(&seconds),
                "too early by {seconds} s"
            );
            holds!(
                self.wire.count() == sent,
                "it was too early, and something was sent"
            );
            holds!(
                self.record().await? == before,
                "it was too early, and the record changed"
            );
            self.is_truthful().await?;
            self.clock.advance(Duration::from_secs(seconds)).await;
            answer = self.operator("POST", path).await;
        }
        holds!(answer.status == 202, "a retry in time: {answer:?}");
        holds!(self.wire.count() == sent, "who asks waits for Greenhouse");
        Ok(())
    }

    /// The push is whole, costs nothing to repeat, and stays whole whatever still comes late.
    async fn ends_well(&mut self, case: &Case) -> Verdict {
        holds!(!self.scenario.is_blind(), "nobody sees, and it was done");
        let sent = self.wire.count();
        let again = self
            .operator("POST", &format!("push/{}", self.assessment()))
            .await;
        holds!(
            again.status == 200 && again.body["state"] == "done",
            "pushed again: {again:?}"
        );
        let retry = format!("sync-log/{}/retry", self.entry().await?["id"]);
        let refused = self.operator("POST", &retry).await;
        holds!(
            refused.status == 409 && refused.code() == Some("not_failed"),
            "retried when done: {refused:?}"
        );
        self.tell().await;
        self.clock.jump(Duration::from_secs(600)).await;
        self.run(case).await?;
        holds!(self.wire.count() == sent, "a finished push was repeated");
        Ok(())
    }

    fn ends_blind(&self) -> Verdict {
        let wrote = self.wire.sent().into_iter().find(|sent| sent.writes());
        holds!(
            wrote.is_none(),
            "nobody sees, and it was written: {}",
            wrote.unwrap()
        );
        Ok(())
    }
}

/// Who has retried at once, and in vain, waits so long before every further time.
const PAUSE: Duration = Duration::from_secs(60);
/// So often the host looks after one push that nobody retries.
const LONGEST_RUN: usize = 30;
/// So often a person retries.
const PATIENCE: usize = 6;
/// Seconds: the lease, the settle time and a little.
const MOST_WAIT: u64 = 190;
/// Codes that say that nobody sees.
const BLIND: [&str; 2] = ["reader_blind", "forbidden"];
