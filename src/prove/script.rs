use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::challenge::Script;
use crate::context::{Environment, Random};

/// A candidate has 90 minutes; a script that takes a ninth of it hangs.
const LIMIT: Duration = Duration::from_mins(10);
/// Characters of a failed script's last words that are told.
const TOLD: usize = 600;

/// A folder that is removed when it is dropped.
#[derive(Debug)]
struct Workplace(PathBuf);

impl Drop for Workplace {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning of its temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a script as a candidate would: with the candidate's variables, and none of ours but `PATH`.
pub(super) async fn run(
    script: &Script,
    variables: &BTreeMap<String, String>,
    environment: &Environment,
    random: &Random,
) -> Result<(), String> {
    let program = script.interpreter().ok_or_else(|| format!("nothing is known to run {}", script.file))?;
    let place = std::env::temp_dir().join(format!("proofmark-{}", random.uuid()));
    let place = Workplace(place);
    lay_out(script, &place.0).map_err(|problem| format!("cannot write the script: {problem}"))?;
    let child = Command::new(program)
        .arg(&script.file)
        .current_dir(&place.0)
        .env_clear()
        .env("PATH", environment.get("PATH").unwrap_or("/usr/local/bin:/usr/bin:/bin"))
        .env("HOME", &place.0)
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|problem| format!("cannot start {program}: {problem}"))?;
    let ended = tokio::time::timeout(LIMIT, child.wait_with_output()).await;
    let ended = ended.map_err(|_| format!("{} did not end within {} s", script.file, LIMIT.as_secs()))?;
    let ended = ended.map_err(|problem| format!("{}: {problem}", script.file))?;
    if ended.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&ended.stderr);
    let words = words.trim();
    let from = words.char_indices().rev().nth(TOLD).map_or(0, |(at, _)| at);
    Err(format!("{} ended with {}: {}", script.file, ended.status, &words[from..]))
}

fn lay_out(script: &Script, place: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(place)?;
    for (path, contents) in script.files.iter() {
        let path = place.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, contents)?;
    }
    Ok(())
}
