"""A real Prometheus and Alertmanager watch the real services; see Tests/check-observability."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

import manifests
import monitoring
import render
from encrypted import Encrypted, speaks_plainly
from installation import PROCESSES, Installation, request, until

HERE = pathlib.Path(__file__).parent
# Made when they are first needed: an error, a model, a RIC.
ON_DEMAND = {
    "nephoran_processing_errors_total", "network_function_deployments_failed_total", "oran_policies_restored_total", "oran_events_total",
    "llm_batches_total", "llm_batched_intents_total", "llm_budget_usd", "llm_budget_spent_usd", "llm_budget_shared", "oran_request_duration_seconds",
}  # fmt: skip
INTENTS, SEARCHES, QUIET = 40, 30, 45


def settings(binaries):
    """Lines `service NAME`, of what each service lists."""
    lines = []
    for service in manifests.SERVICES:
        text = subprocess.run([str(binaries / service), "--help"], capture_output=True, text=True, check=True).stdout
        lines += [f"{service} {name}" for name in re.findall(r"(?m)^  ([A-Z][A-Z0-9_]+)", text)]
    return lines


def metrics(texts):
    """Metric -> labels, of expositions; histograms by the name of their family."""
    found, histograms = {}, set()
    for text in texts:
        histograms |= set(re.findall(r"(?m)^# TYPE (\S+) histogram", text))
    for text in texts:
        for name, labels in re.findall(r"(?m)^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ", text):
            family = monitoring.HISTOGRAM.sub("", name)
            name = family if family in histograms else name
            found.setdefault(name, set()).update(set(re.findall(r'(\w+)="', labels)) - {"le", "service", "colour"})
    return found


class Run:
    def __init__(self, installation):
        self.it, self.failures = installation, []
        self.key = {"authorization": f"Bearer {installation.token}"}

    def expect(self, isSo, what):
        print(f"  {'ok  ' if isSo else 'FAIL'} {what}", flush=True)
        if not isSo:
            self.failures.append(what)

    def begin(self):
        self.it.redis()
        for name in PROCESSES:
            # An archive is for one gateway only, so the Deployment has none.
            self.it.service(name, **({"ARCHIVE_PATH": str(self.it.folder / "archive.sqlite")} if name == "api-gateway" else {}))
        for name in PROCESSES:
            until(f"{name} ready", lambda name=name: self.it.ready(name), 60)
        self.it.probe()
        self.it.observe()
        until("Prometheus sees all", lambda: self.answers() and self.it.value('sum(up{job="nephoran-controllers"})') == 6, 60)
        self.expect(True, "every service starts with the settings of its Deployment and ConfigMaps")

    def answers(self):
        try:
            return request(self.it.url("prometheus") + "/-/ready")[0] == 200
        except OSError:
            return False

    def quiet(self, what, seconds):
        start, seen = time.monotonic(), []
        while time.monotonic() - start < seconds:
            seen += [labels["alertname"] for labels in self.it.firing()]
            time.sleep(1)
        self.expect(not seen, f"{what} of {seconds} s fires nothing {sorted(set(seen)) or ''}")

    def load(self):
        """What was sent, and what became of it by the gateway's own records."""
        gateway = self.it.url("api-gateway")
        identifiers = []
        for number in range(INTENTS):
            status, text = request(gateway + "/v1/intents", {"intent": f"Deploy an AMF named amf-{number} in core{number % 4}"}, self.key)
            assert status == 202, text
            identifiers.append(json.loads(text)["id"])
            if number == INTENTS // 2:
                # A rate needs a count that was seen before.
                until("Prometheus counts deployments", lambda: self.it.value("sum(network_function_deployments_total)"), 60)
        for _ in range(3):
            request(gateway + "/v1/intents", {"intent": "Make it better"}, self.key)
        for _ in range(2):
            request(gateway + "/v1/intents", {"intent": ""}, self.key)
        for _ in range(3):
            request(gateway + "/v1/intents", {"intent": "Deploy an AMF"}, {"authorization": "Bearer wrong"})
        for number in range(SEARCHES):
            status, text = request(self.it.url("rag-api") + "/v1/search", {"query": f"network slice {number % 3}"}, self.key)
            assert status == 200, text

        for name in manifests.SERVICES:
            request(self.it.url(name) + "/version")

        def phases():
            return [json.loads(request(f"{gateway}/v1/intents/{i}", headers=self.key)[1])["phase"] for i in identifiers]

        until("all published", lambda: all(phase == "published" for phase in phases()), 60)
        # What is archived and told afterwards is work, too; gauges of queues are fresh within five seconds, a scrape later.
        ended = time.time()
        until("gauges of queues are of later", lambda: (self.it.value("min(timestamp(nephoran_queue_depth))") or 0) > ended + 5, 60)
        until("nothing waits", lambda: self.it.value("sum(nephoran:queue_depth)") == 0, 60)

    def counts(self):
        """The dashboards' counters are those of who sent."""
        posts = 'http_requests_total{service="api-gateway",route="/v1/intents",method="POST"%s}'
        for query, wanted in {
            f"sum({posts % ''})": INTENTS + 8,
            f"""sum({posts % ',code="202"'})""": INTENTS + 3,
            f"""sum({posts % ',code="401"'})""": 3,
            'sum(nephoran_intents_processed_total{outcome="published"})': INTENTS,
            "sum(intent_processing_total)": INTENTS,
            'sum(nephoran_intent_duration_seconds_count{outcome="published"})': INTENTS,
            "sum(network_function_deployments_total)": INTENTS,
            'sum(http_requests_total{service="rag-api",route="/v1/search",code="200"})': SEARCHES,
            'sum(nephoran_cache_requests_total{cache="search",cache_level="l1"})': SEARCHES,
            'sum(nephoran_cache_hits_total{cache="search",cache_level="l1"})': SEARCHES - 3,
            'sum(authentication_attempts{service="api-gateway",result="failure"})': 3,
            "sum(nephoran:queue_depth)": 0,
        }.items():
            found = self.it.value(query)
            self.expect(found == wanted, f"{query} = {found}, sent {wanted}")
        near = self.it.value("sum(increase(nephoran_intents_processed_total[24h]))")
        self.expect(near is not None and abs(near - INTENTS) < 0.1 * INTENTS, f"increase over 24 h: {near} of {INTENTS}")

    def audited(self):
        """The keeper of the audit log, which served none of it, has every transition, what another service refused, and what was changed through it."""
        keeper = self.it.url("audit-log")
        request(self.it.url("rag-api") + "/v1/search", {"query": "slice"}, {"authorization": "Bearer wrong"})
        request(keeper + "/v1/maintenance", {"notice": "audited"}, self.key, "PUT")
        request(keeper + "/v1/maintenance", None, self.key, "DELETE")

        def entries(**wanted):
            query = urllib.parse.urlencode({"limit": 500, **wanted})
            status, text = request(f"{keeper}/v1/audit/entries?{query}", headers=self.key)
            assert status == 200, text
            return json.loads(text)["items"]

        until("every intent is in the audit log", lambda: len(entries(verb="submit")) == INTENTS + 3, 30)
        until("what rag-api refused is", lambda: any("at rag-api" in (e.get("detail") or "") for e in entries(verb="refused")), 30)
        self.expect([e["object"] for e in entries(verb="DELETE")] == ["/v1/maintenance"], "what is changed through the keeper of the audit log is in it")
        status, _ = request(self.it.url("api-gateway") + "/v1/audit/entries", headers=self.key)
        self.expect(status == 501, "the other gateways keep none")

    def data(self):
        for rule in monitoring.rules():
            if "record" in rule and not self.it.query(rule["record"]):
                self.expect(False, f"{rule['record']} has no data")
        panels = {t["expr"] for board in render.dashboards().values() for panel in board["panels"] for t in panel["targets"]}
        for expr in sorted(panels):
            demanded = any(name in ON_DEMAND or monitoring.HISTOGRAM.sub("", name) in ON_DEMAND for name in monitoring.metrics(expr))
            if not demanded and not self.it.query(expr):
                self.expect(False, f"a panel has no data: {expr}")
        self.expect(True, f"{len(panels)} queries of panels and all recording rules were asked")

    def rises(self, query):
        """Whether it is more than nothing, with one more request each time it is asked."""

        def asked():
            request(self.it.url("api-gateway") + "/v1/intents?limit=1", None, self.key)
            return (self.it.value(query) or 0) > 0

        return asked

    def levels(self):
        """The command line's figures, with this Prometheus as their source, are the load's."""

        def ask(*words):
            command = [str(self.it.binaries / "nephoran"), *words, "--server", self.it.url("api-gateway"), "--prometheus", self.it.url("prometheus"), "--output", "json"]
            done = subprocess.run(command, capture_output=True, text=True, env={"NEPHORAN_TOKEN": self.it.token}, timeout=60)
            return done.returncode, json.loads(done.stdout)

        def near(found, wanted):
            # What Prometheus extrapolates to the ends of the window.
            return found is not None and abs(found - wanted) <= 0.15 * wanted

        # A rise is only seen of what was counted before: these are the ones that are to be found.
        for number in range(SEARCHES):
            request(self.it.url("rag-api") + "/v1/search", {"query": f"network slice {number % 3}"}, self.key)
        searched = 'sum(http_requests_total{service="rag-api",route="/v1/search",code="200"})'
        until("Prometheus counts searches", lambda: self.it.value(searched) == 2 * SEARCHES, 30)
        answered = 'sum(increase(http_requests_total{service="api-gateway",route="/v1/intents"}[5m]))'
        until("Prometheus sees the gateway's answers rise", self.rises(answered), 60)
        status, report = ask("sla", "check", "--p95", "10")
        items = {item["name"]: item for item in report["items"]}
        measured = self.it.value('histogram_quantile(0.95, sum by (le) (rate(nephoran_intent_duration_seconds_bucket{outcome="published"}[5m])))')
        self.expect(status == 0 and report["isKept"] and report["source"] == self.it.url("prometheus"), f"sla check is kept: {report}")
        self.expect(items["availability"]["value"] == 100 and near(items["latency p95"].get("value"), measured), f"sla check: no 5xx, p95 {measured} s of intents")
        self.expect(near(items["throughput"].get("value"), 60 * self.it.value("sum(rate(nephoran_intents_processed_total[5m]))")), "sla check: throughput")
        webhook = f"http://127.0.0.1:{self.it.webhook.port}/sla"
        status, report = ask("sla", "check", "--p95", "0.0001", "--webhook", webhook)
        self.expect(status == 3 and not report["isKept"], "sla check: a promise that is not kept ends with 3")
        self.expect([json.loads(text)["isKept"] for text in self.it.webhook.others] == [False], "sla check: the webhook is told the report")
        status, report = ask("slo", "report", "--window", "10m")
        levels = {level["name"]: level for level in report["levels"]}
        intents, searches = levels["intent processing"], levels["RAG"]
        # Three sentences were no orders, which is an end like another.
        self.expect(status == 0 and intents["availability"] == 100 and INTENTS * 0.85 <= intents["requests"] <= (INTENTS + 3) * 1.15, f"slo report: {intents}")
        # The first searches count as far as a scrape came in between.
        self.expect(SEARCHES * 0.85 <= searches["requests"] <= SEARCHES * 2.3 and searches["budgetRemaining"] == 1, f"slo report: {searches}")
        self.expect(levels["O-RAN interface"].get("availability") is None, "slo report: what was not asked has no availability")

    def outage(self):
        heard = self.it.webhook.heard
        self.it.kill("rag-api")
        wanted = ("sre", "NephoranServiceDown", "rag-api")

        def told(status):
            return any((to, labels["alertname"], labels.get("service")) == wanted and said == status for to, said, labels in heard)

        took = until("the alert of a killed service", lambda: told("firing"), 120)
        self.expect(True, f"rag-api killed: its alert is in the webhook after {took:.1f} s")
        self.it.service("rag-api")
        took = until("its end", lambda: told("resolved"), 120)
        self.expect(True, f"rag-api is back: the alert is resolved after {took:.1f} s")

    def exported(self):
        """Also with a model and a RIC, which nobody answers for."""
        self.it.kill("llm-processor")
        self.it.kill("oran-adaptor")
        self.it.service("llm-processor", LLM_PROVIDER="openai", LLM_BASE_URL="http://127.0.0.1:9/v1", LLM_API_KEY="none", LLM_DAILY_BUDGET_USD="1")
        self.it.service("oran-adaptor", A1_URL="ric1=http://127.0.0.1:9", A1_DRIFT_INTERVAL="200ms")
        for name in ("llm-processor", "oran-adaptor"):
            until(f"{name} ready", lambda name=name: self.it.ready(name), 60)
        request(self.it.url("llm-processor") + "/v1/interpret", {"intent": "Deploy an AMF named amf-x in core9"}, self.key)
        time.sleep(2)
        return metrics([request(self.it.url(name) + "/metrics")[1] for name in manifests.SERVICES])


