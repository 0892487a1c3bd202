//! How a life ends: everything works again, and Greenhouse goes on for hours.

use std::time::Duration;

use crate::life::Life;

/// When everything worked again: the first exchange after that.
pub(crate) struct Settled {
    pub(crate) from: u64,
}

impl Life {
    pub(crate) async fn settle(&mut self) -> Result<Settled, String> {
        self.tell("everything works again");
        self.greenhouse.clear_faults();
        self.product.set_down(false);
        self.product.trouble_next(None);
        self.door.trouble_next(None);
        if self.door.host().is_none() {
            self.start_host().await;
        }
        let last = self.greenhouse.exchanges().last().map(|last| last.number);
        for test in self.greenhouse.take_home_tests() {
            let sent = self.greenhouse.resend_test(test.id).await;
            let sent = sent.map_err(|error| format!("test {} cannot be sent: {error}", test.id))?;
            self.remember(&sent)?;
        }
        for hours in HOURS {
            self.let_pass(Duration::from_secs(60 * 60 * hours)).await;
            self.work().await?;
        }
        Ok(Settled {
            from: last.map_or(0, |last| last + 1),
        })
    }
}

/// No wait of the host's is longer than the first, and no wait between two attempts at a webhook longer than the last.
const HOURS: [u64; 4] = [1, 1, 1, 8];
