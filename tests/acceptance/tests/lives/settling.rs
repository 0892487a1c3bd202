//! The end of a life, in which all faults end and Greenhouse runs for hours.

use std::time::Duration;

use crate::life::Life;

/// Number of the first exchange after all faults have ended.
pub(crate) struct Settled {
    pub(crate) from: u64,
}

impl Life {
    pub(crate) async fn settle(&mut self) -> Result<Settled, String> {
        self.note("everything works again");
        self.greenhouse.clear_faults();
        self.product.set_down(false);
        self.product.trouble_next(None);
        self.proxy.trouble_next(None);
        if self.proxy.host().is_none() {
            self.start_host().await;
        }
        let last = self.greenhouse.exchanges().last().map(|last| last.number);
        for test in self.greenhouse.take_home_tests() {
            let sent = self.greenhouse.resend_test(test.id).await;
            let sent = sent.map_err(|error| format!("test {} cannot be sent: {error}", test.id))?;
            self.remember(&sent)?;
        }
        for hours in HOURS {
            self.pass_time(Duration::from_secs(60 * 60 * hours)).await;
            self.work().await?;
        }
        Ok(Settled {
            from: last.map_or(0, |last| last + 1),
        })
    }
}

/// The first pause is longer than any wait of the host. The last pause is longer than any wait
/// between two delivery attempts of a webhook.
const HOURS: [u64; 4] = [1, 1, 1, 8];
