use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use proofmark::sandbox::lambda::confinement::{Confinement, Level, Limits, Mount};
use serde_json::Value;

/// Tries what a hostile handler would try, and prints what came of each attempt: `no` and the error, or what it got.
const ATTEMPTS: &str = r"
import ctypes, json, os, resource, socket, sys
result = {}
def attempt(name, act):
    try: result[name] = 'yes ' + repr(act())[:60]
    except Exception as error: result[name] = 'no ' + repr(error)[:60]
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) == -1: raise OSError(ctypes.get_errno(), 'refused')
parent, secret, code, tmp = sys.argv[1:]
attempt('read a file of the host', lambda: open(secret).read())
attempt('list root', lambda: os.listdir('/root'))
attempt('read shadow', lambda: open('/etc/shadow').read())
attempt('read the environment of the parent', lambda: open(f'/proc/{parent}/environ', 'rb').read())
attempt('write the code', lambda: open(code + '/new', 'w'))
attempt('write elsewhere', lambda: open('/var/tmp/proofmark-escaped', 'w'))
attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt('udp6', lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
attempt('raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))
attempt('netlink', lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
attempt('mptcp', lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262))
attempt('bind', lambda: socket.socket().bind(('127.0.0.1', 0)))
attempt('connect elsewhere', lambda: socket.create_connection(('127.0.0.1', 9)))
attempt('signal the parent', lambda: os.kill(int(parent), 0))
attempt('leave the group', os.setsid)
attempt('limit the parent', lambda: resource.prlimit(int(parent), resource.RLIMIT_NOFILE, resource.prlimit(0, resource.RLIMIT_NOFILE)))
attempt('move the parent', lambda: os.sched_setaffinity(int(parent), os.sched_getaffinity(0)))
attempt('slow the parent down', lambda: os.setpriority(os.PRIO_PROCESS, int(parent), 0))
attempt('slow the user down', lambda: os.setpriority(os.PRIO_USER, 0, 0))
attempt('schedule the parent', lambda: os.sched_setscheduler(int(parent), os.SCHED_OTHER, os.sched_param(0)))
attempt('become root', lambda: os.setuid(0))
attempt('user namespace', lambda: call(272, 0x10000000))
attempt('ptrace', lambda: call(101, 16, int(parent), 0, 0))
attempt('io_uring', lambda: call(425, 1, 0))
attempt('bpf', lambda: call(321, 0, 0, 0))
attempt('keyctl', lambda: call(250, 0, 0))
attempt('mount', lambda: call(165, b'x', tmp.encode(), b'tmpfs', 0, 0))
attempt('x32', lambda: call(0x40000000 + 101, 16, int(parent), 0, 0))
allowed = {}
result, kept = allowed, result
attempt('write tmp', lambda: open(tmp + '/file', 'w').write('x'))
attempt('tcp', lambda: socket.socket())
attempt('local pair', socket.socketpair)
attempt('program', lambda: os.system('exit 0'))
attempt('limit itself', lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (32, 32)))
attempt('slow itself down', lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
# Whether anybody listens there is another question.
try: socket.create_connection(('127.0.0.1', 1))
except ConnectionRefusedError: allowed['connect where allowed'] = 'yes'
print(json.dumps({'attempts': kept, 'allowed': allowed, 'uid': os.getuid()}))
";

/// Where things lie for one attempt.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("confinement-").tempdir_in("/tmp").unwrap();
        let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        open(folder.path(), 0o755);
        for name in ["root", "code", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            open(&folder.path().join(name), 0o755);
        }
        let script = folder.path().join("code/attempts.py");
        fs::write(&script, ATTEMPTS).unwrap();
        open(&script, 0o644);
        let secret = folder.path().join("secret");
        fs::write(&secret, "of the host").unwrap();
        open(&secret, 0o644);
        Self { folder }
    }

    fn run(&self, private_files: bool) -> Value {
        let is_root = nix::unistd::geteuid().is_root();
        let uid = is_root.then_some(0x7000_0001);
        let at = |name: &str| self.folder.path().join(name);
        chown(at("tmp"), uid, uid).unwrap();
        let mut mounts: Vec<Mount> =
            ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom"].map(Mount::same).into();
        mounts.push(Mount { source: at("code"), target: "/var/task".into(), writable: false });
        mounts.push(Mount { source: at("tmp"), target: "/tmp".into(), writable: true });
        let (code, tmp) =
            if private_files { ("/var/task".into(), "/tmp".into()) } else { (at("code"), at("tmp")) };
        let parent = std::process::id();
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let plan = Confinement {
            command: vec![
                "/usr/bin/python3".into(),
                "-ISB".into(),
                text(&code.join("attempts.py")),
                parent.to_string(),
                text(&at("secret")),
                text(&code),
                text(&tmp),
            ],
            folder: code,
            root: private_files.then(|| at("root")),
            mounts,
            uid,
            ports: vec![1],
            limits: Limits { data: 1 << 30, file: 1 << 20, files: 64, processes: 4096, cpu: 60 },
            parent,
            makes_handlers: false,
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
        let output = command.arg("confine").arg(serde_json::to_string(&plan).unwrap()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn level() -> Level {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
    let output = command.args(["confine", "--probe"]).arg(folder.path()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(result: &Value, level: Level) {
    for (name, outcome) in result["attempts"].as_object().unwrap() {
        // What the kernel cannot fence is said at the start, and not promised here.
        let promised = match name.as_str() {
            "bind" | "connect elsewhere" => level.ports,
            "signal the parent" => level.signals || level.own_user,
            _ => true,
        };
        assert!(!promised || outcome.as_str().unwrap().starts_with("no "), "{name}: {outcome}");
    }
    let allowed = [
        "write tmp",
        "tcp",
        "local pair",
        "program",
        "limit itself",
        "slow itself down",
        "connect where allowed",
    ];
    for name in allowed {
        assert!(result["allowed"][name].as_str().unwrap_or("absent").starts_with("yes"), "{name}: {result}");
    }
    assert_ne!(result["uid"], 0);
}

#[test]
fn a_hostile_handler_gets_nowhere_by_landlock_and_seccomp_alone() {
    let level = level();
    if level.landlock {
        check(&Place::new().run(false), level);
    } else {
        assert!(!level.is_safe() || level.private_files);
    }
}

#[test]
fn a_hostile_handler_gets_nowhere_from_its_private_file_system() {
    let level = level();
    if level.private_files {
        check(&Place::new().run(true), level);
    } else {
        assert!(!level.is_safe() || level.landlock);
    }
}

#[test]
fn the_verb_is_nobodys_but_the_sandboxs() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
    let output = command.arg("confine").output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(String::from_utf8_lossy(&output.stderr).contains("this verb is the sandbox's own"));
}
