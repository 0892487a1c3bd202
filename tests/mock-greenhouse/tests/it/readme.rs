use std::process::Command;

use mock_greenhouse::{Config, MockGreenhouse};

/// Runs the README's commands as printed, except for the port.
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
    let output_text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output_text}");
    assert!(output_text.contains("HTTP/1.1 204"), "{output_text}");
    let inbox = output_text.find(r#"[{"at":"#).unwrap();
    let (ping, rejection) = (
        output_text[inbox..].find(r#""action":"ping""#),
        output_text[inbox..].find(r#""action":"reject_candidate""#),
    );
    assert!(ping.is_some() && ping < rejection, "{output_text}");
    assert_eq!(greenhouse.candidates().len(), 1);
    assert!(greenhouse.unexpected().is_empty());
}
