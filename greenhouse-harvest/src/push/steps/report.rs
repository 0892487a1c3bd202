//! Attaches the PDF report to the application.

use bytes::Bytes;
use greenhouse_core::{
    ApplicationId,
    settings::ReportVisibility,
    store::{Link, PushRemark, PushStep},
};
use serde_json::Value;

use crate::{
    Error, HarvestClient,
    api::{Attachment, AttachmentFilter, NewAttachment},
    lookup::{agrees, matching},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation, PushRecord, WriteResult},
        texts::operation,
    },
};

/// Reads the report from the product. `None` if the report is already attached.
pub(super) async fn read(
    context: &StepContext<'_>,
    ledger: &Ledger<'_, '_>,
) -> Result<Option<Bytes>, StepError> {
    if ledger.done_id(REPORT.step).is_some() {
        return Ok(None);
    }
    let pdf = context
        .engine
        .report_pdf(context.account, ledger.assessment());
    let pdf = pdf.await;
    pdf.map(Some)
        .map_err(|error| StepError::platform(REPORT.step, &error))
}

/// Attaches the report, unless it is already attached. The file name identifies the report.
pub(super) async fn report(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    application: ApplicationId,
    pdf: Option<Bytes>,
) -> Result<(), StepError> {
    let Some(pdf) = pdf else {
        return Ok(());
    };
    let filename = format!("assessment-{}.pdf", context.plan.marker);
    let find = || find_attachment(&context.reads, application, &filename);
    let absent = match ledger.earlier(context, REPORT, &find).await? {
        Ok(_) => return Ok(()),
        Err(absent) => absent,
    };
    let kind = context.settings.report_attachment;
    let mut new = NewAttachment::new(application, &*filename, kind, pdf);
    let visibility = context.settings.report_visibility;
    new.visibility = Some(visibility.into());
    // The call takes ownership of the file, so that the file is dropped once the body is built.
    let send = |writer: HarvestClient| async move {
        let attachment = writer.create_attachment(new).await?;
        Ok(AttachedReport {
            id: attachment.id.value(),
            other_visibility: has_other_visibility(&attachment, visibility),
        })
    };
    let find = || async { Ok::<_, Error>(find().await?.map(AttachedReport::found)) };
    let sent = ledger.once(REPORT, absent, find, send).await?;
    sent.map_err(|error| REPORT.write_failed(&error))?;
    Ok(())
}

/// A report that was attached or found.
struct AttachedReport {
    id: i64,
    other_visibility: bool,
}

impl AttachedReport {
    /// Creates the result of a search. Rows of the list do not contain the visibility.
    fn found(id: i64) -> Self {
        Self {
            id,
            other_visibility: false,
        }
    }
}

impl WriteResult for AttachedReport {
    fn journal(
        &self,
        record: &mut PushRecord<'_>,
        operation: &Operation,
        found: bool,
    ) -> Option<Link> {
        if self.other_visibility {
            record.push.remarks.insert(PushRemark::ReportVisibility);
        }
        self.id.journal(record, operation, found)
    }
}

/// Returns `true` if the response contains a visibility other than `sent`, spelled as in requests
/// or as in rows. Greenhouse may omit the member (unknown).
fn has_other_visibility(answer: &Attachment, sent: ReportVisibility) -> bool {
    let shown = answer.unknown.get("visibility").and_then(Value::as_str);
    let read = match sent {
        ReportVisibility::Public => "publicly_visible",
        ReportVisibility::Private => "privately_visible",
        ReportVisibility::AdminOnly => "admin_only_visible",
    };
    shown.is_some_and(|shown| shown != sent.as_str() && shown != read)
}

/// Finds an attachment of the application by its file name.
pub(super) async fn find_attachment(
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

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn only_another_visibility_in_the_answer_counts() {
        use ReportVisibility::{AdminOnly, Private, Public};
        for (shown, sent, differs) in [
            (json!({"id": 1}), Private, false),
            (json!({"id": 1, "visibility": null}), Private, false),
            (json!({"id": 1, "visibility": "private"}), Private, false),
            (
                json!({"id": 1, "visibility": "privately_visible"}),
                Private,
                false,
            ),
            (
                json!({"id": 1, "visibility": "admin_only_visible"}),
                AdminOnly,
                false,
            ),
            (
                json!({"id": 1, "visibility": "publicly_visible"}),
                Public,
                false,
            ),
            (json!({"id": 1, "visibility": "public"}), Private, true),
            (
                json!({"id": 1, "visibility": "publicly_visible"}),
                AdminOnly,
                true,
            ),
        ] {
            let answer: Attachment = from_value(shown.clone()).unwrap();
            assert_eq!(has_other_visibility(&answer, sent), differs, "{shown}");
        }
    }
}
