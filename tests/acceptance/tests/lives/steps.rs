//! Steps of a life.

use std::time::Duration;

use greenhouse_core::{platform::AssessmentState, testing::cut_short};
use mock_greenhouse::{Fault, FaultKind};

use crate::{
    life::Life,
    product::{self, SCENARIO},
    proxy,
};

impl Life {
    pub(crate) async fn step(&mut self) -> Result<(), String> {
        match self.chance.below(24) {
            0 | 1 => self.send().await,
            2 => self.send_again().await,
            3 => self.change(AssessmentState::Started).await,
            4..=7 => self.change(AssessmentState::Completed).await,
            8 => {
                let ends = [AssessmentState::Withdrawn, AssessmentState::Expired];
                let end = ends[self.chance.below(2)];
                self.change(end).await
            }
            9 => self.ask().await,
            10 | 11 => {
                // Sometimes nothing happens for days.
                let longest = [180, 180, 180, 6_000][self.chance.below(4)];
                let minutes = 1 + self.chance.below(longest) as u64;
                self.pass_time(Duration::from_secs(60 * minutes)).await;
                Ok(())
            }
            12..=16 => self.work().await,
            17 => self.kill_during_tasks().await,
            18 => self.kill_during_request().await,
            19 => self.stop().await,
            20 => {
                self.product.set_down(!self.product.is_down());
                self.note(format!("the product is down: {}", self.product.is_down()));
                Ok(())
            }
            21 => {
                self.toggle_rejection().await;
                Ok(())
            }
            22 => {
                self.greenhouse_fails();
                Ok(())
            }
            _ => self.lose_an_answer().await,
        }
    }

    async fn send(&mut self) -> Result<(), String> {
        let sent = self.greenhouse.send_test(self.application, SCENARIO).await;
        self.note(format!("a test is sent: {sent:?}"));
        if let Ok(test) = &sent {
            self.remember(test)?;
        }
        self.judge(sent)
    }

    /// Sends a test again, as after a lost response.
    async fn send_again(&mut self) -> Result<(), String> {
        let Some(test) = self.any_test() else {
            return Ok(());
        };
        let sent = self.greenhouse.resend_test(test.id).await;
        self.note(format!("test {} is sent again: {sent:?}", test.id));
        if let Ok(test) = &sent {
            self.remember(test)?;
        }
        self.judge(sent)
    }

    /// Changes the state of an assessment as the candidate or the product does. A host that misses
    /// the event detects the change when Greenhouse polls, but detects a second result only from an
    /// event.
    async fn change(&mut self, state: AssessmentState) -> Result<(), String> {
        let Some(id) = self.any_invitation(state) else {
            return Ok(());
        };
        let assessment = self.product.look(&id).await.unwrap();
        let score = self.chance.below(1_001) as f64 / 10.0;
        let sends_event = assessment.completed_at.is_some() || self.chance.below(4) > 0;
        let now = self.clock.now();
        let changed = self.product.change(assessment, state, score, now);
        self.note(format!(
            "{changed} is {state:?} (event sent: {sends_event})"
        ));
        if sends_event {
            self.unsent.insert(changed);
        }
        // Advances the clock, so that each result has its own time.
        self.clock.advance(Duration::from_secs(1));
        self.announce().await;
        Ok(())
    }

    async fn announce(&mut self) {
        let Some(host) = self.proxy.host() else {
            return;
        };
        for assessment in std::mem::take(&mut self.unsent) {
            let received = host
                .assessment_changed(&self.hosts.account, &assessment)
                .await;
            if received.is_err() {
                self.unsent.insert(assessment);
            }
        }
    }

    async fn ask(&mut self) -> Result<(), String> {
        let Some(id) = self.any_test().and_then(|test| test.partner_interview_id) else {
            return Ok(());
        };
        let status = self.greenhouse.test_status(&id).await;
        self.note(format!("{id} is polled: {status:?}"));
        self.judge(status)
    }

