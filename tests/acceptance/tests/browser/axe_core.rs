//! The accessibility checker axe-core, from its npm package.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::chromedriver::program;

/// Returns the script of axe-core. Installs the package into `folder` if it is not there.
pub(crate) fn script(folder: &Path) -> Result<String, String> {
    let package = folder.join("node_modules/axe-core");
    if !is_installed(&package) {
        install(folder)?;
    }
    let file = package.join("axe.min.js");
    fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
}

fn is_installed(package: &Path) -> bool {
    let manifest = fs::read(package.join("package.json")).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
    manifest["version"] == VERSION
}

fn install(folder: &Path) -> Result<(), String> {
    if program("npm").is_none() {
        return Err("npm is not installed, and axe-core was not fetched".to_owned());
    }
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let ended = Command::new("npm")
        .args(["install", "--no-save", "--no-audit", "--no-fund"])
        .args(["--ignore-scripts", "--prefix"])
        .arg(folder)
        .arg(format!("axe-core@{VERSION}"))
        .output()
        .map_err(|error| format!("npm did not start: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&ended.stderr);
    Err(format!("npm did not install axe-core {VERSION}: {why}"))
}

const VERSION: &str = "4.14.1";
