"""Makes Python environments: it has imported already what functions import most, boto3 or only modules of Python's own, and each
environment is a fork of it.

Runs no handler and holds no keys. Takes orders on its standard input, a socket, and tells there what became of them. What it
makes locks itself in, as `proofmark confine` locks in what it starts, before it runs anything of the function's.
"""
import _socket
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# What the bootstrap has imported when the handler's code is loaded.
BARE = set(sys.modules)
ORDER_LIMIT = 192 * 1024


def receive(control):
    """Returns the next message and the descriptor that came with it; without one when the sandbox is gone."""
    data, extra, _, _ = control.recvmsg(ORDER_LIMIT, _socket.CMSG_SPACE(4))
    given = [int.from_bytes(part[2][:4], sys.byteorder) for part in extra]
    return (json.loads(data) if data else None), (given[0] if given else None)


# Of Python's own library, what small functions import most, with what that imports.
PLAIN = ["base64", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib", "hmac", "http.client",
         "itertools", "json", "logging", "random", "re", "string", "traceback", "typing", "urllib.parse", "urllib.request", "uuid"]


def prepare(libraries):
    """Imports what descendants find imported; returns what to prepare later, and how."""
    if libraries is None:
        for name in PLAIN:
            __import__(name)
        return [], None
    boto3 = prepare_boto3(libraries)
    return list(LATER), lambda name: warm(boto3, name)


def prepare_boto3(libraries):
    """Imports boto3 and makes a client, so that what is read and imported for that is there already."""
    path = list(sys.path)
    sys.path[:] = [*(part for part in path if part and part != HERE), libraries]
    import boto3
    import botocore.loaders

    remember(botocore.loaders, libraries)
    warm(boto3, "dynamodb")
    boto3.session.Session(**NOBODY).resource("dynamodb", endpoint_url=NOWHERE)
    sys.path[:] = path
    return boto3


# Neither is ever used: no call is made.
NOBODY = {"aws_access_key_id": "-", "aws_secret_access_key": "-", "region_name": "us-east-1"}
NOWHERE = "http://127.0.0.1:1"
# What handlers use most, after tables; prepared while nothing else is to be done.
LATER = ["s3", "sqs", "sns", "lambda", "events"]


def warm(boto3, name):
    boto3.session.Session(**NOBODY).client(name, endpoint_url=NOWHERE)


def remember(loaders, libraries):
    """Lets sessions share the models that were read: each session of its own would read them again."""
    read, listed = {}, {}
    load_file = loaders.JSONFileLoader.load_file
    list_services = loaders.Loader.list_available_services

    def load_file_once(self, file_path):
        if file_path not in read:
            data = load_file(self, file_path)
            if data is None:
                return None
            read[file_path] = data
        return read[file_path]

    def list_services_once(self, type_name):
        # What others add may change.
        key = (*self.search_paths, type_name) if not any(map(foreign, self.search_paths)) else None
        if key is None or key not in listed:
            names = list_services(self, type_name)
            if key is None:
                return names
            listed[key] = names
        return list(listed[key])

    def foreign(path):
        return not path.startswith(libraries) and os.path.isdir(path)

    load_file_once.__name__ = load_file.__name__
    loaders.JSONFileLoader.load_file = load_file_once
    loaders.Loader.list_available_services = list_services_once


