use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const PROGRAM: &str = env!("CARGO_BIN_EXE_proofmark");

/// The program as `sandbox --open`, until dropped.
pub(crate) struct Sandbox {
    pub address: SocketAddr,
    child: Child,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["sandbox", "--open", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split("http://").nth(1)?.split_whitespace().next()?.parse().ok())
            .expect("the sandbox prints its address");
        // Whatever it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { address, child }
    }

    pub(crate) fn resident_kib(&self) -> u32 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// What each process that the sandbox started holds, its part of what it shares with others; read as root.
    pub(crate) fn environments_kib(&self) -> Vec<u64> {
        let parent_of = |process: u32| -> Option<u32> {
            let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
            stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        };
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let ours = processes.filter(|process| {
            let mut at = Some(*process);
            while let Some(parent) = at.and_then(parent_of).filter(|parent| *parent > 1) {
                if parent == self.child.id() {
                    return true;
                }
                at = Some(parent);
            }
            false
        });
        ours.filter_map(|process| {
            let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
            let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The healthy orders service, held up by `provision`.
pub(crate) struct Stack {
    child: Child,
    state: tempfile::TempDir,
}

impl Stack {
    pub(crate) fn provision() -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["provision", "orders-api", "--healthy"])
            .env("XDG_STATE_HOME", state.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let up = lines.by_ref().map_while(Result::ok).any(|line| line.contains("AWS_SECRET_ACCESS_KEY"));
        assert!(up, "provision prints the candidate's environment");
        std::thread::spawn(move || lines.for_each(drop));
        // The record is written just after the environment is printed.
        std::thread::sleep(std::time::Duration::from_millis(200));
        Self { child, state }
    }

    /// Grades it in a process of its own, and returns how long that took in milliseconds.
    pub(crate) fn grade(&self) -> f64 {
        let start = Instant::now();
        let graded = Command::new(PROGRAM)
            .args(["grade", "orders-api", "--format", "json"])
            .env("XDG_STATE_HOME", self.state.path())
            .stderr(Stdio::null())
            .output()
            .unwrap();
        let took = start.elapsed().as_secs_f64() * 1e3;
        assert_eq!(graded.status.code(), Some(0), "{}", String::from_utf8_lossy(&graded.stdout));
        took
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
