/// What [`Housekeeping::purge`](super::Housekeeping::purge) removes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// The raw bodies of deliveries, by the time of arrival. The deliveries stay.
    KeptBodies,
    /// Whole deliveries, by the time of arrival, except the last one of each account, which shows that its hook was
    /// alive. A removed delivery that arrives again is new.
    Deliveries,
    /// Candidate histories, by the time of their last change.
    CandidateHistories,
    /// Entries of the sync log, by the time of the event.
    LogEntries,
}