def encrypted(binaries, folder):
    """What went wrong with TLS on every listener."""
    it = Encrypted(binaries, folder)
    run = Run(it)
    try:
        it.redis()
        for name in PROCESSES:
            it.service(name)
        for name in PROCESSES:
            until(f"{name} ready with TLS", lambda name=name: it.ready(name), 60)
        run.expect(not list(speaks_plainly(it)), "with TLS, nobody answers without it")
        intents, texts = it.url("api-gateway") + "/v1/intents", [f"Deploy an AMF named amf-{number} in core{number % 4}" for number in range(INTENTS)]
        sent = [json.loads(request(intents, {"intent": text}, run.key)[1])["id"] for text in texts + ["Make it better"] * 3][:INTENTS]
        until("all published with TLS", lambda: all(json.loads(request(f"{intents}/{i}", headers=run.key)[1])["phase"] == "published" for i in sent), 60)
        run.audited()
        run.expect(it.told_to_end("audit-log") == 0, "with TLS, a pod is told to end")
    except (AssertionError, subprocess.SubprocessError) as error:
        run.failures.append(str(error))
    finally:
        it.end()
    return run.failures


def compare(run, found, listed):
    known = monitoring.exported()
    unknown = {name for name in found if name not in known or found[name] - known[name]}
    run.expect(not unknown, f"metrics.txt lists every metric with its labels {sorted(unknown) or ''}")
    gone = set(known) - set(found) - ON_DEMAND
    run.expect(not gone, f"every metric of metrics.txt is exported {sorted(gone) or ''}")
    run.expect(listed == (HERE / "settings.txt").read_text().splitlines(), "settings.txt is what --help lists")


