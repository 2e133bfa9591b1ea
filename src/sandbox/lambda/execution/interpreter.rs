use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::entity::{Family, Runtime};
use crate::context::Context;

/// Folders to look in beyond those of `PATH`.
const USUAL: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];

/// A program that runs handlers.
#[derive(Debug, Clone)]
pub(super) struct Interpreter {
    pub family: Family,
    /// The program itself, not a version manager's stand-in for it. Empty for `provided.*`.
    pub program: PathBuf,
    /// For example `3.11`.
    pub version: String,
    /// Where its own library lies.
    pub folders: Vec<PathBuf>,
    /// Private memory that it reserves beyond what it uses, in bytes.
    pub slack: u64,
}

impl Interpreter {
    /// Returns the command line that runs the bootstrap. `memory` is in MB.
    pub(super) fn command(&self, runtime: &Path, bootstrap: &Path, memory: u32) -> Vec<String> {
        let program = self.program.to_string_lossy().into_owned();
        let file = |name: &str| runtime.join(name).to_string_lossy().into_owned();
        match self.family {
            Family::Python => {
                // Nothing of the host's site-packages, environment or user folder; no byte code is written.
                let flags = ["-S", "-E", "-s", "-B", "-X", "utf8"].map(str::to_owned);
                std::iter::once(program).chain(flags).chain([file("bootstrap.py")]).collect()
            }
            Family::Node => {
                // As Lambda does, most of the memory is for the heap.
                let heap = (u64::from(memory) * 9 / 10).max(64);
                vec![program, format!("--max-old-space-size={heap}"), file("bootstrap.cjs")]
            }
            Family::Provided | Family::Other => vec![bootstrap.to_string_lossy().into_owned()],
        }
    }
}

/// Finds interpreters, each once.
pub(super) struct Interpreters {
    path: Vec<PathBuf>,
    /// Handlers run as a user of their own, so that the program must be open to anybody.
    foreign: bool,
    found: Mutex<HashMap<Runtime, Result<Arc<Interpreter>, String>>>,
}

impl Interpreters {
    pub(super) fn new(context: &Context) -> Self {
        let mut path = context.environment.path();
        path.extend(USUAL.map(PathBuf::from));
        Self { path, foreign: nix::unistd::geteuid().is_root(), found: Mutex::default() }
    }

    /// Returns the program for a runtime: of the version asked for, else of any version, with a warning. Fails with a
    /// sentence that says what to install.
    pub(super) fn find(&self, runtime: Runtime) -> Result<Arc<Interpreter>, String> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Ok(known)) = found.get(&runtime) {
            return Ok(Arc::clone(known));
        }
        let result = self.look(runtime).map(Arc::new);
        if let Ok(interpreter) = &result
            && interpreter.version != runtime.version()
            && matches!(interpreter.family, Family::Python | Family::Node)
        {
            tracing::warn!(
                "{runtime} functions run on {} ({}), since version {} is not there",
                interpreter.version,
                interpreter.program.display(),
                runtime.version()
            );
        }
        found.insert(runtime, result.clone());
        result
    }

    fn look(&self, runtime: Runtime) -> Result<Interpreter, String> {
        let (names, family) = match runtime.family() {
            Family::Python => {
                (vec![format!("python{}", runtime.version()), "python3".to_owned()], Family::Python)
            }
            Family::Node => (vec!["node".to_owned(), "nodejs".to_owned()], Family::Node),
            Family::Provided => {
                return Ok(Interpreter {
                    family: Family::Provided,
                    program: PathBuf::new(),
                    version: String::new(),
                    folders: vec![],
                    slack: 256 << 20,
                });
            }
            Family::Other => return Err(format!("the sandbox does not run {runtime} functions")),
        };
        let mut refused = vec![];
        for name in &names {
            for folder in &self.path {
                let program = folder.join(name);
                if !program.is_file() {
                    continue;
                }
                match ask(&program, family) {
                    Some(interpreter) if self.is_reachable(&interpreter) => return Ok(interpreter),
                    _ => refused.push(program.display().to_string()),
                }
            }
        }
        let (word, package) =
            if family == Family::Python { ("Python", "python3") } else { ("Node.js", "nodejs") };
        let mut message =
            format!("no {word} for {runtime} functions: install one with `apt-get install {package}`");
        if !refused.is_empty() {
            refused.dedup();
            message =
                format!("{message} ({} cannot be run by the user that handlers run as)", refused.join(", "));
        }
        Err(message)
    }

    fn is_reachable(&self, interpreter: &Interpreter) -> bool {
        !self.foreign
            || (is_open(&interpreter.program) && interpreter.folders.iter().all(|folder| is_open(folder)))
    }
}

/// Asks a program what it is: a version manager's shim answers with the real one.
fn ask(program: &Path, family: Family) -> Option<Interpreter> {
    let question = match family {
        Family::Python => {
            "import sys; print(sys.executable); print('%d.%d' % sys.version_info[:2]); print(sys.base_prefix); print(sys.base_exec_prefix)"
        }
        _ => "console.log(process.execPath); console.log(process.versions.node.split('.')[0])",
    };
    let mut command = Command::new(program);
    match family {
        Family::Python => command.args(["-I", "-S", "-c", question]),
        _ => command.args(["-e", question]),
    };
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|out| out.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let program = fs::canonicalize(lines.next()?).ok()?;
    let version = lines.next()?.to_owned();
    let mut folders: Vec<PathBuf> =
        lines.map(PathBuf::from).filter(|folder| *folder != Path::new("/")).collect();
    folders.extend(program.parent().map(Path::to_owned));
    folders.sort();
    folders.dedup();
    let slack = if family == Family::Python { 256 << 20 } else { 2 << 30 };
    Some(Interpreter { family, program, version, folders, slack })
}

/// Whether anybody may read (and enter, or run) a path and come there.
pub(super) fn is_open(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else {
        return false;
    };
    path.ancestors().enumerate().all(|(depth, part)| {
        fs::metadata(part).is_ok_and(|metadata| {
            let wanted = if depth == 0 && !metadata.is_dir() { 0o004 } else { 0o001 };
            metadata.mode() & wanted == wanted
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_below_a_closed_folder_is_not_open() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        fs::write(&file, "").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        assert!(is_open(&file));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!is_open(&file));
    }
}
