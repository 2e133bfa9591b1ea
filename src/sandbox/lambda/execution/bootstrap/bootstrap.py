"""Runs a Python handler: Lambda's Runtime API on one side, the function's code on the other.

Imports little, since everything imported here is paid at every cold start.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""
import _socket
import json
import os
import sys
import time

TASK = os.environ.pop("_PROOFMARK_TASK", "/var/task")
OPT = os.environ.pop("_PROOFMARK_OPT", "/opt")
LIBRARIES = os.environ.pop("_PROOFMARK_LIBRARIES", "")
API = os.environ["AWS_LAMBDA_RUNTIME_API"]


class Fault(Exception):
    """What the runtime itself reports, with AWS's name for it."""

    def __init__(self, kind, message, frames=()):
        super().__init__(message)
        self.kind, self.message, self.frames = kind, message, list(frames)


class Api:
    """One connection to the Runtime API, kept open."""

    def __init__(self, address):
        place, _, self.prefix = address.partition("/")
        host, _, port = place.partition(":")
        self.host = place
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.rest = b""

    def call(self, method, path, body=b"", headers=""):
        path = ("/" + self.prefix if self.prefix else "") + "/2018-06-01/runtime/" + path
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        self.socket.sendall(head.encode() + body)
        data = self.rest
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, data = data.partition(b"\r\n\r\n")
        fields = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            fields[name.strip().lower().decode()] = value.strip().decode("utf-8", "replace")
        length = int(fields.get("content-length", 0))
        parts, have = [data], len(data)
        while have < length:
            part = self.more()
            parts.append(part)
            have += len(part)
        data = b"".join(parts)
        self.rest = data[length:]
        return fields, data[:length]

    def more(self):
        part = self.socket.recv(65536)
        if not part:
            sys.exit(1)
        return part


class Context:
    """What a handler is told about its invocation."""

    def __init__(self, fields):
        self.aws_request_id = fields.get("lambda-runtime-aws-request-id")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.invoked_function_arn = fields.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = None
        self._deadline = int(fields.get("lambda-runtime-deadline-ms", 0))
        identity = json.loads(fields.get("lambda-runtime-cognito-identity") or "{}")
        self.identity = Record(
            "CognitoIdentity",
            cognito_identity_id=identity.get("cognitoIdentityId"),
            cognito_identity_pool_id=identity.get("cognitoIdentityPoolId"),
        )
        self.client_context = client_context(fields.get("lambda-runtime-client-context"))

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        for stream in (sys.stdout,):
            stream.write(str(message))

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
                 "function_version", "invoked_function_arn", "client_context", "identity", "tenant_id")
        return "LambdaContext([" + ",".join(f"{name}={getattr(self, name)}" for name in names) + "])"


class Record:
    """A few named values."""

    def __init__(self, title, **values):
        self._title = title
        self.__dict__.update(values)

    def __repr__(self):
        values = ",".join(f"{k}={v}" for k, v in self.__dict__.items() if k != "_title")
        return f"{self._title}([{values}])"


def client_context(text):
    if not text:
        return None
    given = json.loads(text)
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    client = Record("Client", **{name: given.get("client", {}).get(name) for name in names})
    return Record("ClientContext", custom=given.get("custom"), env=given.get("env"), client=client)


def event_text(text):
    """Writes several lines as one event of the log; the marks are taken out by the sandbox."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, b"\x1e" + text.replace("\x1f", "").encode("utf-8", "replace") + b"\x1f\n")


def as_seen(path):
    """A path as the function knows it, wherever the code really lies."""
    return "/var/task" + path[len(TASK):] if path == TASK or path.startswith(TASK + "/") else path


def frames_of(trace):
    import traceback

    frames = traceback.extract_tb(trace)
    while frames and (frames[0].filename == __file__ or "importlib" in frames[0].filename):
        frames.pop(0)
    seen = [traceback.FrameSummary(as_seen(f.filename), f.lineno, f.name, lookup_line=False, line=f.line) for f in frames]
    return traceback.format_list(seen)


def describe(error):
    """Returns the error's payload, and its text for the log."""
    if isinstance(error, Fault):
        kind, message, frames = error.kind, error.message, error.frames
    else:
        kind, message, frames = type(error).__name__, str(error), frames_of(error.__traceback__)
    text = f"[ERROR] {kind}: {message}"
    text += "\nTraceback (most recent call last):" + "".join("\n" + frame.rstrip("\n") for frame in frames)
    return {"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": frames}, text


