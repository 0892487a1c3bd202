//! The demo product, with calls that panic.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use demo_product::DemoProduct;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{
        Assessment, AssessmentPlatform, CandidateProfile, Completed, CompletedCursor, Invite,
        Outcome, PlatformError, ProductJob, Scenario,
    },
};
use url::Url;

/// A call into the product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    /// `invite`, identified by the candidate's e-mail address.
    Invite(String),
    /// `apply_outcome`.
    Outcome(AssessmentId),
    /// `assessment`.
    Assessment(AssessmentId),
    /// `report_pdf`.
    Report(AssessmentId),
}

/// The demo product, in which selected calls panic.
#[derive(Debug)]
pub(super) struct Panicking {
    product: Arc<DemoProduct>,
    faults: Mutex<BTreeMap<Call, Fault>>,
}

#[derive(Debug, Default)]
struct Fault {
    /// Number of calls that succeed before the first panic.
    spared: usize,
    panics: usize,
    corrected: bool,
}

impl Panicking {
    pub(super) fn new(product: Arc<DemoProduct>) -> Self {
        Self {
            product,
            faults: Mutex::default(),
        }
    }

    pub(super) fn product(&self) -> &DemoProduct {
        &self.product
    }

    /// Makes a call panic after `spared` successful calls.
    pub(super) fn panic_on(&self, call: Call, spared: usize) {
        let fault = Fault {
            spared,
            ..Fault::default()
        };
        self.faults.lock().unwrap().insert(call, fault);
    }

    /// Returns how often a call has panicked.
    pub(super) fn panics(&self, call: &Call) -> usize {
        let faults = self.faults.lock().unwrap();
        faults.get(call).map_or(0, |fault| fault.panics)
    }

    /// Makes all calls succeed again.
    pub(super) fn correct(&self) {
        for fault in self.faults.lock().unwrap().values_mut() {
            fault.corrected = true;
        }
    }

    fn call(&self, call: &Call) {
        let panics = {
            let mut faults = self.faults.lock().unwrap();
            faults.get_mut(call).is_some_and(|fault| {
                if fault.corrected || fault.spared > 0 {
                    fault.spared = fault.spared.saturating_sub(1);
                    return false;
                }
                fault.panics += 1;
                true
            })
        };
        assert!(!panics, "index out of bounds for Noor Haddad");
    }
}

#[async_trait]
impl AssessmentPlatform for Panicking {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        self.product.scenarios(account).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        self.product.jobs(account).await
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        let email = invite.person.email.clone().unwrap_or_default();
        self.call(&Call::Invite(email));
        self.product.invite(account, invite).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        self.call(&Call::Assessment(assessment.clone()));
        self.product.assessment(account, assessment).await
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        self.product.profile(account, assessment).await
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.call(&Call::Report(assessment.clone()));
        self.product.report_pdf(account, assessment).await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        self.product.report_url(account, assessment).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        self.call(&Call::Outcome(assessment.clone()));
        let product = &self.product;
        product
            .apply_outcome(account, assessment, outcome, revision)
            .await
    }

    /// The poll for completed assessments also reads assessments, and its calls would count as
    /// panics of the tasks.
    async fn completed_since(
        &self,
        _: &AccountId,
        _: &CompletedCursor,
        _: usize,
    ) -> Result<Completed, PlatformError> {
        Ok(Completed::NotSupported)
    }
}
