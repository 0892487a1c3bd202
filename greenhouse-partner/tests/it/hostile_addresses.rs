//! A completion notice carries a credential, so the URL in a `send_test` must not choose its
//! destination.

use greenhouse_core::{
    ApplicationId, AssessmentId,
    health::{Check, CheckState},
    operator::OperatorPart,
    store::{
        Applied, Changes, DueTask, InvitationState, LogStatus, LogSubject, NoticeState,
        StoreWriter, Task, Write,
    },
};
use greenhouse_partner::{
    CallbackPolicy,
    CallbackRefusal::{self, Host, NotAnAddress, Port, Scheme, UserInfo},
};
use http::StatusCode;
use serde_json::json;
use url::Url;

use crate::{
    operator,
    support::{World, send_test_body},
};

#[test]
fn the_policy_refuses_each_url_with_a_reason() {
    let policy = CallbackPolicy::default();
    for (address, refusal) in HOSTILE {
        assert_eq!(policy.parse(address), Err(*refusal), "{address}");
    }
}

/// Unusual spellings of Greenhouse URLs are called in normalized form.
#[test]
fn allowed_urls_lead_to_greenhouse_only() {
    let policy = CallbackPolicy::default();
    for address in ODD {
        let url = policy.parse(address).unwrap();
        assert_eq!(url.host_str(), Some("app.greenhouse.io"), "{address}");
        let called: http::Uri = url.as_str().parse().unwrap();
        let authority = called.authority().map(|authority| authority.as_str());
        assert_eq!(authority, Some("app.greenhouse.io"), "{address}");
    }
}

#[tokio::test]
async fn a_test_with_a_hostile_url_is_refused_and_logged() {
    for (address, refusal) in HOSTILE {
        let world = World::new();
        for inside in [false, true] {
            let mut body = send_test_body("777");
            if inside {
                body.as_object_mut().unwrap().remove("url");
            }
            let place = if inside {
                &mut body["candidate"]
            } else {
                &mut body
            };
            place["url"] = json!(address);
            let answer = world
                .post("/api/greenhouse/send-test", body.to_string())
                .await;
            let answered = (answer.status, answer.code());
            assert_eq!(answered, (422, "bad_callback_url".to_owned()), "{address}");
        }
        world.run_due().await;
        assert_eq!(world.platform.invited(), 0, "{address}");
        assert!(world.transport.sent().is_empty(), "{address}");

        let log = world.log().await;
        assert_eq!(log.len(), 2, "{address}");
        for logged in log {
            let text = format!("A request to send a test was refused: {refusal}. If Greenhouse ");
            assert!(
                logged.entry.text.starts_with(&text),
                "{}",
                logged.entry.text
            );
            assert_eq!(logged.entry.code, "test_refused");
            let kind = (logged.entry.subject, logged.entry.status);
            assert_eq!(kind, (LogSubject::Problem, LogStatus::Failed));
            assert_eq!(logged.entry.application, Some(ApplicationId::new(22)));
        }
        let problems = check(&world, "problems").await;
        assert_eq!(problems.state, CheckState::Warning);
        assert!(
            problems.text.contains(&refusal.to_string()),
            "{}",
            problems.text
        );
    }
}

/// A stored URL may be invalid after the policy was restricted or the database was edited.
#[tokio::test]
async fn a_stored_url_is_checked_before_each_notice() {
    let mut checked = 0;
    for (address, refusal) in HOSTILE
        .iter()
        .filter(|(_, refusal)| *refusal != NotAnAddress)
    {
        let world = World::new();
        let id = with_stored_address(&world, address.parse().unwrap()).await;
        for _ in 0..2 {
            world.run_due().await;
            assert!(world.transport.sent().is_empty(), "{address}");
            let invitation = world.invitation(&id).await;
            assert_eq!(invitation.notice, NoticeState::Refused, "{address}");
            let last = world.log().await.pop().unwrap();
            let text = format!("Greenhouse was not notified: {refusal}.");
            assert!(last.entry.text.starts_with(&text), "{}", last.entry.text);
            assert_eq!(last.entry.code, "notice_address_refused", "{address}");
            let notices = check(&world, "notices").await;
            assert_eq!(notices.state, CheckState::Problem);
            assert!(notices.text.contains(&text), "{}", notices.text);
            // A retry by a person is also refused.
            assert_eq!(operator::retry(&world, last.id.value()).await.0, 202);
        }
        checked += 1;
    }
    assert!(checked > 50, "{checked}");
}