def report(path, error, request_id=None):
    payload, text = describe(error)
    if request_id:
        payload["requestId"] = request_id
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = json.dumps({"timestamp": now, "log_level": "ERROR", **payload})
    event_text(text)
    body = json.dumps(payload).encode()
    API_CALL.call("POST", path, body, f"Lambda-Runtime-Function-Error-Type: {ascii(payload['errorType'])[1:-1]}\r\n")


def load(name):
    """Imports the handler as Lambda does, with Lambda's words for what goes wrong."""
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    module_name = module_name.replace("/", ".")
    if module_name in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    try:
        __import__(module_name)
        module = sys.modules[module_name]
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        frame = f'  File "{as_seen(error.filename or "")}" Line {error.lineno}\n    {(error.text or "").rstrip()}\n'
        shown = str(error).replace(TASK, "/var/task")
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {shown}", [frame]) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from None


class LoggingHook:
    """Gives the root logger Lambda's handler when, and only when, somebody imports `logging`."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            set_up_logging(module)

        class Loader:
            create_module = staticmethod(spec.loader.create_module)

        Loader.exec_module = staticmethod(exec_module)
        spec.loader = Loader()
        return spec


def set_up_logging(logging):
    class LambdaHandler(logging.Handler):
        def emit(self, record):
            try:
                event_text(self.format(record))
            except Exception:
                self.handleError(record)

    class AddRequestId(logging.Filter):
        def filter(self, record):
            record.aws_request_id = CURRENT.get("id", "")
            return True

    handler = LambdaHandler()
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        handler.setFormatter(json_formatter(logging))
    else:
        layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        formatter = logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        handler.setFormatter(formatter)
    handler.addFilter(AddRequestId())
    logging.root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL")
    if level:
        logging.root.setLevel({"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(level, level))


def json_formatter(logging):
    class JsonFormatter(logging.Formatter):
        def format(self, record):
            out = {
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
                "requestId": record.aws_request_id,
            }
            if record.exc_info and record.exc_info[0]:
                out["errorType"] = record.exc_info[0].__name__
                out["errorMessage"] = str(record.exc_info[1])
                out["stackTrace"] = frames_of(record.exc_info[2])
            return json.dumps(out, default=str)

    return JsonFormatter()


def fallback(value):
    # As Lambda's runtime: Decimals are numbers, everything else unknown fails.
    if type(value).__name__ == "Decimal":
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def answer(handler, fields, body):
    request_id = fields["lambda-runtime-aws-request-id"]
    CURRENT["id"] = request_id
    trace = fields.get("lambda-runtime-trace-id")
    if trace:
        os.environ["_X_AMZN_TRACE_ID"] = trace
    path = f"invocation/{request_id}/"
    try:
        try:
            event = json.loads(body)
        except ValueError as error:
            raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
        result = handler(event, Context(fields))
        try:
            text = json.dumps(result, default=fallback, ensure_ascii=False).encode("utf-8")
        except (TypeError, ValueError, UnicodeEncodeError) as error:
            raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None
    except Exception as error:
        report(path + "error", error, request_id)
        return
    sys.stdout.flush()
    sys.stderr.flush()
    API_CALL.call("POST", path + "response", text, "Content-Type: application/json\r\n")


CURRENT = {}
API_CALL = Api(API)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    given = [part for part in os.environ.get("PYTHONPATH", "").split(":") if part]
    own = [part for part in LIBRARIES.split(":") if part]
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [TASK, *given, f"{OPT}/python/lib/{version}/site-packages", f"{OPT}/python",
                   *(part for part in sys.path if part and part != here), *own]
    if "logging" in sys.modules:
        set_up_logging(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, LoggingHook())
    sys.argv = [os.environ.get("_HANDLER", "")]
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:
        report("init/error", error)
        sys.exit(1)
    except SystemExit:
        sys.stdout.flush()
        raise
    while True:
        answer(handler, *API_CALL.call("GET", "invocation/next"))


sys.modules.setdefault("bootstrap", sys.modules["__main__"])
main()