    pub(crate) async fn pass_time(&mut self, time: Duration) {
        self.clock.advance(time);
        let delivered = self.greenhouse.deliver_due().await.len();
        let asked = self.greenhouse.poll_due().await.len();
        self.note(format!(
            "{time:?} pass, {asked} tests are polled, {delivered} events delivered again"
        ));
    }

    pub(crate) async fn work(&mut self) -> Result<(), String> {
        self.announce().await;
        let Some(host) = self.proxy.host() else {
            return Ok(());
        };
        let worked = host.background()[0].run_due(16).await;
        let settled = self.greenhouse.settle().await;
        self.note(format!("the host runs due tasks: {worked:?}"));
        match worked {
            Ok(_) if settled => Ok(()),
            other => Err(format!("due tasks failed: {other:?}")),
        }
    }

    /// Kills the host while it runs tasks.
    async fn kill_during_tasks(&mut self) -> Result<(), String> {
        let Some(host) = self.proxy.host() else {
            self.start_host().await;
            return Ok(());
        };
        let waits = self.chance.below(24);
        let worker = host.background().swap_remove(0);
        let done = cut_short(waits, worker.run_due(16)).await.is_some();
        self.proxy.disconnect();
        self.kills.push(self.clock.now());
        self.note(format!(
            "the host is killed while it runs tasks, after {waits} awaits (finished: {done})"
        ));
        self.maybe_start().await;
        Ok(())
    }

    async fn kill_during_request(&mut self) -> Result<(), String> {
        if self.proxy.host().is_none() {
            self.start_host().await;
            return Ok(());
        }
        let waits = self.chance.below(12);
        let trouble = proxy::Trouble::Killed { waits };
        self.proxy.trouble_next(Some(trouble));
        self.note(format!(
            "the host is killed while it receives a test, after {waits} awaits"
        ));
        self.send().await?;
        self.proxy.trouble_next(None);
        self.proxy.disconnect();
        self.maybe_start().await;
        Ok(())
    }

    /// Stops the host, or starts it if it is stopped.
    async fn stop(&mut self) -> Result<(), String> {
        if self.proxy.host().is_none() {
            self.start_host().await;
            return Ok(());
        }
        self.end_host().await;
        self.note("the host is stopped");
        self.maybe_start().await;
        Ok(())
    }

    async fn maybe_start(&mut self) {
        if self.chance.below(3) > 0 {
            self.start_host().await;
        }
    }

    /// Rejects or unrejects the candidate.
    async fn toggle_rejection(&mut self) {
        let rejected = match self.greenhouse.reject(self.application).await {
            Ok(_) => true,
            Err(_) => {
                self.greenhouse.unreject(self.application).await.unwrap();
                false
            }
        };
        self.note(format!("the candidate is rejected: {rejected}"));
    }

    fn greenhouse_fails(&mut self) {
        let kinds = [
            FaultKind::Cut { applied: true },
            FaultKind::Cut { applied: false },
            FaultKind::Status {
                status: 503,
                applied: true,
            },
            FaultKind::TooManyRequests {
                retry_after_seconds: Some(120),
            },
        ];
        let kind = kinds[self.chance.below(kinds.len())];
        let path = "/integrations/testing_partners/take_home_tests/{id}";
        self.greenhouse.add_fault(Fault::new("PATCH", path, kind));
        self.note(format!("the next completion call fails: {kind:?}"));
    }

    /// Loses a request or response between Greenhouse and the host or between the host and the
    /// product, or makes the product refuse the next candidate.
    async fn lose_an_answer(&mut self) -> Result<(), String> {
        let kind = self.chance.below(4);
        let of_product = [product::Trouble::AnswerLost, product::Trouble::Refused];
        if let Some(trouble) = of_product.get(kind) {
            self.product.trouble_next(Some(*trouble));
            self.note(format!("the product's next invitation: {trouble:?}"));
            return Ok(());
        }
        let trouble = [proxy::Trouble::Lost, proxy::Trouble::AnswerLost][kind - of_product.len()];
        self.note(format!("Greenhouse's next call: {trouble:?}"));
        self.proxy.trouble_next(Some(trouble));
        self.send().await?;
        self.proxy.trouble_next(None);
        Ok(())
    }
}