#[tokio::test]
async fn a_redirect_is_a_refusal() {
    for status in [301, 302, 303, 307, 308] {
        let world = World::new();
        let (id, assessment) = world.finished().await;
        let changed = world
            .service
            .assessment_changed(&world.account, &assessment);
        changed.await.unwrap();
        world
            .transport
            .answer(StatusCode::from_u16(status).unwrap(), "");
        assert_eq!(
            world.run_due().await,
            None,
            "{status}: no retry is scheduled"
        );
        assert_eq!(world.transport.sent().len(), 1);
        assert_eq!(world.invitation(&id).await.notice, NoticeState::Refused);
        let text = format!("Greenhouse redirected the completion notice ({status}).");
        let entry = world.log().await.pop().unwrap().entry;
        assert!(entry.text.starts_with(&text), "{}", entry.text);
        assert_eq!(entry.code, "notice_redirected");
        assert!(check(&world, "notices").await.text.contains(&text));
    }
}

/// An ended invitation with a due notice to this URL.
async fn with_stored_address(world: &World, address: Url) -> String {
    let (id, _) = world.invited().await;
    let mut invitation = world.invitation(&id).await;
    invitation.callback = Some(address);
    invitation.assessment = Some(AssessmentId::new("a"));
    invitation.state = InvitationState::Completed;
    invitation.notice = NoticeState::Due;
    let invitation_id = invitation.id.clone();
    let mut changes = Changes::none();
    changes.invitations.push(Write::Put(invitation));
    let work = Task::Notify {
        invitation: invitation_id,
    };
    changes.due.push(DueTask::new(work, world.now()));
    let applied = world.store.apply(&world.account, changes).await;
    assert_eq!(applied.unwrap(), Applied::Applied);
    id
}

async fn check(world: &World, name: &str) -> Check {
    let checks = world.service.checks(&world.account).await;
    checks.into_iter().find(|check| check.name == name).unwrap()
}

