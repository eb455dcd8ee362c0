"""What is wrong with rules, alerts, routes, dashboards and Prometheus' configuration, by promtool and amtool themselves."""

import pathlib
import re
import subprocess
import tempfile

import yaml

import render

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "Tests/Deploy"
MONITORING = ROOT / "deploy/monitoring"
RULES = sorted((MONITORING / "rules").glob("*.yaml"))
HISTOGRAM = re.compile(r"_(bucket|sum|count)$")


def faults():
    yield from ran(["promtool", "check", "rules", *map(str, RULES)])
    yield from ran(["promtool", "check", "config", str(MONITORING / "prometheus/host.yaml")])
    yield from in_cluster()
    yield from ran(["amtool", "check-config", str(MONITORING / "alertmanager/alertmanager.yaml")])
    yield from routes()
    yield from alerts()
    yield from queries()
    yield from runbooks()


def ran(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        yield f"{command[0]} {command[1]}: {(done.stdout + done.stderr).strip()[-3000:]}"


def rules():
    return [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def in_cluster():
    """Debian's Prometheus has no discovery in Kubernetes: the rest of the file is checked with fixed targets instead."""
    config = yaml.safe_load((MONITORING / "prometheus/kubernetes.yaml").read_text())
    for job in config["scrape_configs"]:
        for discovery in job.pop("kubernetes_sd_configs", []):
            if discovery != {"role": "pod", "namespaces": {"names": ["nephoran-system"]}}:
                yield f"{job['job_name']} looks elsewhere: {discovery}"
            job["static_configs"] = [{"targets": ["127.0.0.1:1"]}]
    config["rule_files"] = []
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(config, file)
        file.flush()
        yield from ran(["promtool", "check", "config", "--syntax-only", file.name])
    host = {j["job_name"] for j in yaml.safe_load((MONITORING / "prometheus/host.yaml").read_text())["scrape_configs"]}
    both = {"nephoran-api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge", "nephoran-controllers"}
    for place, jobs in (("host.yaml", host), ("kubernetes.yaml", {j["job_name"] for j in config["scrape_configs"]})):
        yield from (f"{place} has no job {name}" for name in sorted((both | {"redis-cluster", "weaviate"}) - jobs))


def routes():
    config = str(MONITORING / "alertmanager/alertmanager.yaml")
    for case in yaml.safe_load((HERE / "routes.yaml").read_text()):
        done = subprocess.run(["amtool", "config", "routes", "test", f"--config.file={config}", *case["labels"]], capture_output=True, text=True)
        found = done.stdout.strip().split(",")
        if found != case["to"]:
            yield f"routes: {' '.join(case['labels'])} goes to {found}, not {case['to']}"
    inhibition = yaml.safe_load(pathlib.Path(config).read_text())["inhibit_rules"]
    if {"source_matchers": ["severity = critical"], "target_matchers": ["severity = warning"], "equal": ["alertname", "component"]} not in inhibition:
        yield "a critical alert does not silence the warning of the same name and component"


def alerts():
    """Every alert is fired by its series and silent on the others."""
    cases = yaml.safe_load((HERE / "alerts.yaml").read_text())
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    yield from (f"alerts.yaml says nothing of {name}" for name in sorted(names - set(cases)))
    yield from (f"there is no alert {name}" for name in sorted(set(cases) - names))
    recording = str(MONITORING / "rules/recording.yaml")
    for path in RULES:
        own = [rule["alert"] for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"] if "alert" in rule]
        tests = [test for name in dict.fromkeys(own) if name in cases for test in both(name, cases[name])]
        if not tests:
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "tests.yaml"
            file.write_text(yaml.safe_dump({"rule_files": [recording, str(path)], "evaluation_interval": "1m", "tests": tests}, sort_keys=False))
            yield from ran(["promtool", "test", "rules", str(file)])


def both(name, case):
    """Two of promtool's tests."""
    for expected in ("fires", "silent"):
        series = [dict(zip(("series", "values"), split(text))) for text in case[expected]["series"]]
        count = case[expected].get("count", 1) if expected == "fires" else 0
        query = {"expr": f'count(ALERTS{{alertname="{name}",alertstate="firing"}})', "eval_time": case[expected]["at"]}
        query["exp_samples"] = [{"labels": "{}", "value": count}] if count else []
        yield {"name": f"{name} {expected}", "interval": case[expected].get("every", "1m"), "input_series": series, "promql_expr_test": [query]}


def split(text):
    """The series and its values: the blank between them is the first outside braces."""
    place = text.index("} ") + 1 if "}" in text else text.index(" ")
    return text[:place], text[place:].strip()


def exported():
    """Metric -> labels, as `Tests/check-observability` found them at the services."""
    found = {}
    for line in (HERE / "metrics.txt").read_text().splitlines():
        name, _, labels = line.partition(" ")
        found[name] = set(labels.split(",")) if labels else set()
    return found


def queries():
    """Every query can be parsed, and asks for what a service exports, a rule records, or an exporter of others is known for."""
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    known = exported()
    external = set((HERE / "external.txt").read_text().split())
    asked = [(rule.get("record") or rule["alert"], rule["expr"]) for rule in rules()]
    panels = [(f"{board['title']}: {panel['title']}", target["expr"]) for board in render.dashboards().values() for panel in board["panels"] for target in panel["targets"]]
    if len(panels) < 100:
        yield f"only {len(panels)} queries of dashboards"
    probe = {"groups": [{"name": "queries", "rules": [{"record": f"q{n}", "expr": expr} for n, (_, expr) in enumerate(panels)]}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(probe, file)
        file.flush()
        yield from ran(["promtool", "check", "rules", "--lint=none", file.name])
    for place, expr in asked + panels:
        for name in metrics(expr):
            if name not in recorded and name not in known and HISTOGRAM.sub("", name) not in known and name not in external:
                yield f"{place}: nobody exports {name}"


WORDS = {"by", "on", "and", "or", "unless", "without", "ignoring", "group_left", "group_right", "offset", "bool"}


def metrics(expr):
    """Names of metrics in an expression: words that are no function, keyword, label or text."""
    text = re.sub(r'"[^"]*"', '""', expr)
    text = re.sub(r"\{[^}]*\}", "{}", text)
    text = re.sub(r"\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    text = re.sub(r"\[[^\]]*\]", " ", text)
    for match in re.finditer(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\w)", text):
        rest = text[match.end() :].lstrip()
        if match.group() not in WORDS and not rest.startswith("(") and not re.match(r".*\d$", text[: match.start()]):
            yield match.group()


def runbooks():
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    folder = ROOT / "docs/runbooks"
    for rule in rules():
        if "alert" in rule and rule["annotations"]["runbook_url"] != f"docs/runbooks/{rule['alert']}.md":
            yield f"{rule['alert']} links to {rule['annotations']['runbook_url']}"
    for name in sorted(names):
        page = folder / f"{name}.md"
        if not page.exists():
            yield f"{name} has no page in docs/runbooks"
        elif not all(f"## {part}" in page.read_text() for part in ("Means", "Look", "Do")) or len(page.read_text()) < 400:
            yield f"the page of {name} does not say what it means, where to look and what to do"
    pages = {p.stem for p in folder.glob("*.md")} - {"README"}
    yield from (f"docs/runbooks/{name}.md is of no alert" for name in sorted(pages - names))
