use chrono::{DateTime, Utc};

use crate::rows::{Candidate, CandidateChanges};
use crate::state::State;

impl State {
    /// Adds a candidate without checking for duplicates (documented).
    pub(crate) fn add_candidate(&mut self, changes: CandidateChanges, now: DateTime<Utc>) -> i64 {
        let id = self.next_id();
        let mut candidate = Candidate {
            id,
            first_name: String::new(),
            last_name: String::new(),
            preferred_name: None,
            company: None,
            title: None,
            private: false,
            can_email: true,
            time_zone: None,
            tags: Vec::new(),
            linked_user_ids: Vec::new(),
            email_addresses: Vec::new(),
            phone_numbers: Vec::new(),
            addresses: Vec::new(),
            website_addresses: Vec::new(),
            social_media_addresses: Vec::new(),
            custom_fields: self.unset_fields("candidate"),
            last_activity_at: now,
            created_at: now,
            updated_at: now,
        };
        candidate.change(changes, now);
        self.candidates.insert(id, candidate);
        id
    }
}
