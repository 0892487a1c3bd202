use std::time::Duration;

use greenhouse_core::{Backoff, BuildError};

use crate::CallbackPolicy;

/// How a [`PartnerService`](crate::PartnerService) behaves, the same for all accounts.
///
/// Start from the default and change what differs. A lease must outlive the longest call that is made under it: the
/// product's, the notice's and the reader's deadline, each with time left to write its result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerConfig {
    /// Where completion notices may go. Default: https to hosts under `.greenhouse.io`.
    pub callback: CallbackPolicy,
    /// The largest body of a webhook, in bytes. Default: 1 MiB.
    pub webhook_body_limit: usize,
    /// The largest body of any other request, in bytes. Default: 64 KiB.
    pub body_limit: usize,
    /// How long one call into the product may take. Default: 10 s.
    pub product_deadline: Duration,
    /// How long one completion notice may take. Default: 10 s.
    pub notice_deadline: Duration,
    /// How long reading the true state of applications may take. Default: 30 s.
    pub reader_deadline: Duration,
    /// The waits between attempts at one completion notice. Default: 30 s, doubled up to 1 h.
    pub notice_backoff: Backoff,
    /// How long a completion notice is attempted before it counts as refused; the waits between the attempts count alone,
    /// and not the time in which no host ran. Default: 24 h.
    pub notice_patience: Duration,
    /// The waits between attempts at a call into the product, and at reading applications. Both are attempted until they
    /// are answered. Default: 5 s, doubled up to 10 min.
    pub work_backoff: Backoff,
    /// How long a partner key stays valid that was rotated. Default: 7 days.
    pub key_overlap: Duration,
    /// How often pushed applications are compared with Greenhouse; see [`Reconciliation`](crate::Reconciliation). Default: 6 h.
    pub reconcile_every: Duration,
    /// How long Greenhouse may be silent before health warns of it, where anything was pushed. Default: 7 days.
    pub hook_silence: Duration,
    /// How long claimed work is this host's own. Default: 60 s.
    pub lease: Duration,
    /// How long after a change Greenhouse may still answer the earlier state. Default: 60 s.
    pub settle_time: Duration,
}

impl Default for PartnerConfig {
    fn default() -> Self {
        Self {
            callback: CallbackPolicy::default(),
            webhook_body_limit: 1024 * 1024,
            body_limit: 64 * 1024,
            product_deadline: Duration::from_secs(10),
            notice_deadline: Duration::from_secs(10),
            reader_deadline: Duration::from_secs(30),
            notice_backoff: Backoff::new(Duration::from_secs(30), Duration::from_secs(60 * 60)),
            notice_patience: Duration::from_secs(24 * 60 * 60),
            work_backoff: Backoff::new(Duration::from_secs(5), Duration::from_secs(10 * 60)),
            key_overlap: Duration::from_secs(7 * 24 * 60 * 60),
            reconcile_every: Duration::from_secs(6 * 60 * 60),
            hook_silence: Duration::from_secs(7 * 24 * 60 * 60),
            lease: Duration::from_secs(60),
            settle_time: Duration::from_secs(60),
        }
    }
}

impl PartnerConfig {
    /// Refuses what cannot work.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        for (setting, bytes) in [
            ("partner.webhook_body_limit", self.webhook_body_limit),
            ("partner.body_limit", self.body_limit),
        ] {
            BuildError::ensure(bytes > 0, setting, || "expected at least 1 byte, got 0")?;
        }
        for (setting, time) in [
            ("partner.product_deadline", self.product_deadline),
            ("partner.notice_deadline", self.notice_deadline),
            ("partner.reader_deadline", self.reader_deadline),
        ] {
            let lease = self.lease;
            BuildError::ensure(!time.is_zero() && time < lease, setting, || {
                format!("expected more than 0 s and less than the lease of {lease:?}, got {time:?}")
            })?;
        }
        for (setting, time) in [
            ("partner.notice_backoff", self.notice_backoff.first()),
            ("partner.work_backoff", self.work_backoff.first()),
            ("partner.reconcile_every", self.reconcile_every),
            ("partner.hook_silence", self.hook_silence),
        ] {
            BuildError::ensure(
                !time.is_zero(),
                setting,
                || "expected more than 0 s, got 0 s",
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_refused_by_its_name() {
        assert!(PartnerConfig::default().check().is_ok());
        type Change = fn(&mut PartnerConfig);
        let changes: [(&str, Change); 8] = [
            ("partner.body_limit", |config| config.body_limit = 0),
            ("partner.webhook_body_limit", |config| {
                config.webhook_body_limit = 0;
            }),
            ("partner.product_deadline", |config| {
                config.product_deadline = Duration::ZERO;
            }),
            ("partner.notice_deadline", |config| {
                config.notice_deadline = config.lease;
            }),
            ("partner.reader_deadline", |config| {
                config.lease = Duration::from_secs(30);
            }),
            ("partner.work_backoff", |config| {
                config.work_backoff = Backoff::new(Duration::ZERO, Duration::ZERO);
            }),
            ("partner.reconcile_every", |config| {
                config.reconcile_every = Duration::ZERO;
            }),
            ("partner.hook_silence", |config| {
                config.hook_silence = Duration::ZERO;
            }),
        ];
        for (setting, change) in changes {
            let mut config = PartnerConfig::default();
            change(&mut config);
            let refused = config.check().map_err(|error| error.setting().to_owned());
            assert_eq!(refused, Err(setting.to_owned()));
        }
    }
}
