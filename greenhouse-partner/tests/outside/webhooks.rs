use std::{fs, path::Path};

use libtest_mimic::Failed;

use crate::mutated::play;

pub(crate) fn published_webhooks_in_every_shape(folder: &Path) -> Result<(), Failed> {
    let mut bodies = Vec::new();
    for entry in fs::read_dir(folder.join("webhooks"))? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            bodies.push((path.display().to_string(), fs::read(path)?));
        }
    }
    if bodies.is_empty() {
        return Err("no bodies found".into());
    }
    bodies.sort();
    play(&bodies);
    Ok(())
}
