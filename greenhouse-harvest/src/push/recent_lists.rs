//! Lists of options that were read from Greenhouse a short time ago.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, InterviewKitId, StageId, UserId,
    recent::{BegunRead, Recent},
    settings::{HarvestCredential, PushSettings},
};
use http::Response;

/// Cache of lists, by account and address of the list.
pub(super) struct RecentLists(Recent<ListAddress, Arc<RecentList>>);

/// Account, and list with its parameter, such as `stages` and a job.
pub(super) type ListAddress = (AccountId, &'static str, Option<String>);

/// A list with the settings that it depends on.
struct RecentList {
    credential: HarvestCredential,
    acting_user: Option<UserId>,
    mapped: Mapped,
    response: Response<Bytes>,
}

impl RecentLists {
    pub(super) fn new() -> Self {
        Self(Recent::new(CAPACITY))
    }

    /// Returns a list that was read with these settings less than `max_age` ago.
    pub(super) fn get(
        &self,
        address: &ListAddress,
        settings: &PushSettings,
        now: DateTime<Utc>,
        max_age: Duration,
    ) -> Option<Response<Bytes>> {
        let list = self.0.get(address, now, max_age)?;
        let is_of_settings = list.credential == settings.credential
            && list.acting_user == settings.acting_user
            && list.mapped == Mapped::of(settings);
        is_of_settings.then(|| list.response.clone())
    }

    pub(super) fn begin(&self, now: DateTime<Utc>) -> BegunRead {
        self.0.begin(now)
    }

    /// Stores a list that was read with these settings.
    pub(super) fn put(
        &self,
        address: ListAddress,
        settings: &PushSettings,
        response: &Response<Bytes>,
        read: BegunRead,
    ) {
        let list = RecentList {
            credential: settings.credential.clone(),
            acting_user: settings.acting_user,
            mapped: Mapped::of(settings),
            response: response.clone(),
        };
        self.0.put(address, Arc::new(list), read);
    }
}

/// The stages and interview kits in the settings.
#[derive(PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) stages: BTreeSet<StageId>,
    pub(super) kits: BTreeSet<InterviewKitId>,
}

impl Mapped {
    pub(super) fn of(settings: &PushSettings) -> Self {
        let jobs = || settings.jobs.values();
        Self {
            stages: jobs()
                .flat_map(|mapping| [mapping.stage, mapping.advance_to])
                .flatten()
                .chain(settings.stage_tests.iter().map(|test| test.stage))
                .collect(),
            kits: jobs().filter_map(|mapping| mapping.interview_kit).collect(),
        }
    }
}

/// Maximum number of lists of all accounts. A list of 2,000 rows has about 200 kB.
const CAPACITY: usize = 64;
