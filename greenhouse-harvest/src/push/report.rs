//! The PDF on the application.

use greenhouse_core::{ApplicationId, store::PushStep};

use super::{
    failure::Stop,
    run::{Kit, Run},
    write::Deed,
};
use crate::{
    Error, HarvestClient,
    api::{AttachmentFilter, NewAttachment},
};

impl Run<'_> {
    /// Attaches the report, unless that is done. Its file name tells it from every other.
    pub(super) async fn report(
        &mut self,
        kit: &Kit,
        application: ApplicationId,
    ) -> Result<(), Stop> {
        let filename = format!("assessment-{}.pdf", kit.plan.marker);
        let find = || find_report(&kit.reads, application, &filename);
        if self.earlier(kit, REPORT, find()).await?.is_some() {
            return Ok(());
        }
        let pdf = self
            .service
            .report_pdf(self.account(), &self.push.assessment)
            .await
            .map_err(|error| Stop::platform(STEP, &error))?;
        let kind = kit.settings.report_attachment;
        let new = NewAttachment::new(application, &*filename, kind, pdf);
        // Given away: the file is not held beside the body that is made of it.
        let send = async move {
            let attachment = kit.client.create_attachment(new).await?;
            Ok(attachment.id.value())
        };
        let sent = self.send(REPORT, find(), send).await?;
        sent.map_err(|error| Stop::harvest(STEP, REPORT.doing, &error))?;
        Ok(())
    }
}

async fn find_report(
    reads: &HarvestClient,
    application: ApplicationId,
    filename: &str,
) -> Result<Option<i64>, Error> {
    let filter = AttachmentFilter::new().application_ids([application]);
    let rows = reads.attachments(&filter).all().await?;
    let ours = rows
        .iter()
        .find(|row| row.filename.as_deref() == Some(filename));
    Ok(ours.map(|row| row.id.value()))
}

const STEP: PushStep = PushStep::Report;
const REPORT: Deed = Deed {
    step: STEP,
    part: None,
    doing: "attach the report",
    seeking: "look for the report",
};