class Kernel:
    """What has no name in Python's own library."""

    def __init__(self):
        import ctypes

        self.ctypes = ctypes
        self.libc = ctypes.CDLL(None, use_errno=True)

    def call(self, what, *arguments):
        made = [self.ctypes.c_ulong(part) if isinstance(part, int) else part for part in arguments]
        result = getattr(self.libc, what)(*made)
        if result < 0:
            raise OSError(self.ctypes.get_errno(), f"{what}: {os.strerror(self.ctypes.get_errno())}")
        return result

    def own_files(self, binds, cover):
        """Enters a file system of its own: its parent's, with these folders in their places, and without all the others."""
        uid, gid = os.getuid(), os.getgid()
        # New name spaces for users, mounts, host names and System V objects.
        self.call("unshare", 0x10000000 | 0x00020000 | 0x04000000 | 0x08000000)
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"{cover}/proc/self/{name}", "w") as file:
                file.write(text)
        for source, target in binds:
            # MS_BIND and MS_REC; what was read-only stays so.
            self.call("mount", source.encode(), target.encode(), None, 4096 | 16384, None)
        # An empty, read-only folder, over which nobody without rights can see.
        flags = 1 | 2 | 4 | 8
        self.call("mount", b"tmpfs", cover.encode(), b"tmpfs", flags, b"size=4k,mode=755")
        header = (self.ctypes.c_uint32 * 2)(0x20080522, 0)
        self.call("capset", header, (self.ctypes.c_uint32 * 6)())

    def fence(self, descent, order):
        """Landlock: what the order opens, and nothing else."""
        attributes = (self.ctypes.c_uint64 * 3)(descent["files"], descent["ports"], descent["scopes"])
        ruleset = self.call("syscall", 444, attributes, 24, 0)
        for paths, right in ((order["readable"], descent["reading"]), (order["writable"], descent["writing"])):
            for path in paths:
                try:
                    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
                except OSError:
                    continue
                mode = os.fstat(place).st_mode
                allowed = right if mode & 0o170000 == 0o040000 else right & descent["of_file"]
                rule = allowed.to_bytes(8, sys.byteorder) + place.to_bytes(4, sys.byteorder)
                self.call("syscall", 445, ruleset, 1, rule, 0)
                os.close(place)
        for port in order["ports"]:
            rule = (self.ctypes.c_uint64 * 2)(descent["connecting"], port)
            self.call("syscall", 445, ruleset, 2, rule, 0)
        self.call("syscall", 446, ruleset, 0)
        os.close(ruleset)

    def filter(self, programs):
        """Seccomp, with the filters that a handler's process has that was started by itself."""
        for program in programs:
            code = bytes.fromhex(program)
            steps = self.ctypes.create_string_buffer(code, len(code))
            address = self.ctypes.addressof(steps)
            # struct sock_fprog: a short, and a pointer at the next place for one.
            size = self.ctypes.sizeof(self.ctypes.c_void_p)
            head = (len(code) // 8).to_bytes(2, sys.byteorder).ljust(size, b"\0")
            self.call("prctl", 22, 2, head + address.to_bytes(size, sys.byteorder), 0, 0)


def descend(kernel, descent, order, output, parent):
    """Turns the process, just forked, into one that may run a handler: nothing of its parent's or of others' is in its reach."""
    import resource

    os.dup2(output, 1)
    os.dup2(output, 2)
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.closerange(3, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    os.setpgid(0, 0)
    if order["binds"]:
        kernel.own_files(order["binds"], order["cover"])
    limits = order["limits"]
    for name, value in (("DATA", limits["data"]), ("FSIZE", limits["file"]), ("NOFILE", limits["files"]),
                        ("NPROC", limits["processes"]), ("CPU", limits["cpu"])):
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    # PR_SET_PDEATHSIG: it ends with its parent, and so with the sandbox.
    kernel.call("prctl", 1, 9, 0, 0, 0)
    if os.getppid() != parent:
        raise OSError("the parent is gone")
    os.environ.clear()
    os.environ.update(order["variables"])
    time.tzset()
    os.chdir(order["folder"])
    kernel.fence(descent, order)
    kernel.filter(descent["filters"])


def fork(kernel, descent, order, output, kept):
    """Returns the process that was made; in that process itself, ready for the handler, 0."""
    parent = os.getpid()
    process = os.fork()
    if process:
        try:
            os.setpgid(process, process)
        except OSError:
            # It has done so itself, and may have ended.
            pass
        return process
    try:
        descend(kernel, descent, order, output, parent)
        for name in [name for name in sys.modules if name not in kept]:
            del sys.modules[name]
    except BaseException as error:
        os.write(2, f"proofmark confine: {error}\n".encode())
        os._exit(125)
    return 0


def serve():
    """Takes orders until the sandbox is gone; returns in a process that was made, with its order."""
    control = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, 0)

    def tell(**message):
        control.send(json.dumps(message).encode())

    settings, _ = receive(control)
    if settings is None:
        return None
    later, more = prepare(settings["libraries"])
    kept = set(sys.modules)
    import gc
    import select

    kernel, descent = Kernel(), settings["descent"]
    import resource  # noqa: F401, it is there when a process is made

    gc.collect()
    gc.freeze()
    # Whether this machine allows it all is tried out before anybody relies on it.
    trial = fork(kernel, descent, settings["trial"], 2, kept)
    if not trial:
        os._exit(0)
    if os.waitpid(trial, 0)[1] != 0:
        tell(unfit="processes cannot be locked in further")
        return None
    tell(ready=sorted({name.partition(".")[0] for name in kept - BARE}))
    poll = select.poll()
    poll.register(0, select.POLLIN)
    running, ended, given_up = {}, set(), set()
    while True:
        happened = poll.poll(100 if later else None)
        if not happened and later:
            before = set(sys.modules)
            more(later.pop(0))
            kept |= set(sys.modules) - before
            gc.freeze()
        for place, _ in happened:
            if place:
                process = running.pop(place)
                poll.unregister(place)
                os.close(place)
                # Not taken away yet: as long as it is not, nobody else gets its number, by which the sandbox ends its group.
                end = os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
                status = end.si_status << 8 if end.si_code == os.CLD_EXITED else end.si_status
                tell(ended=process, status=status)
                if process in given_up:
                    given_up.discard(process)
                    os.waitpid(process, 0)
                else:
                    ended.add(process)
                continue
            message, output = receive(control)
            if message is None:
                return None
            if "bury" in message:
                process = message["bury"]
                if process in ended:
                    ended.discard(process)
                    os.waitpid(process, 0)
                else:
                    given_up.add(process)
                continue
            try:
                process = fork(kernel, descent, message, output, kept)
                if process:
                    running_at = os.pidfd_open(process)
            except OSError as error:
                tell(order=message["order"], failed=str(error))
                continue
            finally:
                if output is not None and os.getpid() == OWN:
                    os.close(output)
            if not process:
                control.detach()
                return message
            running[running_at] = process
            poll.register(running_at, select.POLLIN)
            tell(order=message["order"], process=process)


OWN = os.getpid()
file = os.path.join(HERE, "bootstrap.py")
with open(file, "rb") as source:
    code = compile(source.read(), file, "exec")
order = serve()
if order is None:
    os._exit(0)
# From here on as if the interpreter had been started with the bootstrap.
main = type(sys)("__main__")
main.__dict__.update(__file__=file, __builtins__=__builtins__, __spec__=None)
sys.modules["__main__"] = main
exec(code, main.__dict__)
