use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use super::interpreter::{Interpreter, is_open};
use crate::context::Context;

/// Another sandbox that prepares the same folder is waited for this long; a lock older than that was left behind.
const LOCK_LIFE: Duration = Duration::from_mins(3);

/// The libraries that Lambda's Python runtimes bring along: boto3 and what it needs.
///
/// Prepared when the first function is stored whose code mentions one of them, and not at the sandbox's start: most
/// sandboxes start without any such function, and their start has to take milliseconds. The function stays `Pending` until
/// the libraries are there, so that no invocation pays for it.
pub(super) struct PythonLibraries {
    cache: PathBuf,
    path: Vec<PathBuf>,
    foreign: bool,
    /// Held while looking or preparing; holds what was found, by Python version.
    found: Mutex<Vec<(String, PathBuf)>>,
}

impl PythonLibraries {
    pub(super) fn new(context: &Context) -> Self {
        let foreign = nix::unistd::geteuid().is_root();
        let cache = cache_of(context, foreign);
        Self { cache, path: context.environment.path(), foreign, found: Mutex::default() }
    }

    /// Finds boto3 for an interpreter, or fetches it. Blocks, up to minutes. Fails with a sentence that says what to do.
    pub(super) fn prepare(&self, interpreter: &Interpreter) -> Result<PathBuf, String> {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, folder)) = found.iter().find(|(version, _)| *version == interpreter.version) {
            return Ok(folder.clone());
        }
        let folder = match self.of_system(interpreter) {
            Some(folder) => folder,
            None => self.fetch(interpreter)?,
        };
        found.push((interpreter.version.clone(), folder.clone()));
        Ok(folder)
    }

    /// Returns the folder that the system's own boto3 lies in, if handlers can read it.
    fn of_system(&self, interpreter: &Interpreter) -> Option<PathBuf> {
        let question = "import boto3, botocore; print(boto3.__file__)";
        let output = Command::new(&interpreter.program)
            .args(["-s", "-E", "-c", question])
            .current_dir("/")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        let file = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        if self.foreign && !is_open(&file) {
            return None;
        }
        // .../site-packages/boto3/__init__.py
        Some(file.parent()?.parent()?.to_owned())
    }

    fn fetch(&self, interpreter: &Interpreter) -> Result<PathBuf, String> {
        let target = self.cache.join(format!("python{}-boto3", interpreter.version));
        let wrong = |error: io::Error| {
            format!(
                "boto3 for handlers cannot be kept in {} ({error}); name another folder with PROOFMARK_CACHE",
                self.cache.display()
            )
        };
        if target.join("boto3").is_dir() {
            return Ok(target);
        }
        fs::create_dir_all(&self.cache).map_err(wrong)?;
        if self.foreign {
            fs::set_permissions(&self.cache, fs::Permissions::from_mode(0o755)).map_err(wrong)?;
        }
        let _lock = Lock::take(self.cache.join(format!("python{}-boto3.lock", interpreter.version)))
            .map_err(wrong)?;
        // Another sandbox may have done it meanwhile.
        if target.join("boto3").is_dir() {
            return Ok(target);
        }
        let _ = writeln!(
            io::stderr(),
            "preparing boto3 for Python {} handlers in {} ...",
            interpreter.version,
            target.display()
        );
        let draft = self.cache.join(format!("python{}-boto3.{}", interpreter.version, std::process::id()));
        let _ = fs::remove_dir_all(&draft);
        let outcome = self.install(interpreter, &draft);
        if let Err(reason) = outcome {
            let _ = fs::remove_dir_all(&draft);
            return Err(format!(
                "boto3 for Python {} handlers could not be prepared: {reason}; it is had with: {} -m pip install --target {} boto3",
                interpreter.version,
                interpreter.program.display(),
                target.display()
            ));
        }
        open_up(&draft).map_err(wrong)?;
        match fs::rename(&draft, &target) {
            Err(error) if !target.join("boto3").is_dir() => return Err(wrong(error)),
            _ => {}
        }
        let _ = writeln!(io::stderr(), "boto3 is ready");
        Ok(target)
    }

    /// Installs with the interpreter's own pip, or with another Python's that has one.
    fn install(&self, interpreter: &Interpreter, draft: &Path) -> Result<(), String> {
        let others =
            self.path.iter().map(|folder| folder.join("python3")).filter(|program| program.is_file());
        let programs: Vec<PathBuf> = std::iter::once(interpreter.program.clone()).chain(others).collect();
        let mut reason = "no Python here has pip (`apt-get install python3-pip` brings it)".to_owned();
        for (index, program) in programs.iter().enumerate() {
            let mut command = Command::new(program);
            command.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-input",
                "--disable-pip-version-check",
                "--target",
            ]);
            command.arg(draft);
            if index > 0 {
                command.args(["--only-binary=:all:", "--python-version", &interpreter.version]);
            }
            command.arg("boto3").env("PIP_ROOT_USER_ACTION", "ignore").stdin(Stdio::null());
            match command.output() {
                Ok(output) if output.status.success() => return Ok(()),
                Ok(output) => {
                    let said = String::from_utf8_lossy(&output.stderr);
                    // The next one may have it.
                    if said.contains("No module named pip") {
                        continue;
                    }
                    let last = said.lines().rev().find(|line| line.contains("ERROR")).or(said.lines().last());
                    reason = format!("pip says: {}", last.unwrap_or("nothing").trim());
                }
                Err(error) => reason = format!("{}: {error}", program.display()),
            }
        }
        Err(reason)
    }
}

/// Returns the folder for libraries. Root's own cache folder is closed to the users that handlers run as.
pub(super) fn cache_of(context: &Context, foreign: bool) -> PathBuf {
    match context.environment.get("PROOFMARK_CACHE") {
        Some(folder) => PathBuf::from(folder),
        None if foreign => PathBuf::from("/var/cache/proofmark"),
        None => context.environment.cache_dir(),
    }
}

/// Lets anybody read a folder's files, whatever the umask was when they were written.
pub(super) fn open_up(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            open_up(&entry.path())?;
        } else if kind.is_file() {
            let mode = entry.metadata()?.permissions().mode();
            fs::set_permissions(entry.path(), fs::Permissions::from_mode((mode & 0o755) | 0o444))?;
        }
    }
    Ok(())
}

/// A file that is there while somebody prepares.
pub(super) struct Lock {
    file: PathBuf,
}

impl Lock {
    pub(super) fn take(file: PathBuf) -> io::Result<Self> {
        loop {
            match fs::OpenOptions::new().write(true).create_new(true).open(&file) {
                Ok(_) => return Ok(Self { file }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let made = fs::metadata(&file).and_then(|metadata| metadata.modified());
                    let age = made.ok().and_then(|made| SystemTime::now().duration_since(made).ok());
                    if age.is_some_and(|age| age > LOCK_LIFE) {
                        let _ = fs::remove_file(&file);
                    }
                    std::thread::sleep(Duration::from_millis(200));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
