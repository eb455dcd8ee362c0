"""Each comparison returns figures by name: numbers only."""
import json
import os
import subprocess
import time
import urllib.request

from . import process, servers
from .load import hey, loadgen, measured


def accept_and_get(run):
    """Durable 202 and reading it back beside nginx's fixed 200, FastAPI with arq, and Go's net/http with the same writes to Redis."""
    product, work, seconds = run.product, run.work, run.seconds
    web, web_url = servers.nginx(work)
    figures = {}
    try:
        path = "/v1/intents"
        nginx = measured(web_url + path, seconds, web.family(), body=servers.INTENT)
        gateway, store = product.pids["api-gateway"], product.pids["ledger"]
        ours = measured(product.url + path, seconds, [gateway, store], token=product.token, body=servers.INTENT)
        # The pipeline works at the same time for whoever comes next; a flood is worked off before anything else is measured.
        drain(product)
        alone = measured(web_url + path, seconds, web.family())
        got = measured(f"{product.url}{path}/{one_intent(product)}", seconds, [gateway, store], token=product.token)
        figures |= {
            "nginx.perSecond": nginx["perSecond"], "nginx.microseconds": nginx["microseconds"], "nginx.p99": nginx["p99"],
            "accept.perSecond": ours["perSecond"], "accept.ratio": ours["perSecond"] / nginx["perSecond"], "accept.microseconds": ours["microseconds"],
            "accept.p50": ours["p50"], "accept.p99": ours["p99"], "accept.p99Ratio": ours["p99"] / max(nginx["p99"], 0.1), "accept.failed": ours["failed"],
            "get.perSecond": got["perSecond"], "get.ratio": got["perSecond"] / alone["perSecond"], "get.microseconds": got["microseconds"], "get.failed": got["failed"],
        }
    finally:
        web.stop()
    for name, start in (("fastapi", servers.fastapi), ("go", servers.go)):
        peer = start(run.root, work)
        if peer is None:
            continue
        server, store, url = peer
        try:
            theirs = measured(url + "/v1/intents", seconds, [*server.family(), store.pid], token=servers.TOKEN, body=servers.INTENT)
        finally:
            server.stop()
            store.stop()
        if theirs["failed"] or not theirs["perSecond"]:
            raise SystemExit(f"{name} does not accept: {theirs}")
        figures |= {f"{name}.perSecond": theirs["perSecond"], f"{name}.microseconds": theirs["microseconds"], f"{name}.p50": theirs["p50"],
                    f"{name}.p99": theirs["p99"], f"accept.times.{name}": ours["perSecond"] / theirs["perSecond"]}
        if name == "go":
            figures["accept.p50Ratio.go"] = ours["p50"] / max(theirs["p50"], 0.1)
    return figures


def pipeline(run):
    """Distinct intents through everything to published, with Git on; and an open loop whose latency counts to the end."""
    product = run.product
    token = f"{product.data}/token"
    body = '{"intent":"Deploy SMF named smf-{{run}}-{{seq}} in namespace load-{{int:1-20}} with {{int:1-5}} replicas"}'
    common = ["-m", "POST", "-T", "application/json", "--template", "-d", body, "--token-file", token, "--accept-status", "202", "--follow"]
    commits = product.commits()
    before = {name: process.seconds([pid]) for name, pid in product.pids.items()}
    count = run.distinct
    report = loadgen(run.bin, run.work, product.url + "/v1/intents", "-n", str(count), "-c", "50", *common)
    used = {name: (process.seconds([pid]) - before[name]) * 1e6 / count for name, pid in product.pids.items()}
    flow = report["flows"][0]
    terminal = flow["terminal"]
    open_loop = loadgen(run.bin, run.work, product.url + "/v1/intents", "-z", f"{run.open_seconds}s", "--rate", "200", "-c", "100", *common)["flows"][0]
    # Who bears it: what the capacity model is made of.
    costs = {f"pipeline.microseconds.{name}": cost for name, cost in used.items()}
    return costs | {
        "pipeline.perSecond": terminal["perSecond"], "pipeline.unsuccessful": terminal["unsuccessful"] + terminal["missing"],
        "pipeline.published": (product.commits() - commits) / (count + open_loop["requests"]), "pipeline.microseconds": sum(used.values()),
        "open.acceptP95": open_loop["latency"]["p95"], "open.terminalP50": open_loop["terminal"]["times"]["p50"],
        "open.terminalP95": open_loop["terminal"]["times"]["p95"], "open.failed": open_loop["errors"] + open_loop["terminal"]["missing"],
    }


