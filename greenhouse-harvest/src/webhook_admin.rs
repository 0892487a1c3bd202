use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use greenhouse_core::{AccountId, HookForm, ListedHook, WebhookAdmin, WebhookAdminError};

use crate::{
    AuthProblem, Error, HarvestClient, HarvestClients,
    api::{
        NewWebhook, UpdateWebhook, WEBHOOK_SCOPES, Webhook, WebhookAction, WebhookFilter, WebhookId,
    },
    push::texts::{SITE_ADMIN, webhooks as texts},
};

/// Manages the webhooks of accounts, with each account's own credential.
///
/// Acts only as a Site Admin, because webhooks may be hidden from other users (documented for all
/// lists).
#[derive(Debug, Clone)]
pub struct HarvestWebhooks {
    clients: Arc<HarvestClients>,
}

impl HarvestWebhooks {
    /// Creates the port on these clients.
    pub fn new(clients: Arc<HarvestClients>) -> Self {
        Self { clients }
    }

    async fn client(&self, account: &AccountId) -> Result<HarvestClient, WebhookAdminError> {
        let access = self.clients.access(account).await;
        let access = access.map_err(|error| WebhookAdminError::Unavailable {
            message: error.to_string(),
            remedy: texts::CHECK_DATABASE.to_owned(),
        })?;
        let Some(access) = access else {
            return Err(WebhookAdminError::NotConfigured);
        };
        let client = access.reader().await;
        if !client.sees_all().await.map_err(read_error)? {
            return Err(WebhookAdminError::Denied {
                message: texts::not_a_site_admin(),
                remedy: SITE_ADMIN.to_owned(),
            });
        }
        Ok(client
            .with_patience(PATIENCE)
            .with_write_deadline(WRITE_DEADLINE))
    }
}

#[async_trait]
impl WebhookAdmin for HarvestWebhooks {
    async fn permission(&self, account: &AccountId) -> Result<(), WebhookAdminError> {
        let client = self.client(account).await?;
        let identity = client.identity().await.map_err(read_error)?;
        match identity.missing(&WEBHOOK_SCOPES) {
            Some(missing) if !missing.is_empty() => Err(WebhookAdminError::Denied {
                message: texts::scopes_missing(&missing),
                remedy: texts::grant_scopes(&missing),
            }),
            // If the scopes are unknown, only a call can tell.
            _ => Ok(()),
        }
    }

    async fn list(&self, account: &AccountId) -> Result<Vec<ListedHook>, WebhookAdminError> {
        let client = self.client(account).await?;
        let rows = client.webhooks(&WebhookFilter::new()).all().await;
        Ok(rows.map_err(read_error)?.into_iter().map(listed).collect())
    }

    async fn create(&self, account: &AccountId, hook: &HookForm) -> Result<i64, WebhookAdminError> {
        let client = self.client(account).await?;
        let new = NewWebhook::new(
            hook.name.as_str(),
            hook.endpoint_url.as_str(),
            hook.secret.clone(),
            WebhookAction::from(hook.action.as_str()),
            hook.max_attempts,
        );
        let made = client.create_webhook(&new).await.map_err(write_error)?;
        Ok(made.id.value())
    }

    async fn update(
        &self,
        account: &AccountId,
        id: i64,
        hook: &HookForm,
    ) -> Result<(), WebhookAdminError> {
        let client = self.client(account).await?;
        let mut update = UpdateWebhook::new();
        update.endpoint_url = Some(hook.endpoint_url.to_string());
        update.secret_key = Some(hook.secret.clone());
        update.max_attempts = Some(hook.max_attempts);
        update.deactivated = Some(false);
        let updated = client.update_webhook(WebhookId::new(id), &update).await;
        updated.map(drop).map_err(write_error)
    }

    async fn delete(&self, account: &AccountId, id: i64) -> Result<(), WebhookAdminError> {
        let client = self.client(account).await?;
        match client.delete_webhook(WebhookId::new(id)).await {
            Err(Error::Api { status: 404, .. }) => Ok(()),
            deleted => deleted.map_err(write_error),
        }
    }
}

fn listed(row: Webhook) -> ListedHook {
    let mut hook = ListedHook::new(row.id.value());
    hook.name = row.name;
    hook.action = row
        .event_action_type
        .map(|action| action.as_str().to_owned());
    hook.endpoint_url = row.endpoint_url;
    hook.max_attempts = row.max_attempts;
    hook.deactivated = row.deactivated;
    hook.last_delivered = row.last_delivered;
    hook
}

/// A credential without access to a partner's calls may get a 404 for the whole resource (inferred).
fn read_error(error: Error) -> WebhookAdminError {
    let (message, remedy) = (error.to_string(), error.remedy());
    match error {
        Error::Api { status: 404, .. } => WebhookAdminError::Denied {
            message: texts::not_offered(),
            remedy: texts::BY_HAND.to_owned(),
        },
        Error::Auth { problem, .. } => denied(problem, message, remedy),
        _ => WebhookAdminError::Unavailable { message, remedy },
    }
}

fn write_error(error: Error) -> WebhookAdminError {
    let (message, remedy) = (error.to_string(), error.remedy());
    match error {
        Error::Auth { problem, .. } => denied(problem, message, remedy),
        Error::Ambiguous { .. } => WebhookAdminError::Unknown { message },
        Error::Api { .. } | Error::Construction { .. } => {
            WebhookAdminError::Refused { message, remedy }
        }
        _ => WebhookAdminError::Unavailable { message, remedy },
    }
}

fn denied(problem: AuthProblem, message: String, remedy: String) -> WebhookAdminError {
    match problem {
        AuthProblem::MissingScope { scope } => WebhookAdminError::Denied {
            message: texts::scopes_missing(&[scope]),
            remedy: texts::grant_scopes(&[scope]),
        },
        _ => WebhookAdminError::Denied { message, remedy },
    }
}

/// A person waits for the result, so a call does not wait for the next window of the rate limit.
const PATIENCE: Duration = Duration::from_secs(10);
const WRITE_DEADLINE: Duration = Duration::from_secs(10);
