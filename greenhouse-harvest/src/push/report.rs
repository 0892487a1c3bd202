//! Third step: the PDF on the application.

use greenhouse_core::{ApplicationId, store::PushStep};

use super::{
    failure::Stop,
    run::{Kit, Run},
};
use crate::api::{AttachmentFilter, NewAttachment};

impl Run<'_> {
    /// Attaches the report, unless that is done. Its file name tells it from every other.
    pub(super) async fn report(
        &mut self,
        kit: &Kit,
        application: ApplicationId,
    ) -> Result<(), Stop> {
        if self.done_id(STEP).is_some() {
            return Ok(());
        }
        let filename = format!("assessment-{}.pdf", kit.plan.marker);
        if self.unknown_since(STEP).is_some() {
            if let Some(id) = self.look_up_report(kit, application, &filename).await? {
                return self.done(STEP, id, true).await;
            }
            self.proves_absence(kit, STEP).await?;
        }
        let pdf = self
            .service
            .report_pdf(self.account(), &self.push.assessment)
            .await
            .map_err(|error| Stop::platform(STEP, &error))?;
        let kind = kit.settings.report_attachment;
        let new = NewAttachment::new(application, &*filename, kind, pdf);

        self.begin(&[STEP]).await?;
        match kit.client.create_attachment(&new).await {
            Ok(attachment) => self.done(STEP, attachment.id.value(), false).await,
            Err(error) if error.outcome_unknown() => {
                self.left_unknown();
                match self.look_up_report(kit, application, &filename).await {
                    Ok(Some(id)) => self.done(STEP, id, true).await,
                    Ok(None) | Err(Stop::Failed(_)) => Err(self.unknown_outcome(STEP)),
                    Err(stop) => Err(stop),
                }
            }
            Err(error) => {
                self.not_done(&[STEP]).await?;
                Err(Stop::harvest(STEP, "attach the report", &error))
            }
        }
    }

    async fn look_up_report(
        &self,
        kit: &Kit,
        application: ApplicationId,
        filename: &str,
    ) -> Result<Option<i64>, Stop> {
        let filter = AttachmentFilter::new().application_ids([application]);
        let rows = kit.client.attachments(&filter).all().await;
        let rows = rows.map_err(|error| Stop::harvest(STEP, "look for the report", &error))?;
        let ours = rows
            .iter()
            .find(|row| row.filename.as_deref() == Some(filename));
        Ok(ours.map(|row| row.id.value()))
    }
}

const STEP: PushStep = PushStep::Report;
