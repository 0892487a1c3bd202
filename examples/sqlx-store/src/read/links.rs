use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, ApplicationId, AssessmentId, CandidateId,
    store::{Link, StoreError},
    webhook::Event,
};

use crate::{
    SqlxStore,
    rows::{read_record, read_records},
    session::{BoundStatement, both, statements},
};

impl SqlxStore {
    pub(crate) async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError> {
        let key = [account.as_str().into(), assessment.as_str().into()];
        let row = self.database.first(LINK, &key).await?;
        row.as_ref().map(read_record).transpose()
    }

    pub(crate) async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError> {
        let application = [account.as_str().into(), application.value().into()];
        read_records(&self.database.all(TO_APPLICATION, &application).await?)
    }

    pub(crate) async fn links_after(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        limit: usize,
    ) -> Result<Vec<Link>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let after = after.map_or("", AssessmentId::as_str);
        let values = [account.as_str().into(), limit.into(), after.into()];
        read_records(&self.database.all(AFTER, &values).await?)
    }

    pub(crate) async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError> {
        let candidate = [account.as_str().into(), candidate.value().into()];
        read_records(&self.database.all(TO_CANDIDATE, &candidate).await?)
    }
}

/// Returns queries for the links to the event's candidate and applications. Several queries can
/// find the same link.
pub(crate) fn named_by<'a>(account: &'a AccountId, event: &Event) -> Vec<BoundStatement<'a>> {
    let to = |statement, id: i64| (statement, vec![account.as_str().into(), id.into()]);
    let candidate = event.candidate().into_iter();
    let candidate = candidate.map(|candidate| to(TO_CANDIDATE, candidate.value()));
    let applications: BTreeSet<_> = event.applications().iter().copied().collect();
    let applications = applications
        .into_iter()
        .map(|application| to(TO_APPLICATION, application.value()));
    candidate.chain(applications).collect()
}

statements! {
    AFTER = both("SELECT record, version FROM links \
        WHERE account = $1 AND assessment > $3 ORDER BY assessment LIMIT $2");
    LINK = both("SELECT record, version FROM links WHERE account = $1 AND assessment = $2");
    TO_APPLICATION = both("SELECT record, version FROM links \
        WHERE account = $1 AND application = $2 ORDER BY assessment");
    TO_CANDIDATE = both("SELECT record, version FROM links \
        WHERE account = $1 AND candidate = $2 ORDER BY assessment");
}
