use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::libraries::{Lock, cache_of, open_up};
use crate::context::Context;

/// The libraries that Lambda's Node.js runtimes bring along: the clients of the AWS SDK, version 3.
///
/// There are hundreds of them, so only those that a function's code names are fetched, once for each set of names, when the
/// function is stored. It stays `Pending` meanwhile.
pub(super) struct NodeLibraries {
    cache: PathBuf,
    path: Vec<PathBuf>,
    foreign: bool,
    /// Held while looking or preparing; holds what was found.
    found: Mutex<Vec<(BTreeSet<String>, PathBuf)>>,
}

impl NodeLibraries {
    pub(super) fn new(context: &Context) -> Self {
        let foreign = nix::unistd::geteuid().is_root();
        let cache = cache_of(context, foreign);
        Self { cache, path: context.environment.path(), foreign, found: Mutex::default() }
    }

    /// Returns the `node_modules` folder that holds the packages of these names. Blocks, up to minutes. Fails with a sentence that
    /// says what to do.
    pub(super) fn prepare(&self, names: &BTreeSet<String>) -> Result<PathBuf, String> {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, folder)) = found.iter().find(|(known, _)| names.is_subset(known)) {
            return Ok(folder.clone());
        }
        let list: Vec<&str> = names.iter().map(String::as_str).collect();
        let key = hex::encode(&Sha256::digest(list.join(" "))[..8]);
        let target = self.cache.join(format!("node-sdk-{key}"));
        let modules = target.join("node_modules");
        if !modules.is_dir() {
            self.fetch(&list, &target)?;
        }
        found.push((names.clone(), modules.clone()));
        Ok(modules)
    }

    fn fetch(&self, names: &[&str], target: &std::path::Path) -> Result<(), String> {
        let wrong = |error: io::Error| {
            format!(
                "libraries for handlers cannot be kept in {} ({error}); name another folder with PROOFMARK_CACHE",
                self.cache.display()
            )
        };
        fs::create_dir_all(&self.cache).map_err(wrong)?;
        if self.foreign {
            fs::set_permissions(&self.cache, fs::Permissions::from_mode(0o755)).map_err(wrong)?;
        }
        let _lock = Lock::take(target.with_extension("lock")).map_err(wrong)?;
        // Another sandbox may have done it meanwhile.
        if target.join("node_modules").is_dir() {
            return Ok(());
        }
        let _ = writeln!(io::stderr(), "preparing {} for Node.js handlers ...", names.join(", "));
        let draft = target.with_extension(std::process::id().to_string());
        let _ = fs::remove_dir_all(&draft);
        fs::create_dir_all(&draft).map_err(wrong)?;
        let outcome = self.install(names, &draft);
        if let Err(reason) = outcome {
            let _ = fs::remove_dir_all(&draft);
            return Err(format!(
                "{} for Node.js handlers could not be prepared: {reason}; put the packages into the function's zip, or into a layer",
                names.join(", ")
            ));
        }
        open_up(&draft).map_err(wrong)?;
        match fs::rename(&draft, target) {
            Err(error) if !target.join("node_modules").is_dir() => return Err(wrong(error)),
            _ => {}
        }
        let _ = writeln!(io::stderr(), "the libraries are ready");
        Ok(())
    }

    fn install(&self, names: &[&str], draft: &std::path::Path) -> Result<(), String> {
        let npm = self.path.iter().map(|folder| folder.join("npm")).find(|program| program.is_file());
        let npm = npm.ok_or("there is no npm here (`apt-get install npm` brings it)")?;
        let mut command = Command::new(&npm);
        command
            .args([
                "install",
                "--no-audit",
                "--no-fund",
                "--no-progress",
                "--ignore-scripts",
                "--loglevel=error",
            ])
            .arg("--prefix")
            .arg(draft)
            .args(names)
            .current_dir(draft)
            .stdin(Stdio::null());
        match command.output() {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let line = said.lines().find(|line| line.contains("error")).unwrap_or("nothing");
                Err(format!("npm says: {}", line.trim()))
            }
            Err(error) => Err(format!("{}: {error}", npm.display())),
        }
    }
}
