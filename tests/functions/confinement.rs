use std::fs;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use proofmark::sandbox::lambda::confinement::{Confinement, Level, Limits, Mount};
use serde_json::Value;

/// Tries what a hostile handler would try, and prints what came of each attempt: `no` and the error, or what it got.
const ATTEMPTS: &str = r"
import ctypes, json, os, resource, shutil, socket, sys
result = {}
def attempt(name, act):
    try: result[name] = 'yes ' + repr(act())[:60]
    except Exception as error: result[name] = 'no ' + repr(error)[:60]
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) == -1: raise OSError(ctypes.get_errno(), 'refused')
parent, secret, code, tmp, door = sys.argv[1:]
def knock(name):
    with socket.socket(socket.AF_UNIX) as caller: caller.connect(name)
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
attempt('connect to a local socket', lambda: knock(door))
attempt('connect to an abstract socket', lambda: knock('\0' + door))
attempt('shorten a file of the host', lambda: os.truncate(secret, 0))
attempt('mark a file of the host', lambda: os.setxattr(secret, 'user.mark', b'x'))
attempt('watch a file of the host', lambda: call(254, libc.syscall(294, 0), secret.encode(), 0x100))
# Whether these answer is one thing; that the file stays as it is, is looked at from outside.
for act in (lambda: os.chmod(secret, 0o777), lambda: os.utime(secret, (1, 1)), lambda: os.chown(secret, -1, os.getgid())):
    try: act()
    except OSError: pass
attempt('x32', lambda: call(0x40000000 + 101, 16, int(parent), 0, 0))
allowed = {}
result, kept = allowed, result
attempt('write tmp', lambda: open(tmp + '/file', 'w').write('x'))
attempt('tcp', lambda: socket.socket())
attempt('local pair', socket.socketpair)
attempt('copy with its mode', lambda: shutil.copy2(code + '/attempts.py', tmp + '/copy'))
attempt('program', lambda: os.system('exit 0'))
attempt('limit itself', lambda: resource.prlimit(0, resource.RLIMIT_NOFILE, (32, 32)))
attempt('slow itself down', lambda: os.setpriority(os.PRIO_PROCESS, 0, 5))
# Whether anybody listens there is another question.
try: socket.create_connection(('127.0.0.1', 1))
except ConnectionRefusedError: allowed['connect where allowed'] = 'yes'
print(json.dumps({'attempts': kept, 'allowed': allowed, 'uid': os.getuid()}))
";

/// An ordinary user, of whom the machine has more than nothing.
const ORDINARY: u32 = 65_533;

/// How one process is kept in.
#[derive(Debug, Clone, Copy)]
struct Trial {
    private_files: bool,
    /// As somebody without root rights would start it, whose files lie about.
    ordinary: bool,
    /// As a kernel would that knows Landlock up to this version of its interface.
    landlock: Option<u8>,
}