const HOSTILE: &[(&str, CallbackRefusal)] = &[
    // Other hosts that contain Greenhouse's name.
    ("https://evil.example/1", Host),
    ("https://evil.example/app.greenhouse.io", Host),
    ("https://evil.example/?to=https://app.greenhouse.io/1", Host),
    ("https://evil.example?.greenhouse.io", Host),
    ("https://evil.example#.greenhouse.io", Host),
    ("https://evil.example#@app.greenhouse.io/1", Host),
    ("https://app.greenhouse.io.evil.example/1", Host),
    ("https://app.greenhouse.io%2eevil.example/1", Host),
    ("https://app.greenhouse.io-evil.example/1", Host),
    ("https:evil.example/1", Host),
    ("https:///evil.example/1", Host),
    // Lookalike domains.
    ("https://greenhouse.io/1", Host),
    ("https://evilgreenhouse.io/1", Host),
    ("https://app-greenhouse.io/1", Host),
    ("https://app.greenhouse.co/1", Host),
    ("https://app.greenhouse.io.co/1", Host),
    ("https://app.greenhouse/1", Host),
    ("https://app.greenhouse.io./1", Host),
    ("https://app.greenhouse.io../1", Host),
    ("https://.greenhouse.io/1", Host),
    ("https://app..greenhouse.io/1", Host),
    ("https://evil..app.greenhouse.io/1", Host),
    ("https://evil.example;.greenhouse.io/1", Host),
    ("https://evil.example,.greenhouse.io/1", Host),
    ("https://evil.example&.greenhouse.io/1", Host),
    ("https://*.greenhouse.io/1", Host),
    ("https://evil_.greenhouse.io/1", Host),
    ("https://app.gr\u{435}enhouse.io/1", Host),
    ("https://app.greenhouse.\u{456}o/1", Host),
    ("https://app.xn--grenhouse-4of.io/1", Host),
    ("https://app.greenh\u{585}use.io/1", Host),
    // Characters that normalize to separators, and characters that do not.
    ("https://evil.example\u{ff0f}.greenhouse.io/1", NotAnAddress),
    ("https://evil.example\u{ff03}.greenhouse.io/1", NotAnAddress),
    ("https://evil.example\u{ff1f}.greenhouse.io/1", NotAnAddress),
    (
        "https://evil.example\u{2024}app.greenhouse\u{ff0e}co/1",
        NotAnAddress,
    ),
    ("https://evil.example%2f.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%23.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%00.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%5c.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%09.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%20.greenhouse.io/1", NotAnAddress),
    ("https://evil.example%40app.greenhouse.io/1", NotAnAddress),
    // Backslashes, spaces and control characters, which parsers treat differently.
    (r"https://evil.example\@app.greenhouse.io/1", NotAnAddress),
    (r"https://evil.example\.greenhouse.io/1", NotAnAddress),
    (r"https:\\evil.example\1", NotAnAddress),
    (r"https:/\evil.example/1", NotAnAddress),
    (r"\\evil.example\1", NotAnAddress),
    ("https://evil.example\t.greenhouse.io/1", NotAnAddress),
    ("https://evil.example\n.greenhouse.io/1", NotAnAddress),
    (
        "https://app.greenhouse.io/1\r\nHost: evil.example",
        NotAnAddress,
    ),
    ("ht\ttps://evil.example/1", NotAnAddress),
    ("https://evil.example .greenhouse.io/1", NotAnAddress),
    ("https://evil.example\u{0}.greenhouse.io/1", NotAnAddress),
    ("https://evil.example\u{7f}.greenhouse.io/1", NotAnAddress),
    // User information.
    ("https://user@app.greenhouse.io/1", UserInfo),
    ("https://user:password@app.greenhouse.io/1", UserInfo),
    ("https://:password@app.greenhouse.io/1", UserInfo),
    ("https://app.greenhouse.io@evil.example/1", UserInfo),
    ("https://app.greenhouse.io:443@evil.example/1", UserInfo),
    ("https://app.greenhouse.io%2f@evil.example/1", UserInfo),
    ("https://@evil.example/1", Host),
    (
        "https://evil.example@app.greenhouse.io@evil.example/1",
        UserInfo,
    ),
    // Ports.
    ("https://app.greenhouse.io:8443/1", Port),
    ("https://app.greenhouse.io:80/1", Port),
    ("https://app.greenhouse.io:0/1", Port),
    ("https://app.greenhouse.io:65536/1", NotAnAddress),
    ("https://app.greenhouse.io:evil/1", NotAnAddress),
    ("https://evil.example:443/1", Host),
    // Loopback and private addresses in every notation.
    ("https://127.0.0.1/1", Host),
    ("https://127.0.0.1./1", Host),
    ("https://127.1/1", Host),
    ("https://127.0.1/1", Host),
    ("https://2130706433/1", Host),
    ("https://0x7f000001/1", Host),
    ("https://0x7f.0.0.1/1", Host),
    ("https://0177.0.0.1/1", Host),
    ("https://017700000001/1", Host),
    ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/1", Host),
    ("https://\u{2460}\u{2461}\u{2466}.0.0.1/1", Host),
    ("https://%31%32%37.0.0.1/1", Host),
    ("https://127\u{3002}0\u{3002}0\u{3002}1/1", Host),
    ("https://0/1", Host),
    ("https://0.0.0.0/1", Host),
    ("https://[::1]/1", Host),
    ("https://[::]/1", Host),
    ("https://[0:0:0:0:0:0:0:1]/1", Host),
    ("https://[::ffff:127.0.0.1]/1", Host),
    ("https://[::ffff:7f00:1]/1", Host),
    ("https://[fe80::1]/1", Host),
    ("https://[fe80::1%25eth0]/1", NotAnAddress),
    ("https://[fd00::1]/1", Host),
    ("https://10.0.0.1/1", Host),
    ("https://172.16.0.1/1", Host),
    ("https://192.168.0.1/1", Host),
    ("https://169.254.169.254/latest/meta-data", Host),
    ("https://[fd00:ec2::254]/latest/meta-data", Host),
    ("https://256.0.0.1/1", NotAnAddress),
    ("https://localhost/1", Host),
    ("https://localhost./1", Host),
    ("https://metadata.google.internal/1", Host),
    ("https://127.0.0.1.greenhouse.io.evil.example/1", Host),
    // Other schemes, or not a URL.
    ("http://app.greenhouse.io/1", Scheme),
    ("http://app.greenhouse.io:443/1", Scheme),
    ("ftp://app.greenhouse.io/1", Scheme),
    ("wss://app.greenhouse.io/1", Scheme),
    ("file:///etc/passwd", Scheme),
    ("file://app.greenhouse.io/etc/passwd", Scheme),
    ("gopher://app.greenhouse.io/1", Scheme),
    ("data:text/plain,1", Scheme),
    ("javascript:alert(1)", Scheme),
    ("view-source:https://app.greenhouse.io/1", Scheme),
    ("//app.greenhouse.io/1", NotAnAddress),
    ("app.greenhouse.io/1", NotAnAddress),
    ("/1", NotAnAddress),
    ("https://", NotAnAddress),
    ("https://?", NotAnAddress),
];

const ODD: &[&str] = &[
    "https://app.greenhouse.io/1#@evil.example/",
    "https://app.greenhouse.io#@evil.example/1",
    "https://app.greenhouse.io?@evil.example/1",
    "https://app.greenhouse.io/@evil.example/1",
    "https://app.greenhouse.io//evil.example/1",
    "https://app.greenhouse.io/1?next=https://evil.example",
    "https://app.greenhouse.io/../../1",
    "https://@app.greenhouse.io/1",
    "https://app.greenhouse.io:/1",
    "https://app.greenhouse.io:0443/1",
    "https:app.greenhouse.io/1",
    "https:///app.greenhouse.io/1",
    "hTTpS://APP.GREENHOUSE.IO/1",
    "https://app.greenhouse\u{3002}io/1",
    "https://\u{ff41}pp.greenhouse.io/1",
    "https://%61pp.greenhouse.io/1",
    "https://app.greenhouse\u{ad}.io/1",
];
