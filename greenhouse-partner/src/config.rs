use std::time::Duration;

use greenhouse_core::{Backoff, BuildError};

use crate::CallbackPolicy;

/// Configuration of a [`PartnerService`](crate::PartnerService), the same for all accounts.
///
/// Start from the default and change individual fields. The lease must exceed the product, notice
/// and reader deadlines, so that the result of a call can still be written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartnerConfig {
    /// Allowed addresses for completion notices. Default: https to hosts under `.greenhouse.io`.
    pub callback: CallbackPolicy,
    /// Maximum size of a webhook body, in bytes. Default: 1 MiB.
    pub webhook_body_limit: usize,
    /// Maximum size of any other request body, in bytes. Default: 64 KiB.
    pub body_limit: usize,
    /// Deadline for a call to the product. Default: 10 s.
    pub product_deadline: Duration,
    /// Deadline for one attempt at a completion notice. Default: 10 s.
    pub notice_deadline: Duration,
    /// Deadline for reading applications from Greenhouse. Default: 30 s.
    pub reader_deadline: Duration,
    /// Waits between attempts at a completion notice. Default: 30 s, doubled up to 1 h.
    pub notice_backoff: Backoff,
    /// Time after which a completion notice is abandoned. Measured by the waits between attempts,
    /// without the time in which no host ran. Default: 24 h.
    pub notice_patience: Duration,
    /// Waits between attempts to call the product or to read applications. Both are retried until
    /// they succeed. Default: 5 s, doubled up to 10 min.
    pub work_backoff: Backoff,
    /// Time for which a rotated partner key stays valid. Default: 7 days.
    pub key_overlap: Duration,
    /// Interval between comparisons of pushed applications with Greenhouse; see
    /// [`Reconciliation`](crate::Reconciliation). Default: 6 h.
    pub reconcile_every: Duration,
    /// Time without a webhook after which the health check warns, if an assessment was pushed.
    /// Default: 7 days.
    pub hook_silence: Duration,
    /// Lease of a claimed task. Default: 60 s.
    pub lease: Duration,
    /// Time after a change during which Greenhouse may still return the earlier state. Default: 60
    /// s.
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
    /// Rejects invalid values.
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
    fn rejects_each_impossible_setting_by_name() {
        assert!(PartnerConfig::default().check().is_ok());
        type ConfigChange = fn(&mut PartnerConfig);
        let changes: [(&str, ConfigChange); 8] = [
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
