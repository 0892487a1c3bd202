use std::{collections::BTreeMap, error::Error};

use greenhouse_core::{
    AccountId, HookKey, JobId, ProductJobId, ScenarioId, Secret, StageId, UserId,
    platform::{ProductJob, Scenario},
    scorecard::Score,
    settings::{
        AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping, PushSettings,
        SyncSettings,
    },
    trigger::Trigger,
};
use mock_greenhouse::MockGreenhouse;

use crate::{
    accounts::AccountConfig,
    keys::{KeyPurpose, NewKey},
};

/// The demo's account with every direction on, and its keys in plain text.
pub(super) struct DemoAccount {
    pub(super) config: AccountConfig,
    pub(super) partner_key: Secret,
    pub(super) operator_token: Secret,
    pub(super) hook_key: HookKey,
    pub(super) hook_secret: Secret,
}

impl DemoAccount {
    pub(super) fn new(
        greenhouse: &MockGreenhouse,
        job: i64,
        mapped_stage: i64,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let partner_key = NewKey::new(KeyPurpose::Partner)?;
        let operator_token = NewKey::new(KeyPurpose::Operator)?;
        let hook_key = HookKey::new(NewKey::new(KeyPurpose::Hook)?.key.expose());
        let hook_secret = NewKey::new(KeyPurpose::Hook)?.key;

        let id = AccountId::new(super::ACCOUNT);
        let mut config = AccountConfig::new(id, operator_token.digest.into_iter().collect());
        config.scenarios = vec![
            scenario("discovery-call", "Discovery call"),
            scenario("objection-handling", "Objection handling"),
        ];
        config.product_jobs = vec![ProductJob {
            id: ProductJobId::new("account-executive"),
            name: "Account Executive".to_owned(),
        }];

        let mut assessments = AssessmentSettings::new(partner_key.digest.into_iter().collect());
        let completion = greenhouse.completion_credential();
        assessments.completion = Some(CompletionCredential {
            user: completion.username.as_str().into(),
            password: completion.password.as_str().into(),
        });
        config.assessments = Some(assessments);

        let credential = greenhouse.credential();
        let credential = HarvestCredential::new(
            &credential.client_id,
            Some(credential.client_secret.as_str().into()),
        )?;
        let mut push = PushSettings::new(credential);
        push.acting_user = Some(UserId::new(greenhouse.site_admin()));
        push.trigger = Trigger::OnScore {
            minimum: Score::new(70.0)?,
            inclusive: true,
        };
        let mapping = JobMapping::new(JobId::new(job), Some(StageId::new(mapped_stage)));
        push.jobs = BTreeMap::from([(ProductJobId::new("account-executive"), mapping)]);
        config.push = Some(push);

        config.sync = Some(SyncSettings::new(
            hook_key.clone(),
            vec![hook_secret.clone()],
        )?);
        Ok(Self {
            config,
            partner_key: partner_key.key,
            operator_token: operator_token.key,
            hook_key,
            hook_secret,
        })
    }
}

fn scenario(id: &str, name: &str) -> Scenario {
    Scenario {
        id: ScenarioId::new(id),
        name: name.to_owned(),
    }
}
