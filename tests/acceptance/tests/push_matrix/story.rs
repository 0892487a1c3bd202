//! What people do: somebody pushes, and retries until it is done.

use std::time::Duration;

use greenhouse_core::{
    Clock,
    store::{PushFailure, PushState, WorkKind, WorkQueue},
};

use crate::{case::Case, holds, stage::Stage, verdict::Verdict};

impl Stage {
    /// Plays a case to its end. Whatever was planned has happened then, unless the push took another way.
    pub(crate) async fn play(&mut self, case: &Case) -> Verdict {
        self.wire.arm(case.troubles.clone());
        if self.scenario.triggered {
            self.tell().await;
        } else {
            self.press(&format!("push/{}", self.assessment()), 202)
                .await?;
        }
        self.run().await?;
        if case.restarts {
            self.restart().await;
        }
        let mut blind = 0;
        for retries in 0..PATIENCE {
            match self.record().await?.state {
                PushState::Done => return self.ends_well().await,
                PushState::Failed(failure) => {
                    if self.scenario.is_blind() && BLIND.contains(&failure.code.as_str()) {
                        blind += 1;
                    }
                    // Trying again changes nothing.
                    if blind == 2 {
                        return self.ends_blind();
                    }
                    if retries > 0 {
                        self.clock.advance(PAUSE).await;
                    }
                    self.retry(&failure, retries).await?;
                }
                state => return Err(format!("the push was left as {state:?}")),
            }
        }
        let state = self.record().await?.state;
        holds!(
            state == PushState::Done,
            "after {PATIENCE} retries: {state:?}"
        );
        self.ends_well().await
    }

    /// The host works. Where it dies, another one comes up, and once the lease has ended finds what is left.
    async fn run(&mut self) -> Verdict {
        let mut lives = self.work().await.map_err(|error| error.to_string())?;
        while !lives {
            self.restart().await;
            self.is_truthful().await?;
            let path = format!("push/{}", self.assessment());
            self.press(&path, 202).await?;
            let due = self.store.next_due(&[WorkKind::Push]).await;
            let due = due.unwrap().ok_or("nobody looks after a dead push")?;
            let lease = due.signed_duration_since(self.clock.now());
            self.clock.advance(lease.to_std().unwrap()).await;
            // Until somebody looks after it, it reads as failed to whoever asks for it.
            lives = self.work().await.map_err(|error| error.to_string())?;
        }
        self.is_truthful().await?;
        self.is_at_most_one()
    }

    /// The person retries at once; where that is too early, nothing happens but that a time is told, and then it is retried.
    async fn retry(&mut self, failure: &PushFailure, retries: usize) -> Verdict {
        let path = if retries.is_multiple_of(2) {
            format!("sync-log/{}/retry", self.entry().await?["id"])
        } else {
            format!("push/{}", self.assessment())
        };
        if failure.retry_after.is_some_and(|at| at > self.clock.now()) {
            let sent = self.wire.count();
            let (before, early) = (self.record().await?, self.operator("POST", &path).await);
            holds!(
                early.status == 409 && early.code() == Some("not_settled"),
                "a retry before its time: {early:?}"
            );
            let seconds = early.retry_after.ok_or("too early, and until when?")?;
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
        }
        self.press(&path, 202).await?;
        self.run().await
    }

    /// The push is whole, costs nothing to repeat, and stays whole whatever still comes late.
    async fn ends_well(&mut self) -> Verdict {
        holds!(!self.scenario.is_blind(), "nobody sees, and it was done");
        self.is_whole().await?;
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
        self.clock.advance(Duration::from_secs(600)).await;
        self.run().await?;
        holds!(self.wire.count() == sent, "a finished push was repeated");
        self.is_whole().await
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

    async fn press(&self, path: &str, status: u16) -> Verdict {
        let sent = self.wire.count();
        let answer = self.operator("POST", path).await;
        holds!(answer.status == status, "POST {path}: {answer:?}");
        holds!(self.wire.count() == sent, "who asks waits for Greenhouse");
        Ok(())
    }
}

/// Who has retried at once, and in vain, waits so long before every further time.
const PAUSE: Duration = Duration::from_secs(60);
/// So often a person retries.
const PATIENCE: usize = 6;
/// Seconds: the lease, the settle time and a little.
const MOST_WAIT: u64 = 190;
/// Codes that say that nobody sees.
const BLIND: [&str; 2] = ["reader_blind", "forbidden"];
