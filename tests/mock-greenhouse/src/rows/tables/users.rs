use crate::rows::tables::Table;
use crate::rows::tables::{flag, id, one_of, table, text, time};

/// E-mail addresses of users (official specification).
pub(super) const EMAILS: Table = table!(
    "user_emails",
    "User email",
    &[
        id("user_id"),
        text("email"),
        flag("verified", true),
        time("verification_token_sent_at"),
    ],
    &[
        ("user_ids", "user_id"),
        ("email", "email"),
        ("verified", "verified"),
        ("verification_token_sent_at", "verification_token_sent_at"),
    ],
);

/// Roles of users on individual jobs (official specification). Several clients read this list
/// before a write. The mock does not check these roles.
pub(super) const JOB_PERMISSIONS: Table = table!(
    "user_job_permissions",
    "User job permission",
    &[
        id("job_id"),
        id("user_id"),
        id("role_id"),
        flag("automated", false).or_null(),
    ],
    &[
        ("job_ids", "job_id"),
        ("user_ids", "user_id"),
        ("role_ids", "role_id"),
    ],
);

/// Roles of users (official specification).
pub(super) const ROLES: Table = table!(
    "user_roles",
    "User role",
    &[
        one_of(
            "role_type",
            &["job_admin", "site_admin", "deprecated_interviewer"],
        ),
        text("name"),
    ],
    &[],
);
