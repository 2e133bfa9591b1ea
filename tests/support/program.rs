use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

/// The program as a user runs it: with a home of its own, and nothing of this machine's AWS configuration.
pub(crate) struct Program {
    home: TempDir,
}

/// A run that ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A run that goes on, such as `provision` and `sandbox`. It is interrupted when dropped.
pub(crate) struct Started {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it has printed so far.
    pub(crate) printed: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A folder that goes with the program.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
        command
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", std::env::var_os("PATH").unwrap())
            // What handlers need is prepared once for all tests.
            .env("XDG_CACHE_HOME", cache())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[])
    }

    pub(crate) fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let output = self.command(arguments).envs(environment.iter().copied()).output().unwrap();
        Ended::of(&output)
    }

    /// Starts a run, and waits until it has printed `until`.
    pub(crate) fn start(&self, arguments: &[&str], until: &str) -> Started {
        let log = std::fs::File::create(self.home().join("stderr")).unwrap();
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        while !printed.contains(until) {
            if out.read_line(&mut printed).unwrap() == 0 {
                let err = std::fs::read_to_string(self.home().join("stderr")).unwrap_or_default();
                panic!("{arguments:?} ended before it printed {until:?}:\n{printed}\n{err}");
            }
        }
        Started { child, out, printed }
    }
}

impl Ended {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts the exit code, and that every part stands in what was printed.
    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        for part in parts {
            let there = self.out.contains(part) || self.err.contains(part);
            assert!(there, "{part:?} is not in:\n{}{}", self.out, self.err);
        }
    }
}

impl Started {
    /// Returns the `export` lines that it printed.
    pub(crate) fn exports(&self) -> Vec<(String, String)> {
        let lines = self.printed.lines().filter_map(|line| line.trim().strip_prefix("export "));
        lines
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    }

    /// Interrupts it as Ctrl-C does, and returns its exit code and the rest of what it printed.
    pub(crate) fn interrupt(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where tests keep what takes long to make.
pub(crate) fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache")
}
