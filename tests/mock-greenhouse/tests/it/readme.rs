use std::process::Command;

use mock_greenhouse::{Config, MockGreenhouse};

/// Runs the commands of the README as printed, except for the port.
#[tokio::test]
async fn the_run_with_curl_works_as_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let greenhouse = MockGreenhouse::start(Config::default()).await.unwrap();
    greenhouse.seed_job("Account Executive", &["Application Review", "Offer"]);
    let readme = include_str!("../../README.md");
    let start = readme.find("MOCK=http://").unwrap();
    let commands = readme[start..].split("```").next().unwrap();
    let commands = commands.replace("http://127.0.0.1:8400", greenhouse.url());
    let run = tokio::task::spawn_blocking(move || {
        let mut shell = Command::new("sh");
        shell.env("NO_PROXY", "*").arg("-euc").arg(commands);
        shell.output().unwrap()
    });
    let output = run.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("HTTP/1.1 204"), "{said}");
    let inbox = said.find(r#"[{"at":"#).unwrap();
    let (ping, rejection) = (
        said[inbox..].find(r#""action":"ping""#),
        said[inbox..].find(r#""action":"reject_candidate""#),
    );
    assert!(ping.is_some() && ping < rejection, "{said}");
    assert_eq!(greenhouse.candidates().len(), 1);
    assert!(greenhouse.unexpected().is_empty());
}
