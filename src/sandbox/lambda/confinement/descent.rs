use std::io;

use serde::Serialize;

use super::{Exposure, fence, filter};

/// How a process that was forked locks itself in, as numbers of the kernel's own: it cannot call what stands in this crate.
///
/// It is the same as what a handler's process does that is started by itself, but for what its parent did for it.
#[derive(Debug, Serialize)]
pub struct Descent {
    /// Landlock: what is fenced at all, by the kernel's `landlock_ruleset_attr`.
    files: u64,
    ports: u64,
    scopes: u64,
    /// What is allowed beneath a path to read, and beneath one to write.
    reading: u64,
    writing: u64,
    /// Of these, what a path to a file can have.
    of_file: u64,
    /// The right to connect to a port.
    connecting: u64,
    /// Seccomp filters, hexadecimal, as an array of the kernel's `sock_filter`.
    filters: Vec<String>,
}

impl Descent {
    /// Reads the numbers off what other handlers are kept in by.
    pub fn of_handlers(exposure: Exposure) -> io::Result<Self> {
        let (files, ports, scopes) = fence::everything();
        let bytes = |program: &seccompiler::BpfProgram| {
            let mut out = Vec::with_capacity(program.len() * 8);
            for step in program {
                out.extend(step.code.to_ne_bytes());
                out.extend([step.jt, step.jf]);
                out.extend(step.k.to_ne_bytes());
            }
            hex::encode(out)
        };
        Ok(Self {
            files: files.bits(),
            ports: ports.bits(),
            scopes: scopes.bits(),
            reading: fence::reading().bits(),
            writing: fence::writing().bits(),
            of_file: fence::of_files().bits(),
            connecting: landlock::BitFlags::from(landlock::AccessNet::ConnectTcp).bits(),
            filters: filter::of_handlers(exposure)?.iter().map(bytes).collect(),
        })
    }
}