def main(arguments):
    binaries = pathlib.Path(arguments[0]).resolve()
    listed = settings(binaries)
    with tempfile.TemporaryDirectory(prefix="nephoran-") as folder:
        run = Run(Installation(binaries, pathlib.Path(folder)))
        try:
            run.begin()
            run.quiet("a quiet stretch", QUIET)
            run.load()
            run.counts()
            run.audited()
            run.data()
            run.levels()
            run.quiet("an ordinary load", 10)
            run.outage()
            found = run.exported()
            if "--write" in arguments:
                (HERE / "settings.txt").write_text("\n".join(listed) + "\n")
                merged = {name: labels | found.get(name, set()) for name, labels in {**found, **monitoring.exported()}.items()}
                (HERE / "metrics.txt").write_text("".join(f"{name} {','.join(sorted(labels))}".rstrip() + "\n" for name, labels in sorted(merged.items())))
            compare(run, found, listed)
        except AssertionError as error:
            run.failures.append(str(error))
        finally:
            run.it.end()
    with tempfile.TemporaryDirectory(prefix="nephoran-") as folder:
        run.failures += encrypted(binaries, pathlib.Path(folder))
    for failure in run.failures:
        print(failure, file=sys.stderr)
    print(f"observability: {len(run.failures)} failures")
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
