use greenhouse_core::{
    ApplicationId, ApplicationSnapshot, ReaderError,
    store::{ClaimedWork, Hint, Settlement, StoreError},
    sync::{Known, Reading, resolve, unread},
};

use crate::{PartnerService, service::DECISIONS};

impl PartnerService {
    /// Reads the true state of an application that an event could only hint at.
    pub(super) async fn read_application(
        &self,
        work: &ClaimedWork,
        hint: &Hint,
        contradicted: bool,
    ) -> Result<(), StoreError> {
        for _ in 0..DECISIONS {
            // The links are read first, so that what changes while Greenhouse is asked makes a conflict.
            let links = self
                .parts
                .store
                .links_to_application(&work.account, hint.application)
                .await?;
            let seen = self.snapshot(work, hint.application).await;
            let known = Known {
                links,
                reader: true,
                now: self.parts.clock.now(),
                settle_time: self.parts.config.settle_time,
            };
            let changes = match seen {
                Ok(snapshot) => {
                    let reading = Reading {
                        hint: hint.clone(),
                        snapshot,
                        contradicted,
                    };
                    resolve(&reading, &known)
                }
                Err(ReaderError::Unavailable(_)) => return self.again(work).await,
                Err(error) => unread(hint, &error.to_string(), &known),
            };
            if self.settle(work, changes, Settlement::Done).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn snapshot(
        &self,
        work: &ClaimedWork,
        application: ApplicationId,
    ) -> Result<Option<ApplicationSnapshot>, ReaderError> {
        let reader = self
            .parts
            .reader
            .as_ref()
            .ok_or(ReaderError::NotConfigured)?;
        let found = self
            .read(reader.applications(&work.account, &[application]))
            .await?;
        Ok(found
            .into_iter()
            .find(|snapshot| snapshot.application == application))
    }
}
