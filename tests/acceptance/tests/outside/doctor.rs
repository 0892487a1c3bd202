//! `doctor` on PostgreSQL, whose server has its own clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Clock, Environment, Secret, health::CheckState};
use greenhouse_harvest::{ReqwestTransport, SystemClock};
use server::{
    Config, HostEnvironment,
    demo::Demo,
    doctor::{self, Finding},
};
use url::Url;

/// Each problem is reported until it is fixed. `dump` returns the contents of the database without
/// the random parts of a dump.
pub(crate) async fn problems_are_reported_until_fixed(stage: &Demo, dump: impl Fn() -> String) {
    let clock = Arc::new(Ahead(AtomicI64::new(0)));
    let url: Url = stage.greenhouse.url().parse().unwrap();
    let outside = HostEnvironment {
        environment: Environment::sandbox(&url).unwrap(),
        transport: Arc::new(ReqwestTransport::direct().unwrap()),
        clock: Arc::clone(&clock) as _,
    };
    let look = async |config: &Config, about: &str| {
        let report = doctor::examine(Ok(config.clone()), &outside, None).await;
        let mut found = report.findings.into_iter();
        found.find(|finding| finding.about == about)
    };
    let before = dump();
    let finding = look(&stage.config, "database_clock").await.unwrap();
    assert_eq!(finding.level, CheckState::Ok, "{finding:?}");
    let finding = look(&stage.config, "database").await.unwrap();
    assert_eq!(finding.level, CheckState::Ok, "{finding:?}");

    for (ahead, level, words) in [
        (
            60,
            CheckState::Warning,
            "seconds ahead of the clock of the database server",
        ),
        (
            -400,
            CheckState::Problem,
            "seconds behind the clock of the database server",
        ),
    ] {
        clock.0.store(ahead, Ordering::SeqCst);
        let finding = look(&stage.config, "database_clock").await.unwrap();
        assert!(
            finding.level == level && finding.text.contains(words),
            "{finding:?}"
        );
        let Finding { remedy, .. } = finding;
        assert!(remedy.unwrap().contains("time server"));
        clock.0.store(0, Ordering::SeqCst);
        let finding = look(&stage.config, "database_clock").await.unwrap();
        assert_eq!(finding.level, CheckState::Ok, "{finding:?}");
    }

    let mut other = stage.config.clone();
    other.database_schema = Some("elsewhere".to_owned());
    let told = look(&other, "schema_older").await.unwrap();
    assert!(told.text.contains("has schema version 0"), "{told:?}");

    let mut other = stage.config.clone();
    let mut address: Url = stage.config.database.expose().parse().unwrap();
    address.set_path("/canary_that_is_not_there");
    other.database = Secret::new(address.as_str());
    let finding = look(&other, "database").await.unwrap();
    assert_eq!(finding.level, CheckState::Problem);
    assert!(
        finding.text.contains("the database does not exist"),
        "{finding:?}"
    );
    assert!(!format!("{finding:?}").contains("canary"));
    let finding = look(&stage.config, "database").await.unwrap();
    assert_eq!(finding.level, CheckState::Ok, "{finding:?}");
    assert!(dump() == before, "doctor changed the database");
}

/// A system clock that is wrong by this many seconds.
#[derive(Debug)]
struct Ahead(AtomicI64);

#[async_trait]
impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}
