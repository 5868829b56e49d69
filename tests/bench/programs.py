"""Starts and ends the programs of the benchmark. Every one is ended by its process id, whatever happens."""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CATALOG = ROOT / "plans.yaml"
START_DEADLINE = 300
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failed(Exception):
    """The benchmark cannot go on; the message says why and is all that its user sees."""


class Stopped(BaseException):
    """Somebody ends the benchmark by the signal of that number."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Programs:
    """The built programs, a folder of this run, and everything that was started in it."""

    def __init__(self, build):
        self.bin, self.bench = pathlib.Path(build, "bin"), pathlib.Path(build, "bench")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="usher-bench."))
        self.started, self.count = [], 0
        self.starting, self.stopped_by = False, None

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        return self

    def stop(self, number, _):
        """Ends this program, but not between the start of another and the note that it runs."""
        self.stopped_by = number
        if not self.starting:
            raise Stopped(number)

    def __exit__(self, *_):
        self.starting = True  # nothing comes between
        for process in self.started:
            end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_path(self, name):
        self.count += 1
        return self.folder / f"{self.count}-{name}"

    def start(self, command, **options):
        self.starting = True
        try:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, **options)
            self.started.append(process)
        finally:
            self.starting = False
        if self.stopped_by:
            raise Stopped(self.stopped_by)
        return process

    def run(self, command):
        """Runs a program to its end and reads the JSON that it prints."""
        return json.loads(self.output(command))

    def output(self, command):
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate()
        self.started.remove(process)
        if process.returncode != 0:
            raise Failed(f"{pathlib.Path(command[0]).name} failed: {err.strip() or process.returncode}")
        return out

    def load(self, kind, server, **options):
        """Asks `server` as tests/bench/load.cc says; answers must be right, and unless `may_fail` all must come."""
        may_fail = options.pop("may_fail", False)
        result = self.run(self.load_command(kind, server, **options))
        if result["bad"]:
            raise Failed(f"{kind}: {result['bad']} of the sampled answers are wrong; nothing was measured")
        if (result["failed"] and not may_fail) or not result["calls"]:
            raise Failed(f"{kind}: {result['failed']} calls failed, {result['calls']} went well: {result['failure']}")
        return result

    def load_command(self, kind, server, **options):
        command = [self.bench / "load", kind, "--server", server.address, "--server-pid", server.pid]
        command += ["--key-file", server.key]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), value]
        return command

    @contextlib.contextmanager
    def background_load(self, kind, server, **options):
        """Loads `server`, a usherd, until the block ends, which begins when as many calls have come as are in flight."""
        enough = server.started_calls() + options["in_flight"]
        with open(self.new_path("flood.json"), "w", encoding="utf-8") as sink:
            process = self.start(self.load_command(kind, server, **options), stdout=sink, stderr=subprocess.DEVNULL)
        try:
            wait_for_calls(server, enough, process)
            yield
            if process.poll() is not None:
                raise Failed("the flooding client ended before the healthy one had been measured")
        finally:
            end(process, signal.SIGKILL)
            self.started.remove(process)

    @contextlib.contextmanager
    def usherd(self, store, program=None, environment=None):
        """A server on `store`, which asks its callers for a key as in production; the block gets a Server."""
        log, key = self.new_path("usherd.log"), self.key_of(store)
        command = [program or self.bin / "usherd", "--catalog", CATALOG, "--store", f"sqlite:{store}"]
        command += ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--stop-delay", "0s"]
        own = {name: value for name, value in os.environ.items() if not name.startswith("USHER_")}
        start = time.monotonic()
        with open(log, "w", encoding="utf-8") as sink:
            process = self.start(command, stdout=sink, stderr=sink, env={**own, **(environment or {})})
        try:
            ready = wait_for_ready(process, log)
            http = f"http://127.0.0.1:{ready['http_port']}"
            wait_for_200(f"{http}/readyz", process, log)
            yield Server(f"127.0.0.1:{ready['grpc_port']}", process.pid, key, time.monotonic() - start, http)
        finally:
            end(process)
            self.started.remove(process)

    def key_of(self, store):
        """The file of the store's admin key; made, with the store, when it is missing."""
        key = pathlib.Path(f"{store}.admin")
        if not key.exists():
            command = [self.bin / "usherd", "init", "--replace", "--store", f"sqlite:{store}"]
            made = self.output(command)
            with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as sink:
                sink.write(made)
        return key

    @contextlib.contextmanager
    def echo(self, response_bytes, key):
        """The floor; it is sent the same key, and does not read it."""
        process = self.start([self.bench / "echo_server", response_bytes], stdout=subprocess.PIPE, text=True)
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise Failed("the echo server did not start")
            yield Server(f"127.0.0.1:{port}", process.pid, key, 0)
        finally:
            end(process)
            self.started.remove(process)


