use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::{
    AssessmentId, InvitationId, ScenarioId,
    platform::{Assessment, AssessmentState, Person, Scenario},
    scorecard::{Score, TraitScore},
    settings::KeyDigest,
    store::{Changes, Invitation, InvitationState, InvitedPerson, NoticeState, RequestKey, Write},
    testing::FakePlatform,
};
use sqlx_store::{MasterKey, MasterKeys, SqlxStore};
use tempfile::TempDir;

use crate::host::{KEY, account, nowhere, serve_host, settings, write_account};

/// A host with one account that has 1,000 scenarios and one completed test.
pub(crate) struct Stage {
    pub(crate) host: SocketAddr,
    /// Header with the partner key.
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
        let account = account();

        let store = SqlxStore::open(&database, master_keys.clone())
            .await
            .unwrap();
        let mut changes = Changes::none();
        changes.invitations.push(Write::Put(invitation()));
        write_account(&store, settings(), changes).await;
        store.close().await;

        let platform = FakePlatform::new();
        for number in 0..1_000 {
            let id = ScenarioId::new(format!("scenario-{number}"));
            let name = format!("Discovery call with customer {number}");
            platform.add_scenario(&account, Scenario { id, name });
        }
        platform.put(&account, assessment());
        let product = Arc::new(platform);
        let host = serve_host(&database, master_keys, product.clone(), nowhere()).await;
        Self {
            host,
            authorization: format!(
                "authorization: Basic {}",
                STANDARD.encode(format!("{KEY}:"))
            ),
            database,
            product,
            _folder: folder,
        }
    }
}

/// Returns the digest by which the host finds the partner key.
pub(crate) fn key_digest() -> String {
    KeyDigest::of(KEY).to_string()
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
    invitation.notice = NoticeState::Accepted;
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

pub(crate) const INVITATION: &str = "3f9c0a5d3f9c0a5d3f9c0a5d3f9c0a5d";
pub(crate) const ASSESSMENT: &str = "as-17";
