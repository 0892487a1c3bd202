use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use mock_greenhouse::{Config, MockClock};
use serde_json::json;

use crate::support::{Caller, Scene, noon};

fn date(text: Option<&str>) -> DateTime<Utc> {
    DateTime::parse_from_rfc2822(text.unwrap())
        .unwrap()
        .to_utc()
}

#[tokio::test]
async fn the_date_header_is_ahead_of_the_clock_or_lags() {
    let scene = Scene::new().await;
    for seconds in [0, -69_120_000, 90] {
        scene
            .greenhouse
            .switch(|switches| switches.date_offset_seconds = seconds);
        let reply = scene.harvest.get("/v3/jobs").await;
        let apart = date(reply.header("date")) - noon().trunc_subsecs(0);
        assert_eq!(apart.num_seconds(), i64::from(seconds));
        assert_eq!(reply.json()[0]["created_at"], "2026-06-02T12:00:00.118Z");
    }
}

#[tokio::test]
async fn a_clock_that_lags_behind_the_real_time_dates_rows_tokens_and_headers() {
    let clock = MockClock::offset_by(TimeDelta::days(-800));
    let scene = Scene::with(Config::default().with_clock(clock.clone())).await;
    let reply = scene.harvest.get("/v3/jobs").await;
    let created = reply.json()[0]["created_at"].as_str().unwrap().to_owned();
    let created: DateTime<Utc> = created.parse().unwrap();
    for shown in [created, date(reply.header("date"))] {
        assert!((clock.now() - shown).abs() < TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn the_clock_is_offset_over_http() {
    let scene = Scene::new().await;
    let caller = Caller::stranger(&scene.greenhouse);
    let real = MockClock::real();
    for seconds in [-69_120_000, 7200] {
        let body = json!({ "offset_seconds": seconds });
        let shown = caller.post("/_mock/clock", body).await.json();
        assert_eq!(shown["held"], false);
        let apart = scene.greenhouse.clock().now() - real.now();
        assert!((apart.num_seconds() - seconds).abs() <= 2);
    }
}
