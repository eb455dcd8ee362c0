"""A real installation, `nephoran up` with the executables of NEPHORAN_BIN, for the time of a test run."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PORTS = 8
READY_WITHIN = 60


def free_ports():
    """The first of some neighbouring ports that nobody listens on."""
    for _ in range(200):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base = probe.getsockname()[1]
        if base + PORTS >= 65536:
            continue
        sockets = []
        try:
            for port in range(base, base + PORTS):
                held = socket.socket()
                sockets.append(held)
                held.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
        finally:
            for held in sockets:
                held.close()
    raise RuntimeError("no neighbouring free ports")


class Installation:
    def __init__(self, settings):
        self.binaries = pathlib.Path(os.environ["NEPHORAN_BIN"]).resolve()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="nephoran-console-"))
        self.port = free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = open(self.directory / "up.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [self.binaries / "nephoran", "up", "--data-dir", self.directory / "data", "--port-base", str(self.port)],
            stdout=self.log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**os.environ, **settings}, start_new_session=True)
        deadline = time.monotonic() + READY_WITHIN
        while "\nready " not in (text := (self.directory / "up.log").read_text(encoding="utf-8")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the installation does not start:\n{text[-3000:]}")
            time.sleep(0.05)
        self.token = (self.directory / "data" / "token").read_text(encoding="utf-8").strip()

    def call(self, method, path, body=None, headers=None, connection=None):
        """Status and decoded body. With a connection of one's own it is kept open."""
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            own.request(method, path, None if body is None else json.dumps(body),
                        {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})})
            response = own.getresponse()
            data = response.read()
            return response.status, json.loads(data) if "json" in response.headers.get("Content-Type", "") else data.decode()
        finally:
            if connection is None:
                own.close()

    def get(self, path):
        status, body = self.call("GET", path)
        assert status == 200, f"{path}: {status} {body}"
        return body

    def submit(self, text, **more):
        status, body = self.call("POST", "/v1/intents", {"intent": text, **more})
        assert status == 202, f"{status} {body}"
        return body["id"]

    def settled(self, identifier, within=30):
        """The record once it ended or waits for a person."""
        ends = {"fulfilled", "published", "refused", "failed", "cancelled", "superseded", "rolled_back", "awaiting_approval", "awaiting_clarification"}
        return eventually(lambda: (record := self.get(f"/v1/intents/{identifier}"))["phase"] in ends and record, within)

    def command(self, *arguments):
        """Runs `nephoran` for this installation."""
        return subprocess.run([self.binaries / "nephoran", *arguments, "--data-dir", self.directory / "data"], capture_output=True, text=True, timeout=180, check=False)

    def processes(self, name):
        """The ids of the children that are this service."""
        children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False).stdout
        return [int(line.split()[0]) for line in children.splitlines() if line.split()[1].endswith(f"/{name}")]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def eventually(condition, within=15):
    """What `condition` gives once it is true; an AssertionError with its last value otherwise."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {value!r}")
        time.sleep(0.05)