def ledger(run):
    """What one worker drains when the work itself is nothing."""
    store, port = servers.redis(run.work, f"redis-ledger-{time.monotonic_ns()}")
    try:
        before = process.seconds([store.pid])
        done = subprocess.run([f"{run.bin}/LedgerBenchmark", f"redis://127.0.0.1:{port}", str(run.drained)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"LedgerBenchmark: {done.stdout}{done.stderr}")
        said = json.loads(done.stdout)
        return {
            "drain.perSecond": said["drainedPerSecond"], "drain.microseconds": said["drainMicroseconds"], "ledger.acceptedPerSecond": said["acceptedPerSecond"],
            "ledger.acceptMicroseconds": said["acceptMicroseconds"], "ledger.redisMicroseconds": (process.seconds([store.pid]) - before) * 1e6 / said["intents"],
        }
    finally:
        store.stop()


def footprint(run, moment):
    """Memory of the largest service, and of Redis."""
    sizes = {name: process.resident(pid) for name, pid in run.product.pids.items()}
    services = {name: size for name, size in sizes.items() if name in servers.SERVICES}
    largest = max(services, key=services.get)
    print(f"  {moment}: " + ", ".join(f"{name} {size:.0f} MB" for name, size in sorted(services.items())))
    return {f"resident.{moment}": services[largest]}


def binaries(run):
    """The largest executable without its symbols, in MB."""
    largest = 0
    for name in run.executables:
        stripped = f"{run.work}/stripped"
        subprocess.run(["strip", "-o", stripped, f"{run.bin}/{name}"], check=True)
        largest = max(largest, os.path.getsize(stripped))
    return {"binary.largest": largest / 1e6}


def stored(run):
    """list, get and accept of a gateway whose ledger holds more and more intents."""
    figures = {}
    for count in run.stored:
        work = f"{run.work}/stored-{count}"
        os.makedirs(work)
        store, port = servers.redis(work, "redis")
        gateway = None
        try:
            done = subprocess.run([f"{run.bin}/LedgerBenchmark", f"redis://127.0.0.1:{port}", str(count)], capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(f"LedgerBenchmark: {done.stdout}{done.stderr}")
            at = process.free_port()
            env = dict(os.environ, HOST="127.0.0.1", PORT=str(at), AUTH_TOKEN=servers.TOKEN, REDIS_URL=f"redis://127.0.0.1:{port}", LOG_LEVEL="warning",
                       RATE_LIMIT_RPS="0", BACKPRESSURE_MAX_BACKLOG="10000000", BACKPRESSURE_MAX_AGE="86400s")
            gateway = process.Process([f"{run.bin}/api-gateway"], f"{work}/gateway.log", env)
            url = f"http://127.0.0.1:{at}"
            process.await_answer(url + "/healthz", gateway)
            page = ask(f"{url}/v1/intents?limit=50", servers.TOKEN)
            middle = page["items"][25]["id"]
            # Few at once: the time of one, not that of a queue.
            for name, path, body in (("list", "/v1/intents?limit=50", None), ("get", f"/v1/intents/{middle}", None), ("accept", "/v1/intents", servers.INTENT)):
                result = hey(url + path, run.stored_seconds, token=servers.TOKEN, body=body, connections=2)
                if result["failed"]:
                    raise SystemExit(f"{name} with {count} intents: {result}")
                figures[f"stored.{count}.{name}.milliseconds"] = 2000 / result["perSecond"]
            figures[f"stored.{count}.redisMB"] = process.resident(store.pid)
        finally:
            if gateway:
                gateway.stop()
            store.stop()
    most, least = max(run.stored), min(run.stored)
    for name in ("list", "get", "accept"):
        figures[f"stored.growth.{name}"] = figures[f"stored.{most}.{name}.milliseconds"] / figures[f"stored.{least}.{name}.milliseconds"]
    return figures


def ask(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def one_intent(product):
    body = servers.INTENT.encode()
    request = urllib.request.Request(product.url + "/v1/intents", body, {"Authorization": f"Bearer {product.token}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)["id"]
    drain(product)
    return found


def drain(product, limit=600):
    """Until nothing is on its way."""
    deadline = time.monotonic() + limit
    while ask(product.url + "/v1/metrics?timerange=1h", product.token)["system_metrics"]["active_workflows"] > 0:
        if time.monotonic() > deadline:
            raise SystemExit(f"the pipeline is not done after {limit} s")
        time.sleep(0.2)
