//! The elements inside an application with React, which npm fetches and esbuild bundles.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::Host;
use crate::page::Page;

pub(super) async fn elements_work(page: Page) {
    let bundle = bundle().unwrap();
    let index = "<!doctype html><html lang=\"en\"><title>Product</title>\
        <div id=\"root\"></div><script src=\"/app.js\"></script>\
        <script type=\"module\" src=\"/settings/greenhouse/embed.js\"></script></html>";
    let files = vec![
        ("/".to_owned(), "text/html", Some(POLICY), index.to_owned()),
        ("/app.js".to_owned(), "text/javascript", None, bundle),
        ("/favicon.ico".to_owned(), "image/png", None, String::new()),
    ];
    let host = Host::start(files, None).await;
    page.goto(host.url("/sign-in/acme")).await;
    page.goto(host.url("/")).await;
    page.find("button", "Settings").await.click().await;
    page.find("heading", "Partner keys").await;
    page.field("Yes from").await.fill("61").await;
    page.js(SAVE, vec![]).await;
    page.wait_for_text("greenhouse-saved thresholds").await;
    let stored = host.settings("assessments").await;
    assert_eq!(stored["thresholds"]["yes"], 61.0, "{stored}");
    // The application has rendered again, and the element still shows the saved page.
    page.wait_for_text("The changes are saved.").await;
    page.find("link", "Candidate Push").await.click().await;
    page.find("heading", "Scorecard mapping").await;

    page.find("button", "Candidate").await.click().await;
    page.wait_for_text("The product does not have this assessment.")
        .await;
    page.field("Assessment")
        .await
        .fill(host.assessments[1].as_str())
        .await;
    page.find("button", "Push to Greenhouse")
        .await
        .click()
        .await;
    page.wait_for_text("greenhouse-pushed push").await;
    page.find("button", "Settings").await.click().await;
    page.find("heading", "Partner keys").await;
    page.screenshot("settings").await;
    // React and the requests for unknown assessments report no errors of the page.
    let errors: Vec<_> = page
        .take_console()
        .await
        .into_iter()
        .filter(|one| one.is_error())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    host.stop().await;
}

/// Returns the bundled application.
fn bundle() -> Result<String, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("react");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let is_installed = PACKAGES.iter().all(|(name, version)| {
        let manifest = folder.join("node_modules").join(name).join("package.json");
        let manifest = fs::read_to_string(manifest).unwrap_or_default();
        manifest.contains(&format!("\"version\": \"{version}\""))
    });
    if !is_installed {
        let packages = PACKAGES.map(|(name, version)| format!("{name}@{version}"));
        let mut install = Command::new("npm");
        install.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ]);
        run(install.arg("--prefix").arg(&folder).args(packages))?;
    }
    let own = |name: &str| -> PathBuf { folder.join(name) };
    fs::write(own("app.jsx"), APPLICATION).map_err(|error| error.to_string())?;
    let mut bundle = Command::new(own("node_modules/.bin/esbuild"));
    bundle
        .current_dir(&folder)
        .args(["app.jsx", "--bundle", "--minify", "--jsx=automatic"]);
    bundle.args([
        "--define:process.env.NODE_ENV=\"production\"",
        "--outfile=app.js",
    ]);
    run(&mut bundle)?;
    fs::read_to_string(own("app.js")).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.output().map_err(|error| error.to_string())?;
    match ended.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?}: {}",
            String::from_utf8_lossy(&ended.stderr)
        )),
    }
}

const PACKAGES: [(&str, &str); 3] = [
    ("react", "19.3.1"),
    ("react-dom", "19.3.1"),
    ("esbuild", "0.28.2"),
];
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";

const APPLICATION: &str = r#"
import { useState } from "react";
import { createRoot } from "react-dom/client";

const SRC = "/settings/greenhouse";

function Candidate({ hear }) {
    const [assessment, setAssessment] = useState("none");
    return <section>
        <label>Assessment <input value={assessment}
            onChange={(event) => setAssessment(event.target.value)} /></label>
        <greenhouse-push src={SRC} assessment={assessment}
            ongreenhouse-pushed={hear} ongreenhouse-error={hear} />
    </section>;
}

function Application() {
    const [place, setPlace] = useState("Candidate");
    const [heard, setHeard] = useState([]);
    const hear = ({ type, detail }) => setHeard((all) => [...all, `${type} ${detail.code}`]);
    return <main>
        <h1>Product</h1>
        <button onClick={() => setPlace("Settings")}>Settings</button>
        <button onClick={() => setPlace("Candidate")}>Candidate</button>
        <ul>{heard.map((event, key) => <li key={key}>{event}</li>)}</ul>
        {place === "Settings"
            ? <greenhouse-settings src={SRC} ongreenhouse-saved={hear} ongreenhouse-error={hear} />
            : <Candidate hear={hear} />}
    </main>;
}

createRoot(document.getElementById("root")).render(<Application />);
"#;
/// Saves the form of the recommendations inside the element.
const SAVE: &str = "
    const { shadowRoot } = document.querySelector('greenhouse-settings');
    const form = shadowRoot.querySelector(\"form[action$='thresholds']\");
    form.requestSubmit(form.querySelector('[type=submit]'));
";
