//! The host as it is served, with a product in memory: what a product takes for its answer is its own affair.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use axum_host::{Config, Host, Outside, WebConfig, framework, web::Axum};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::{
    AccountId, AssessmentId, HookKey, InvitationId, JobId, ProductJobId, ScenarioId, Secret,
    StageId,
    platform::{Assessment, AssessmentState, Person, Scenario},
    report_link::{ReportLinkKey, ReportLinks},
    scorecard::{Score, TraitScore},
    settings::{
        AccountSettings, AssessmentSettings, CompletionCredential, HarvestCredential, JobMapping,
        KeyDigest, PushSettings, SyncSettings,
    },
    store::{
        AccountRecord, Applied, Changes, Invitation, InvitationState, InvitedPerson, NoticeState,
        RequestKey, Write, WriteDoor,
    },
    testing::FakePlatform,
};
use greenhouse_harvest::{PushConfig, TokenConfig};
use greenhouse_partner::PartnerConfig;
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A host with one account, which has 1,000 scenarios and one completed test.
pub(crate) struct Stage {
    pub(crate) host: SocketAddr,
    pub(crate) authorization: String,
    pub(crate) database: String,
    pub(crate) product: Arc<FakePlatform>,
    _folder: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("bench.sqlite").display().to_string();
        let master_keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let account = AccountId::new(ACCOUNT);

        let store = SqlxStore::open(&database, master_keys.clone())
            .await
            .unwrap();
        let mut changes = Changes::none();
        let operator = vec![KeyDigest::of("operator")];
        changes.account = Some(Write::Put(AccountRecord::new(settings(), operator)));
        changes.invitations.push(Write::Put(invitation()));
        let applied = store.apply(&account, changes).await.unwrap();
        assert_eq!(applied, Applied::Applied);
        store.close().await;

        let platform = FakePlatform::new();
        for number in 0..1_000 {
            let id = ScenarioId::new(format!("scenario-{number}"));
            let name = format!("Discovery call with customer {number}");
            platform.add_scenario(&account, Scenario { id, name });
        }
        platform.put(&account, assessment());
        let product = Arc::new(platform);
        let config = Config {
            listen: String::new(),
            public_url: "https://host.example".parse().unwrap(),
            database: Secret::new(database.clone()),
            product_database: String::new(),
            master_keys,
            default_account: None,
            push: PushConfig::default(),
            tokens: TokenConfig::default(),
            web: WebConfig::default(),
            partner: PartnerConfig::default(),
        };
        let outside = Outside::real().unwrap();
        let host = Host::open_before(product.clone(), config, outside)
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Ends with the process.
        let host = Arc::new(host);
        tokio::spawn(async move {
            framework::serve(&Axum, listener, host, std::future::pending()).await
        });
        Self {
            host: address,
            authorization: format!("Basic {}", STANDARD.encode(format!("{KEY}:"))),
            database,
            product,
            _folder: folder,
        }
    }
}

/// What the host looks the partner key up by.
pub(crate) fn key_digest() -> String {
    KeyDigest::of(KEY).to_string()
}

/// Every direction is configured, as with a customer who uses all of them.
fn settings() -> AccountSettings {
    let key = ReportLinkKey::new("2026", Secret::new("s".repeat(32))).unwrap();
    let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
    let mut assessments = AssessmentSettings::new(vec![KeyDigest::of(KEY)]);
    assessments.completion = Some(CompletionCredential {
        user: Secret::new("user"),
        password: Secret::new("password"),
    });
    settings.assessments = Some(assessments);
    let credential = HarvestCredential::new("client", Some("secret".into())).unwrap();
    let mut push = PushSettings::new(credential);
    let mapping = |job| JobMapping::new(JobId::new(job), Some(StageId::new(job + 1)));
    push.jobs = (0..10)
        .map(|job| (ProductJobId::new(format!("job-{job}")), mapping(job)))
        .collect();
    settings.push = Some(push);
    let hook = HookKey::new("0123456789abcdef");
    settings.sync = Some(SyncSettings::new(hook, vec!["a hook secret".into()]).unwrap());
    settings
}

fn invitation() -> Invitation {
    let mut invitation = Invitation::new(
        InvitationId::new(INVITATION),
        RequestKey::new("url:777"),
        ScenarioId::new("scenario-7"),
        InvitedPerson::new("Ada", "Byron", "ada@example.org"),
        "2026-11-23T10:00:00Z".parse().unwrap(),
    );
    invitation.callback = Some(
        "https://app.greenhouse.io/take_home_tests/777"
            .parse()
            .unwrap(),
    );
    invitation.assessment = Some(AssessmentId::new(ASSESSMENT));
    invitation.state = InvitationState::Completed;
    invitation.notice = NoticeState::Taken;
    invitation
}

fn assessment() -> Assessment {
    let score = |value| Score::new(value).unwrap();
    Assessment {
        id: AssessmentId::new(ASSESSMENT),
        scenario: ScenarioId::new("scenario-7"),
        scenario_name: "Discovery call with customer 7".to_owned(),
        job: None,
        person: Person {
            first_name: "Ada".to_owned(),
            last_name: "Byron".to_owned(),
            email: Some("ada@example.org".to_owned()),
        },
        state: AssessmentState::Completed,
        score: Some(score(79.5)),
        traits: [
            "Messaging Adherence",
            "Discovery & Diagnosis",
            "Objection Handling",
        ]
        .map(|name| TraitScore::new(name, score(85.0)))
        .into(),
        summary: Some("Fine.".to_owned()),
        started_at: Some("2026-11-23T10:10:00Z".parse().unwrap()),
        completed_at: Some("2026-11-23T10:40:00Z".parse().unwrap()),
        invitation: Some(InvitationId::new(INVITATION)),
        metadata: BTreeMap::new(),
    }
}

pub(crate) const ACCOUNT: &str = "acme";
pub(crate) const INVITATION: &str = "3f9c0a5d3f9c0a5d3f9c0a5d3f9c0a5d";
pub(crate) const ASSESSMENT: &str = "as-17";
const KEY: &str = "gpk_5TKdXm0o2qg8aYc1sJwQn3rB6vHzL9uE4iPtF7kMxWA";
