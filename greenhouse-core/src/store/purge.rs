/// Rows that [`Housekeeping::purge`](super::Housekeeping::purge) removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// Raw bodies of deliveries, by time of arrival. The deliveries stay.
    KeptBodies,
    /// Whole deliveries, by time of arrival, except the last one of each account, which shows that
    /// its hook worked. A removed delivery that arrives again counts as new.
    Deliveries,
    /// Candidate histories, by time of their last change.
    CandidateHistories,
    /// Entries of the sync log, by time of the event.
    LogEntries,
}