/// Where things lie for one attempt.
struct Place {
    folder: tempfile::TempDir,
    _door: UnixListener,
    _abstract_door: UnixListener,
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
        let door = folder.path().join("door");
        let listener = UnixListener::bind(&door).unwrap();
        open(&door, 0o777);
        let named = SocketAddr::from_abstract_name(door.to_str().unwrap()).unwrap();
        let abstract_door = UnixListener::bind_addr(&named).unwrap();
        Self { folder, _door: listener, _abstract_door: abstract_door }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, trial: Trial) -> Value {
        let is_root = nix::unistd::geteuid().is_root();
        let uid = (is_root && !trial.ordinary).then_some(0x7000_0001);
        let program = self.program();
        if is_root && trial.ordinary {
            for name in ["", "root", "code", "code/attempts.py", "secret", "door"] {
                chown(self.at(name), Some(ORDINARY), Some(ORDINARY)).unwrap();
            }
        }
        let owner = if is_root && trial.ordinary { Some(ORDINARY) } else { uid };
        chown(self.at("tmp"), owner, owner).unwrap();
        let mut mounts: Vec<Mount> =
            ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/urandom"].map(Mount::same).into();
        mounts.push(Mount { source: self.at("code"), target: "/var/task".into(), writable: false });
        mounts.push(Mount { source: self.at("tmp"), target: "/tmp".into(), writable: true });
        let (code, tmp) = if trial.private_files {
            ("/var/task".into(), "/tmp".into())
        } else {
            (self.at("code"), self.at("tmp"))
        };
        let parent = std::process::id();
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let plan = Confinement {
            command: vec![
                "/usr/bin/python3".into(),
                "-ISB".into(),
                text(&code.join("attempts.py")),
                parent.to_string(),
                text(&self.at("secret")),
                text(&code),
                text(&tmp),
                text(&self.at("door")),
            ],
            folder: code,
            root: trial.private_files.then(|| self.at("root")),
            mounts,
            uid,
            ports: vec![1],
            limits: Limits { data: 1 << 30, file: 1 << 20, files: 64, processes: 4096, cpu: 60 },
            parent,
            makes_handlers: false,
            landlock: trial.landlock,
        };
        let mut command = Command::new(program);
        command.current_dir("/").arg("confine").arg(serde_json::to_string(&plan).unwrap());
        if is_root && trial.ordinary {
            command.uid(ORDINARY).gid(ORDINARY);
        }
        let before = fs::metadata(self.at("secret")).unwrap();
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{trial:?}: {said}");
        let after = fs::metadata(self.at("secret")).unwrap();
        let looks = |file: &fs::Metadata| (file.mode(), file.uid(), file.gid(), file.mtime(), file.len());
        assert_eq!(looks(&after), looks(&before), "{trial:?}: a file of the host was changed");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The program, where an ordinary user can start it.
    fn program(&self) -> PathBuf {
        let (built, here) = (Path::new(env!("CARGO_BIN_EXE_proofmark")), self.at("proofmark"));
        if !here.exists() && fs::hard_link(built, &here).is_err() {
            fs::copy(built, &here).unwrap();
        }
        here
    }

    fn level(&self, trial: Trial) -> Level {
        let mut command = Command::new(self.program());
        command.current_dir("/").args(["confine", "--probe"]).arg(self.at("root"));
        if nix::unistd::geteuid().is_root() && trial.ordinary {
            chown(self.at("root"), Some(ORDINARY), Some(ORDINARY)).unwrap();
            command.uid(ORDINARY).gid(ORDINARY);
        }
        let output = command.output().unwrap();
        let level: Level = serde_json::from_slice(&output.stdout).unwrap();
        level.up_to(trial.landlock.unwrap_or(u8::MAX))
    }
}

/// Tries everything at one level, where the machine has it, and returns whether it has.
fn holds(trial: Trial) -> bool {
    let place = Place::new();
    let level = place.level(trial);
    let there = if trial.private_files { level.private_files } else { level.landlock };
    if there {
        check(&place.run(trial), level, trial);
    }
    there
}

fn check(result: &Value, level: Level, trial: Trial) {
    for (name, outcome) in result["attempts"].as_object().unwrap() {
        // What the kernel cannot fence is said at the start, and not promised here.
        let promised = match name.as_str() {
            "bind" | "connect elsewhere" => level.ports,
            "signal the parent" => level.signals || level.own_user,
            _ => true,
        };
        assert!(!promised || outcome.as_str().unwrap().starts_with("no "), "{trial:?}: {name}: {outcome}");
    }
    let allowed = [
        "write tmp",
        "tcp",
        "local pair",
        "copy with its mode",
        "program",
        "limit itself",
        "slow itself down",
        "connect where allowed",
    ];
    for name in allowed {
        let outcome = result["allowed"][name].as_str().unwrap_or("absent");
        assert!(outcome.starts_with("yes"), "{trial:?}: {name}: {result}");
    }
    assert_ne!(result["uid"], 0);
}

/// The kernels of the table in docs/isolation.md: today's, before 6.12, before 6.7, and the first with Landlock.
const KERNELS: [Option<u8>; 4] = [None, Some(5), Some(3), Some(1)];

#[test]
fn a_hostile_handler_gets_nowhere_by_landlock_and_seccomp_alone() {
    let tried = KERNELS.map(|landlock| {
        let own = holds(Trial { private_files: false, ordinary: false, landlock });
        holds(Trial { private_files: false, ordinary: true, landlock }) && own
    });
    assert!(tried[0] == tried[3], "the older fence is tried wherever the newer one is");
}

#[test]
fn a_hostile_handler_gets_nowhere_from_its_private_file_system() {
    let tried = KERNELS.map(|landlock| {
        let own = holds(Trial { private_files: true, ordinary: false, landlock });
        holds(Trial { private_files: true, ordinary: true, landlock }) && own
    });
    assert!(tried[0] == tried[3], "the older fence is tried wherever the newer one is");
}

#[test]
fn the_verb_is_nobodys_but_the_sandboxs() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofmark"));
    let output = command.arg("confine").output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(String::from_utf8_lossy(&output.stderr).contains("this verb is the sandbox's own"));
}