class Server:
    """One that runs: where, which process, the file of a key to show, how long it took to be ready; a usherd's HTTP."""

    def __init__(self, address, pid, key, start_seconds, http=None):
        self.address, self.pid, self.key, self.start_seconds, self.http = address, pid, key, start_seconds, http

    def started_calls(self):
        """How many calls have reached this usherd over gRPC."""
        with NO_PROXY.open(f"{self.http}/metrics", timeout=5) as answer:
            lines = answer.read().decode("utf-8").splitlines()
        counted = [line for line in lines if line.startswith("grpc_server_started_total{") and 'transport="grpc"' in line]
        return sum(float(line.split()[-1]) for line in counted)


def end(process, how=signal.SIGTERM):
    """Ends a program that this one started, and waits for it."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout:
        process.stdout.close()


def wait_for_ready(process, log):
    """The line with which usherd says that it is ready, as a dict."""
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if '"ready"' in line:
                return json.loads(line)
        if process.poll() is not None:
            break
        time.sleep(0.002)
    raise Failed(f"usherd did not start; it said:\n{log.read_text(encoding='utf-8')}")


def wait_for_200(url, process, log):
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with NO_PROXY.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.002)
    raise Failed(f"usherd did not become ready; it said:\n{log.read_text(encoding='utf-8')}")


def wait_for_calls(server, enough, client):
    """Waits until so many calls have reached `server`, which `client` makes."""
    deadline = time.monotonic() + START_DEADLINE
    while server.started_calls() < enough:
        if client.poll() is not None or time.monotonic() > deadline:
            raise Failed("the flooding client made too few calls")
        time.sleep(0.002)


def generated_store(programs, tenants):
    """The path of a store with so many generated tenants, and the seconds that making it took, now or before.

    Kept under build/bench-data, under a name that changes with everything that decides its content.
    """
    decides = hashlib.sha256(CATALOG.read_bytes())
    for migration in sorted((ROOT / "server/storage/sqlite/migrations").iterdir()):
        decides.update(migration.read_bytes())
    folder = ROOT / "build/bench-data" / f"{tenants}-tenants-seed-1-{decides.hexdigest()[:12]}"
    done = folder / "complete"
    if done.exists():
        return folder / "usher.db", float(done.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"==> generating {tenants:,} tenants, kept in {folder.relative_to(ROOT)}", file=sys.stderr, flush=True)
    start = time.monotonic()
    with programs.usherd(folder / "usher.db") as server:
        command = [programs.bin / "usher", "tenants", "generate", tenants, "--catalog", CATALOG, "--server"]
        environment = {**os.environ, "USHER_API_KEY_FILE": str(server.key)}
        process = programs.start(command + [server.address], stdout=subprocess.DEVNULL, env=environment)
        code = process.wait()
        programs.started.remove(process)
        if code != 0:
            raise Failed("the tenants could not be generated; what was made is kept, and the next run goes on with it")
    seconds = time.monotonic() - start
    done.write_text(f"{seconds:.1f}\n", encoding="utf-8")
    return folder / "usher.db", seconds
