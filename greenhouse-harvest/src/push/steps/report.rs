//! Attaches the PDF report to the application.

use greenhouse_core::{ApplicationId, store::PushStep};

use crate::{
    Error, HarvestClient,
    api::{Attachment, AttachmentFilter, NewAttachment},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::operation,
    },
};

/// Attaches the report, unless it is already attached. The file name identifies the report.
pub(super) async fn report(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    application: ApplicationId,
) -> Result<(), StepError> {
    let filename = format!("assessment-{}.pdf", context.plan.marker);
    let find = || find_report(&context.reads, application, &filename);
    let absent = match ledger.earlier(context, REPORT, &find).await? {
        Ok(_) => return Ok(()),
        Err(absent) => absent,
    };
    let pdf = context
        .engine
        .report_pdf(context.account, ledger.assessment())
        .await
        .map_err(|error| StepError::platform(REPORT.step, &error))?;
    let kind = context.settings.report_attachment;
    let new = NewAttachment::new(application, &*filename, kind, pdf);
    // The call takes ownership of the file, so that the file is dropped once the body is built.
    let send = |writer: HarvestClient| async move {
        let attachment = writer.create_attachment(new).await?;
        Ok(attachment.id.value())
    };
    let sent = ledger.once(REPORT, absent, find, send).await?;
    sent.map_err(|error| REPORT.write_failed(&error))?;
    Ok(())
}

async fn find_report(
    reads: &HarvestClient,
    application: ApplicationId,
    filename: &str,
) -> Result<Option<i64>, Error> {
    let filter = AttachmentFilter::new().application_ids([application]);
    let asked = |row: &Attachment| agrees(row.application_id, application);
    let rows = matching(|| reads.attachments(&filter), asked).await?;
    let ours = rows
        .iter()
        .find(|row| row.filename.as_deref() == Some(filename));
    Ok(ours.map(|row| row.id.value()))
}

const REPORT: Operation = Operation::new(
    PushStep::Report,
    operation::ATTACH_REPORT,
    operation::FIND_REPORT,
);
