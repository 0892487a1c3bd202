use std::time::Duration;

use greenhouse_core::Backoff;

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
