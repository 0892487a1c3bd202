//! Settings and keys for an account. The types reject invalid values on construction.

mod assessments;
mod at_rest;
mod connection;
mod credential;
mod key_digest;
mod managed_hooks;
mod minted;
mod partner_key;
mod push;
mod settings;
mod sync;

pub use self::{
    assessments::{AssessmentSettings, CompletionCredential},
    at_rest::{SettingsAtRest, SettingsAtRestError},
    connection::{ConnectedUser, Connection, ConsentAnswer, ConsentRefusal, ConsentStep},
    credential::{CredentialError, HarvestCredential, HarvestGrant},
    key_digest::{KeyDigest, KeyDigestError},
    managed_hooks::{HookCreation, HookDefect, HookFailure, ManagedHook, ManagedHooks},
    minted::{OperatorToken, PartnerKey},
    partner_key::PartnerKeyRecord,
    push::{
        FieldMapping, FieldOwner, FieldRef, FromStage, JobMapping, NoteVisibility, PushSettings,
        ReportAttachment, ReportVisibility, ScorecardForm,
    },
    settings::AccountSettings,
    sync::{SyncSettings, SyncSettingsError},
};
