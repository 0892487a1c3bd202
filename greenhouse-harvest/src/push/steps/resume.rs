//! Attaches the candidate's résumé to the application.

use greenhouse_core::{
    ApplicationId,
    platform::{CandidateProfile, ResumeFile},
    store::PushStep,
};

use super::report::find_attachment;
use crate::{
    HarvestClient,
    api::{AttachmentType, NewAttachment},
    push::{
        StepError,
        context::StepContext,
        ledger::{Ledger, Operation},
        texts::operation,
    },
};

/// Attaches the résumé if this push has created the candidate. On an existing candidate, a second
/// résumé would turn the first into a file without a kind (documented), so it is not attached.
///
/// `profile` is the profile with which the candidate was created. `None` if an earlier run created
/// the candidate.
pub(super) async fn resume(
    context: &StepContext<'_>,
    ledger: &mut Ledger<'_, '_>,
    application: ApplicationId,
    profile: Option<CandidateProfile>,
) -> Result<(), StepError> {
    if !ledger.has_created(PushStep::Candidate) || ledger.done_id(RESUME.step).is_some() {
        return Ok(());
    }
    let profile = match profile {
        Some(profile) => profile,
        None => context.profile(RESUME.step, ledger.assessment()).await?,
    };
    let Some(ResumeFile {
        extension, content, ..
    }) = profile.resume
    else {
        return Ok(());
    };
    let filename = format!("resume-{}.{}", context.plan.marker, plain(&extension));
    let find = || find_attachment(&context.reads, application, &filename);
    let absent = match ledger.earlier(context, RESUME, &find).await? {
        Ok(_) => return Ok(()),
        Err(absent) => absent,
    };
    let new = NewAttachment::new(application, &*filename, AttachmentType::Resume, content);
    let send = |writer: HarvestClient| async move {
        let attachment = writer.create_attachment(new).await?;
        Ok(attachment.id.value())
    };
    let sent = ledger.once(RESUME, absent, find, send).await?;
    sent.map_err(|error| RESUME.write_failed(&error))?;
    Ok(())
}

/// Returns the letters and digits of an extension, in lower case and truncated. `pdf` if there are
/// none.
fn plain(extension: &str) -> String {
    let letters = extension.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.take(MAX_EXTENSION).collect();
    match letters.is_empty() {
        true => "pdf".to_owned(),
        false => letters.to_ascii_lowercase(),
    }
}

const RESUME: Operation = Operation::new(
    PushStep::Resume,
    operation::ATTACH_RESUME,
    operation::FIND_RESUME,
);
const MAX_EXTENSION: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_have_only_letters_and_digits() {
        for (extension, expected) in [
            ("pdf", "pdf"),
            (".DOCX", "docx"),
            ("", "pdf"),
            ("../../etc", "etc"),
            ("p\u{200b}df", "pdf"),
            ("verylongextension", "verylong"),
        ] {
            assert_eq!(plain(extension), expected, "{extension}");
        }
    }
}
