//! What can happen in a life.

use std::time::Duration;

use greenhouse_core::{platform::AssessmentState, testing::cut_short};
use mock_greenhouse::{Fault, FaultKind};

use crate::{
    door,
    life::Life,
    product::{self, SCENARIO},
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
                // Sometimes nobody looks for days.
                let longest = [180, 180, 180, 6_000][self.chance.below(4)];
                let minutes = 1 + self.chance.below(longest) as u64;
                self.let_pass(Duration::from_secs(60 * minutes)).await;
                Ok(())
            }
            12..=16 => self.work().await,
            17 => self.kill_at_work().await,
            18 => self.kill_while_asked().await,
            19 => self.stop().await,
            20 => {
                self.product.set_down(!self.product.is_down());
                self.tell(format!("the product is down: {}", self.product.is_down()));
                Ok(())
            }
            21 => {
                self.change_mind().await;
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
        self.tell(format!("a test is sent: {sent:?}"));
        if let Ok(test) = &sent {
            self.remember(test)?;
        }
        self.judge(sent)
    }

    /// The same once more, as after an answer that was lost.
    async fn send_again(&mut self) -> Result<(), String> {
        let Some(test) = self.any_test() else {
            return Ok(());
        };
        let sent = self.greenhouse.resend_test(test.id).await;
        self.tell(format!("test {} is sent again: {sent:?}", test.id));
        if let Ok(test) = &sent {
            self.remember(test)?;
        }
        self.judge(sent)
    }

    /// What the candidate or the product does. A host that is not told finds out when Greenhouse asks; of a second result it
    /// has to be told.
    async fn change(&mut self, state: AssessmentState) -> Result<(), String> {
        let Some(id) = self.any_invitation(state) else {
            return Ok(());
        };
        let assessment = self.product.look(&id).await.unwrap();
        let score = self.chance.below(1_001) as f64 / 10.0;
        let tells = assessment.completed_at.is_some() || self.chance.below(4) > 0;
        let now = self.clock.now();
        let changed = self.product.change(assessment, state, score, now);
        self.tell(format!("{changed} is {state:?} (told: {tells})"));
        if tells {
            self.untold.insert(changed);
        }
        // No two results have the same time.
        self.clock.advance(Duration::from_secs(1));
        self.announce().await;
        Ok(())
    }

    async fn announce(&mut self) {
        let Some(host) = self.door.host() else { return };
        for assessment in std::mem::take(&mut self.untold) {
            let told = host
                .assessment_changed(&self.hosts.account, &assessment)
                .await;
            if told.is_err() {
                self.untold.insert(assessment);
            }
        }
    }

    async fn ask(&mut self) -> Result<(), String> {
        let Some(id) = self.any_test().and_then(|test| test.partner_interview_id) else {
            return Ok(());
        };
        let status = self.greenhouse.test_status(&id).await;
        self.tell(format!("{id} is asked for: {status:?}"));
        self.judge(status)
    }

    pub(crate) async fn let_pass(&mut self, time: Duration) {
        self.clock.advance(time);
        let delivered = self.greenhouse.deliver_due().await.len();
        let asked = self.greenhouse.poll_due().await.len();
        self.tell(format!(
            "{time:?} pass, and {asked} are asked for, {delivered} events told again"
        ));
    }

    pub(crate) async fn work(&mut self) -> Result<(), String> {
        self.announce().await;
        let Some(host) = self.door.host() else {
            return Ok(());
        };
        let worked = host.background()[0].run_due(16).await;
        let settled = self.greenhouse.settle().await;
        self.tell(format!("the host does what is due: {worked:?}"));
        match worked {
            Ok(_) if settled => Ok(()),
            other => Err(format!("what is due is not done: {other:?}")),
        }
    }

    /// Whatever it was at is dropped where it is.
    async fn kill_at_work(&mut self) -> Result<(), String> {
        let Some(host) = self.door.host() else {
            self.start_host().await;
            return Ok(());
        };
        let waits = self.chance.below(24);
        let worker = host.background().swap_remove(0);
        let done = cut_short(waits, worker.run_due(16)).await.is_some();
        self.door.send_away();
        self.kills.push(self.clock.now());
        self.tell(format!(
            "the host is killed at its work after {waits} waits (done: {done})"
        ));
        self.perhaps_start().await;
        Ok(())
    }

    async fn kill_while_asked(&mut self) -> Result<(), String> {
        if self.door.host().is_none() {
            self.start_host().await;
            return Ok(());
        }
        let waits = self.chance.below(12);
        let trouble = door::Trouble::Killed { waits };
        self.door.trouble_next(Some(trouble));
        self.tell(format!(
            "the host is killed when it is sent a test, after {waits} waits"
        ));
        self.send().await?;
        self.door.trouble_next(None);
        self.door.send_away();
        self.perhaps_start().await;
        Ok(())
    }

    /// Or comes back, where it is gone.
    async fn stop(&mut self) -> Result<(), String> {
        if self.door.host().is_none() {
            self.start_host().await;
            return Ok(());
        }
        self.end_host().await;
        self.tell("the host is stopped");
        self.perhaps_start().await;
        Ok(())
    }

    async fn perhaps_start(&mut self) {
        if self.chance.below(3) > 0 {
            self.start_host().await;
        }
    }

    /// The candidate is rejected, or it is undone.
    async fn change_mind(&mut self) {
        let rejected = match self.greenhouse.reject(self.application).await {
            Ok(_) => true,
            Err(_) => {
                self.greenhouse.unreject(self.application).await.unwrap();
                false
            }
        };
        self.tell(format!("the candidate is rejected: {rejected}"));
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
        self.tell(format!("the next completion call fails: {kind:?}"));
    }

    /// On the way from Greenhouse to the host, or on the way from the host to the product.
    async fn lose_an_answer(&mut self) -> Result<(), String> {
        let kind = self.chance.below(4);
        let of_product = [product::Trouble::AnswerLost, product::Trouble::Refused];
        if let Some(trouble) = of_product.get(kind) {
            self.product.trouble_next(Some(*trouble));
            self.tell(format!("the product's next invitation: {trouble:?}"));
            return Ok(());
        }
        let trouble = [door::Trouble::Lost, door::Trouble::AnswerLost][kind - of_product.len()];
        self.tell(format!("Greenhouse's next call: {trouble:?}"));
        self.door.trouble_next(Some(trouble));
        self.send().await?;
        self.door.trouble_next(None);
        Ok(())
    }
}
