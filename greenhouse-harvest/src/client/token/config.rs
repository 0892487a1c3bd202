use std::time::Duration;

/// How a client deals with its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenConfig {
    /// How long one exchange with the token host may take. Default: 10 s.
    pub deadline: Duration,
    /// How long one host may take to get a token, before another may try. Never shorter than twice the deadline. Default: 30 s.
    pub lease: Duration,
    /// How often a call looks again while another host gets the token that it needs. Default: 250 ms.
    pub look_again: Duration,
    /// How long before its end a token is replaced; of a short life half. Default: 2 minutes.
    pub early: Duration,
    /// How long a token that is still good is used after the token host gave no new one. Default: 30 s.
    pub pause: Duration,
    /// From which age [`keep_alive`](crate::PartnerConnection::keep_alive) replaces a refresh token. It dies unused after 24
    /// hours by older texts of Greenhouse and after 14 days by newer ones. Default: 12 hours, half of the shorter.
    pub keep_alive_after: Duration,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(10),
            lease: Duration::from_secs(30),
            look_again: Duration::from_millis(250),
            early: Duration::from_secs(120),
            pause: Duration::from_secs(30),
            keep_alive_after: Duration::from_secs(12 * 3600),
        }
    }
}

impl TokenConfig {
    /// The same, where every request can end before its lease does.
    pub(super) fn sound(mut self) -> Self {
        self.lease = self.lease.max(self.deadline.saturating_mul(2));
        self.look_again = self.look_again.max(Duration::from_millis(10));
        self
    }
}
