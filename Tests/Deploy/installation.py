"""An installation on loopback: Redis, the services as the base's Deployments start them, Prometheus and Alertmanager with the project's files."""

import hmac
import http.server
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

import manifests

MONITORING = manifests.DEPLOY / "monitoring"
# Deployment -> executable. The audit log is kept by a gateway of its own.
PROCESSES = {**{name: name for name in manifests.SERVICES}, "audit-log": "api-gateway"}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, condition, seconds):
    """Seconds that it took."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        found = condition()
        if found:
            return time.monotonic() - start
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} s")


def request(url, body=None, headers=None, method=None, timeout=30):
    """Status and text; of an answer that is an error, too."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    asked = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Webhook:
    """Notes what Alertmanager says: (receiver, status, labels), and the bodies of others."""

    def __init__(self):
        self.heard, self.others = heard, others = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                text = self.rfile.read(int(self.headers["content-length"]))
                body = json.loads(text)
                if "alerts" not in body:
                    others.append(text)
                heard.extend((self.path.strip("/"), alert["status"], alert["labels"]) for alert in body.get("alerts", []))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Installation:
    def __init__(self, binaries, folder):
        self.binaries, self.folder = binaries, folder
        self.token, self.metrics_key, self.service_secret, self.pepper = secrets.token_hex(16), secrets.token_hex(16), secrets.token_hex(32), secrets.token_hex(32)
        self.ports = {name: free_port() for name in [*PROCESSES, "redis", "prometheus", "alertmanager"]}
        self.processes, self.isOver = {}, threading.Event()
        self.webhook = Webhook()
        self.documents = manifests.rendered("base")

    def url(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name, command, environment=None):
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=self.folder, start_new_session=True)

    def kill(self, name, number=signal.SIGKILL):
        process = self.processes.pop(name)
        process.send_signal(number)
        process.wait(20)

    def end(self):
        self.isOver.set()
        for name in list(self.processes):
            if self.processes[name].poll() is None:
                self.processes[name].terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self.webhook.server.shutdown()

    def redis(self):
        place = self.folder / "redis"
        place.mkdir()
        options = {"bind": "127.0.0.1", "port": self.ports["redis"], "dir": place, "appendonly": "yes", "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction"}
        self.start("redis", ["redis-server", *[part for key, value in options.items() for part in (f"--{key}", str(value))]])
        until("redis", lambda: socket.socket().connect_ex(("127.0.0.1", self.ports["redis"])) == 0, 10)

    # As the kubelet would

    def mounted(self, name, text):
        """A path of the container as one of this machine."""
        text = re.sub(r"http://([a-z-]+):8080", lambda m: self.url(m.group(1)), text)
        return text.replace("/app/", f"{self.folder}/{name}/")

    def environment(self, name):
        [deployment] = [d for d in self.documents if d["kind"] == "Deployment" and d["metadata"]["name"] == name]
        pod = deployment["spec"]["template"]["spec"]
        place = self.folder / name
        redis = f"redis://127.0.0.1:{self.ports['redis']}"
        keys = {"keys": [{"name": "prometheus", "hash": "hmac-sha256:" + hmac.new(self.pepper.encode(), self.metrics_key.encode(), "sha256").hexdigest(), "scopes": ["metrics:read"]}]}
        secret = {"nephoran-git": {"token": ""}, "nephoran-auth": {"token": self.token, "service-secret": self.service_secret, "callback-secret": self.token, "pepper": self.pepper, "keys.yaml": yaml.safe_dump(keys)}, "nephoran-redis": {"url": redis, "password": "", "cache-url": redis + "/1"}}
        maps = {d["metadata"]["name"]: d["data"] for d in self.documents if d["kind"] == "ConfigMap"}
        mounts = {m["name"]: self.mounted(name, m["mountPath"]) for m in pod["containers"][0]["volumeMounts"]}
        for volume in pod["volumes"]:
            target = pathlib.Path(mounts[volume["name"]]) if mounts[volume["name"]].startswith(str(place)) else place / volume["name"]
            target.mkdir(parents=True, exist_ok=True)
            for source in volume.get("projected", {}).get("sources", []):
                for key, value in maps.get(source.get("configMap", {}).get("name"), {}).items():
                    # Only this is elsewhere in a test: there is no server of repositories.
                    value = f"{self.folder}/gitops.git" if key == "git_repo_url" else value
                    (target / key).write_text(self.mounted(name, value))
            for key, value in secret.get(volume.get("secret", {}).get("secretName"), {}).items():
                (target / key).write_text(value)
        variables = {"PATH": os.environ["PATH"]}
        for variable in pod["containers"][0]["env"]:
            key = variable["name"]
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference is None:
                variables[key] = self.mounted(name, variable["value"])
            elif reference["name"] in secret:
                variables[key] = secret[reference["name"]][reference["key"]]
            elif not reference.get("optional"):
                raise AssertionError(f"{name} needs the secret {reference}")
        # There is no cluster here.
        variables.pop("KUBECONFIG", None)
        return {**variables, "HOME": str(place / "tmp"), "PORT": str(self.ports[name]), "HOST": "127.0.0.1"}

    def probe(self):
        """Asks all services whether they are ready, over and over, as a kubelet does."""

        def ask():
            while not self.isOver.wait(1):
                for name in PROCESSES:
                    try:
                        request(self.url(name) + "/readyz", timeout=3)
                    except OSError:
                        pass

        threading.Thread(target=ask, daemon=True).start()

    def service(self, name, **more):
        self.start(name, [str(self.binaries / PROCESSES[name])], {**self.environment(name), **more})

    def ready(self, name):
        if self.processes[name].poll() is not None:
            raise AssertionError(f"{name} ended: {(self.folder / f'{name}.log').read_text()[-2000:]}")
        try:
            return request(self.url(name) + "/readyz")[0] == 200
        except OSError:
            return False

    # The project's configuration with the ports of this run; it scrapes and evaluates more often, and alerts wait a third of their time

    def observe(self):
        place = self.folder / "prometheus"
        (place / "rules").mkdir(parents=True)
        for path in (MONITORING / "rules").glob("*.yaml"):
            rules = yaml.safe_load(path.read_text())
            for group in rules["groups"]:
                group["interval"] = "1s"
                for rule in group["rules"]:
                    if "for" in rule:
                        rule["for"] = quicker(rule["for"])
            (place / "rules" / path.name).write_text(yaml.safe_dump(rules, sort_keys=False))
        config = yaml.safe_load((MONITORING / "prometheus/host.yaml").read_text())
        config["global"] = {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"}
        config["rule_files"] = [f"{place}/rules/*.yaml"]
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{self.ports['alertmanager']}"]
        real = {f"127.0.0.1:{8080 + n}": f"127.0.0.1:{self.ports[name]}" for n, name in enumerate(manifests.SERVICES)}
        for job in config["scrape_configs"]:
            for fixed in job.get("static_configs", []):
                fixed["targets"] = [real[target] for target in fixed["targets"]]
        (place / "prometheus.yaml").write_text(yaml.safe_dump(config))
        (place / "targets").mkdir()
        (place / "targets/prometheus.yaml").write_text(f"- targets: ['127.0.0.1:{self.ports['prometheus']}']\n")
        alerting = yaml.safe_load((MONITORING / "alertmanager/alertmanager.yaml").read_text())
        alerting["global"] = {"resolve_timeout": "10s"}
        alerting["receivers"] = [
            {"name": r["name"], "webhook_configs": [{"url": f"http://127.0.0.1:{self.webhook.port}/{r['name']}", "send_resolved": True}]} for r in alerting["receivers"]
        ]
        hurry(alerting["route"])
        (place / "alertmanager.yaml").write_text(yaml.safe_dump(alerting))
        self.start(
            "alertmanager",
            ["prometheus-alertmanager", f"--config.file={place}/alertmanager.yaml", f"--storage.path={place}/am", f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}", "--cluster.listen-address="],
        )
        self.start(
            "prometheus",
            ["prometheus", f"--config.file={place}/prometheus.yaml", f"--storage.tsdb.path={place}/data", f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"],
        )

    def query(self, expr):
        status, text = request(self.url("prometheus") + "/api/v1/query", f"query={urllib.parse.quote(expr)}".encode(), {"content-type": "application/x-www-form-urlencoded"})
        if status != 200:
            raise AssertionError(f"{expr}: {text}")
        return json.loads(text)["data"]["result"]

    def value(self, expr):
        found = self.query(expr)
        return float(found[0]["value"][1]) if found else None

    def firing(self):
        alerts = json.loads(request(self.url("prometheus") + "/api/v1/alerts")[1])["data"]["alerts"]
        return [a["labels"] for a in alerts if a["state"] == "firing"]


def quicker(text):
    number, unit = int(text[:-1]), text[-1]
    return f"{number * {'s': 1, 'm': 60, 'h': 3600}[unit] * 1000 // 3}ms"


def hurry(route):
    for key in ("group_wait", "group_interval"):
        if key in route:
            route[key] = "1s"
    for inner in route.get("routes", []):
        hurry(inner)
