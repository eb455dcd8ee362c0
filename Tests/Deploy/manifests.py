"""What is wrong with the manifests: they are rendered as kubectl renders them, validated, held against the policy of packages and the services' settings."""

import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import helm_python
import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Packages"))
import policy  # noqa: E402
from schemas import CustomKinds  # noqa: E402

DEPLOY = ROOT / "deploy"
SERVICES = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]
OVERLAYS = ["base", "overlays/dev", "overlays/staging", "overlays/production", "overlays/blue-green", "overlays/canary", "certificates", "monitoring/operator"]
# The same with TLS on every listener.
SECURED = [f"{folder}+components/tls" for folder in ("base", "overlays/production", "overlays/canary")]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Of the oldest and the newest Kubernetes that is supported.
KUBERNETES = ["1.25", "1.31"]
# Seconds that a gate may live, of those for which Argo takes a Rollout to be under way.
GATE = 12600
# What a canary does, as ``steps`` names it: no requests before its gate has given it a share of the ledger, all its pods before it is promoted.
CANARY = ["pods 10", "canary-judged", "weight 10", "pods as weight", "canary-watch", "pods 100", "colour-preview", "weight 100", "colour-promoted"]
# Variables of the container that are nobody's settings.
OTHERS = {"HOME"}


@functools.cache
def rendered(folder):
    """Documents as the kustomize of kubectl gives them; of `FOLDER+COMPONENT`, as in an overlay of an operator's own."""
    base, _, component = folder.partition("+")
    with tempfile.TemporaryDirectory() as place:
        path = DEPLOY / base
        if component:
            path = pathlib.Path(place)
            base, component = (os.path.relpath(DEPLOY / part, path.resolve()) for part in (base, component))
            overlay = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": [base], "components": [component]}
            (path / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
        done = subprocess.run(["kubectl", "kustomize", str(path)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"deploy/{folder}: {done.stderr.strip().splitlines()[-1]}")
    return [d for d in yaml.load_all(done.stdout, Loader=LOADER) if d]


def charted(**values):
    with helm_python.Chart.load(str(DEPLOY / "helm/nephoran")) as chart:
        texts = chart.render({"namespace": {"create": True}, **values}, name="nephoran", namespace="nephoran-system")
    return [d for text in texts.values() for d in yaml.load_all(text, Loader=LOADER) if d]


def identity(d):
    return (d["apiVersion"], d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"])


def faults():
    kinds = CustomKinds(DEPLOY / "crds")
    kinds.validators.update(CustomKinds(ROOT / "Tests/Deploy/crds").validators)
    base, counted, seen = None, 0, set()
    for folder in OVERLAYS + SECURED:
        documents = rendered(folder)
        if folder == "base":
            base = documents
        counted += len(documents)
        names = [identity(d) for d in documents]
        yield from (f"{folder}: {name} occurs twice" for name in set(names) if names.count(name) > 1)
        for document in documents:
            text = yaml.safe_dump(document)
            if text in seen:
                continue
            seen.add(text)
            yield from (f"{folder}: {document['kind']} {document['metadata']['name']}: {fault}" for fault in schema(document, kinds))
        yield from (f"{folder}: {fault}" for fault in running(documents))
        yield from (f"{folder}: {fault}" for fault in settings(documents))
        yield from (f"{folder}: {fault}" for fault in references(documents))
        yield from (f"{folder}: {fault}" for fault in beyond(documents))
        yield from (f"{folder}: {fault}" for fault in colours(documents))
        yield from (f"{folder}: {fault}" for fault in callbacks(documents))
    yield from unlike(base, charted())
    networks = ["192.0.2.0/28", "2001:db8::/64"]
    opened = charted(callbacks={"cidrs": networks})
    yield from (f"the chart with callbacks.cidrs: {fault}" for fault in callbacks(opened, networks))
    yield from (f"the chart with callbacks.cidrs: {fault}" for d in opened if d["kind"] == "NetworkPolicy" for fault in schema(d, kinds))
    example = list(yaml.safe_load_all((DEPLOY / "base/secrets.example.yaml").read_text()))
    yield from (f"secrets.example.yaml: {fault}" for d in example for fault in schema(d, kinds))
    yield from secrets(base, example)
    version = re.search(r'current = "([0-9.]+)"', (ROOT / "Shared/ServiceRuntime/Main/BuildVersion.swift").read_text()).group(1)
    images = set(re.findall(r"image: (nephoran/\S+)", yaml.safe_dump_all(base)))
    yield from (f"{image} is not of version {version}" for image in sorted(images) if not image.endswith(f":{version}"))
    if counted < 300:
        yield f"only {counted} objects were rendered"


def schema(document, kinds):
    if kinds.knows(document):
        yield from kinds.faults(document)
        return
    for version in KUBERNETES:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{version}: {'/'.join(map(str, error.path))}: {error.message}"
        except (kubernetes_validate.SchemaNotFoundError, kubernetes_validate.InvalidSchemaError) as error:
            yield str(error)


def running(documents):
    """The policy that packages are held against, workload by workload, with what is named after it."""
    for workload in [d for d in documents if d["kind"] in policy.WORKLOADS]:
        name = workload["metadata"]["name"]
        own = {}
        for d in documents:
            if (d["metadata"].get("labels") or {}).get("app.kubernetes.io/name") == name:
                own.setdefault(d["kind"], []).append(scaled(d))
        yield from (f"{name}: {fault}" for fault in policy.running(workload, own))
        for container in workload["spec"]["template"]["spec"]["containers"]:
            if container["securityContext"].get("readOnlyRootFilesystem") is not True:
                yield f"{name}: writes to its root"
            if "preStop" not in container.get("lifecycle", {}):
                yield f"{name}: does not drain"
        if workload["spec"]["template"]["spec"].get("terminationGracePeriodSeconds", 0) < 60:
            yield f"{name}: has too little time to drain"
    jobs = [(d["metadata"]["name"], d["spec"]["jobTemplate"]["spec"]["template"]["spec"]) for d in documents if d["kind"] == "CronJob"]
    jobs += [(d["metadata"]["name"], job["spec"]["template"]["spec"]) for d in documents for job in jobs_of(d)]
    for name, pod in jobs:
        yield from (f"{name}: {fault}" for fault in policy.restricted(pod, None))
        for container in pod["containers"]:
            yield from (f"{name}: {fault}" for fault in policy.image(container["image"]))
            if set(container["resources"].get("limits", {})) != {"cpu", "memory"}:
                yield f"{name}: has no limits"
    policies = [d for d in documents if d["kind"] == "NetworkPolicy"]
    if any(d["kind"] == "Deployment" for d in documents) and not any(p["spec"]["podSelector"] == {} and "ingress" not in p["spec"] and "egress" not in p["spec"] for p in policies):
        yield "nothing is denied by default"
    for role in [d for d in documents if d["kind"] in {"Role", "ClusterRole"}]:
        for rule in role["rules"]:
            if "*" in str(rule) or "secrets" in rule["resources"] or "pods/exec" in rule["resources"]:
                yield f"{role['metadata']['name']}: too much is allowed: {rule}"


def callbacks(documents, networks=()):
    """RICs, O-Clouds and elements get to where their call-backs are served: those of labelled namespaces and of listed addresses, and nobody else."""
    pods = [d for d in documents if d["kind"] == "Deployment" and d["metadata"]["name"] == "oran-adaptor"]
    if not pods:
        return
    [policy_] = [d for d in documents if d["kind"] == "NetworkPolicy" and d["metadata"]["name"] == "oran-adaptor-callbacks"]
    labels = pods[0]["spec"]["template"]["metadata"]["labels"]
    if not policy_["spec"]["podSelector"]["matchLabels"].items() <= labels.items():
        yield "call-backs are let in to no pod of oran-adaptor"
    serving = [p["containerPort"] for c in pods[0]["spec"]["template"]["spec"]["containers"] for p in c["ports"]]
    # Without peers, or without ports, a rule lets in all of them.
    peers = [peer for rule in policy_["spec"]["ingress"] for peer in rule.get("from") or [None]]
    ports = [port.get("port") for rule in policy_["spec"]["ingress"] for port in rule.get("ports") or [{}]]
    wanted = [{"namespaceSelector": {"matchLabels": {"nephoran.com/ran-callbacks": "allowed"}}}, *({"ipBlock": {"cidr": n}} for n in networks)]
    if peers != wanted:
        yield f"call-backs are taken from {peers}"
    if not ports or not set(ports) <= set(serving):
        yield f"call-backs are let in to {ports}, and served at {serving}"
    if policy_["spec"]["policyTypes"] != ["Ingress"] or "egress" in policy_["spec"]:
        yield "call-backs open a way out"
    if any(d["kind"] == "Namespace" and "nephoran.com/ran-callbacks" in (d["metadata"].get("labels") or {}) for d in documents):
        yield "a namespace may call back without anybody having said so"


def scaled(document):
    """A scaler of the Rollout that stands for a Deployment, as one of the Deployment."""
    if document["kind"] != "HorizontalPodAutoscaler" or document["spec"]["scaleTargetRef"]["kind"] != "Rollout":
        return document
    return {**document, "spec": {**document["spec"], "scaleTargetRef": {**document["spec"]["scaleTargetRef"], "kind": "Deployment"}}}


def executable(workload):
    """What a Deployment runs: by its image, for the keeper of the audit log is a gateway."""
    return re.search(r"nephoran/([a-z-]+):", workload["spec"]["template"]["spec"]["containers"][0]["image"]).group(1)


def mounted_at(pod, path):
    """The volume that a path of the first container is in, or is."""
    found = [m for m in pod["containers"][0]["volumeMounts"] if path == m["mountPath"] or path.startswith(m["mountPath"] + "/")]
    name = max(found, key=lambda m: len(m["mountPath"]))["name"] if found else None
    return next((v for v in pod["volumes"] if v["name"] == name), {})


def known_settings():
    """Service -> its settings, as `Tests/check-observability` found them in `--help`."""
    known = {}
    for line in (ROOT / "Tests/Deploy/settings.txt").read_text().splitlines():
        service, name = line.split()
        known.setdefault(service, set()).add(name)
    return known


def shared_settings():
    text = (ROOT / "Shared/ServiceRuntime/Settings/SharedSettingNames.swift").read_text()
    return {plain(name) for name in re.findall(r'"([A-Z0-9_]+)"', text)}


def plain(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def settings(documents):
    known, shared = known_settings(), shared_settings()
    maps = {d["metadata"]["name"]: d for d in documents if d["kind"] == "ConfigMap"}
    read = {name: set() for name in maps}
    for workload in [d for d in documents if d["kind"] == "Deployment"]:
        service = executable(workload)
        own = {plain(name) for name in known[service]}
        # A secret may come from a file.
        own |= {name + "file" for name in own}
        pod = workload["spec"]["template"]["spec"]
        for variable in pod["containers"][0]["env"]:
            if variable["name"] not in OTHERS and plain(variable["name"]) not in own:
                yield f"{service} has no setting {variable['name']}"
        folder = mounted_at(pod, next(v["value"] for v in pod["containers"][0]["env"] if v["name"] == "CONFIG_FILE"))
        for source in [s["configMap"]["name"] for s in folder["projected"]["sources"]]:
            for key in maps.get(source, {"data": {}})["data"]:
                if plain(key) in own:
                    read[source].add(key)
                elif plain(key) not in shared:
                    yield f"{service} would not start with {key} of {source}"
    for name, keys in read.items():
        # Dashboards are Grafana's, and the policy is a file: see secured.py.
        if name.startswith("dashboard-") or name == "access-policy":
            continue
        yield from (f"nobody reads {key} of {name}" for key in sorted(set(maps[name]["data"]) - keys))


def references(documents):
    """What scalers, Ingresses and Rollouts point to is there."""
    there = {(d["kind"], d["metadata"]["name"]) for d in documents}
    for d in documents:
        spec = d.get("spec", {})
        if d["kind"] == "HorizontalPodAutoscaler":
            target = spec["scaleTargetRef"]
            if (target["kind"], target["name"]) not in there:
                yield f"the autoscaler {d['metadata']['name']} scales nothing"
        if d["kind"] == "Ingress":
            for path in [p for r in spec["rules"] for p in r["http"]["paths"]]:
                if ("Service", path["backend"]["service"]["name"]) not in there:
                    yield f"{path['path']} leads nowhere"
                if path["path"].rstrip("/") in {"/metrics", "/admin", "/shutdown", "/cache"}:
                    yield f"{path['path']} is for operators alone"
        if d["kind"] == "Rollout":
            yield from (f"Rollout {d['metadata']['name']}: {fault}" for fault in rollout(d, there))


def analyses(strategy):
    """Names of the templates, in the order in which they are run: one list for each analysis."""
    if "blueGreen" in strategy:
        parts = [strategy["blueGreen"][a] for a in ("prePromotionAnalysis", "postPromotionAnalysis")]
    else:
        parts = [step["analysis"] for step in strategy["canary"]["steps"] if "analysis" in step]
    return [[t["templateName"] for t in part["templates"]] for part in parts]


def steps(canary):
    """What a canary does, in order: its weights, how many pods it has, and the last template of each analysis."""
    for step in canary["steps"]:
        if "setWeight" in step:
            yield f"weight {step['setWeight']}"
        elif "setCanaryScale" in step:
            yield "pods as weight" if step["setCanaryScale"].get("matchTrafficWeight") else f"pods {step['setCanaryScale'].get('weight')}"
        else:
            yield step["analysis"]["templates"][-1]["templateName"] if "analysis" in step else "something else"


def rollout(d, there):
    strategy, name = d["spec"]["strategy"], d["metadata"]["name"]
    if d["spec"]["progressDeadlineSeconds"] <= GATE:
        yield "is given up while its gate waits"
    if len(strategy) != 1:
        yield f"has {len(strategy)} strategies"
    green, canary = strategy.get("blueGreen", {}), strategy.get("canary", {})
    services = [green.get("activeService", canary.get("stableService")), green.get("previewService", canary.get("canaryService"))]
    wanted = [("Deployment", d["spec"]["workloadRef"]["name"]), *(("Service", s) for s in services)]
    wanted += [("AnalysisTemplate", t) for part in analyses(strategy) for t in part]
    wanted += [("Ingress", canary[k]["nginx"]["stableIngress"]) for k in ["trafficRouting"] if k in canary]
    yield from (f"there is no {kind} {what}" for kind, what in wanted if (kind, what) not in there)
    if services != [name, f"{name}-preview"]:
        yield f"its services are {services}"
    if green and green.get("scaleDownDelaySeconds") != 30:
        yield "is not scaled down as operators expect"
    measured = [part for part in analyses(strategy) if {"success-rate", "latency-p95"} <= set(part)]
    if len(measured) < 2 or not all(set(part) & {"colour-promoted", "canary-watch"} for part in measured[1:]):
        yield "is not measured before and after"
    if green and not set(analyses(strategy)[0]) & {"colour-preview", "colour-judged"}:
        yield "is switched without the ledger"
    if canary:
        order = list(steps(canary))
        if "canary-judged" not in order or any(step.startswith("weight") for step in order[: order.index("canary-judged")]):
            yield "is given requests before it is in the ledger"
        if order != CANARY:
            yield f"is no canary as operators expect: {order}"
        if name != "api-gateway" or "trafficRouting" not in canary:
            yield "is a canary, but no requests are shared out to it: its old pods would be gone before it is judged"


def jobs_of(document):
    """Of an analysis."""
    return [m["provider"]["job"] for m in document["spec"]["metrics"] if "job" in m["provider"]] if document["kind"] == "AnalysisTemplate" else []


def colours(documents):
    """Where there are Rollouts: one release has one colour, which the ledger is told of before traffic is."""
    wrapped = {d["spec"]["workloadRef"]["name"] for d in documents if d["kind"] == "Rollout"}
    if not wrapped:
        return
    releases = set()
    for d in documents:
        if d["kind"] != "Deployment" or d["metadata"]["name"] not in wrapped:
            continue
        name, template = d["metadata"]["name"], d["spec"]["template"]
        releases.add(template["metadata"]["labels"].get("nephoran.com/release"))
        variables = {v["name"]: v for v in template["spec"]["containers"][0]["env"]}
        if variables["COLOUR"].get("valueFrom", {}).get("fieldRef", {}).get("fieldPath") != "metadata.labels['nephoran.com/release']":
            yield f"{name} does not know its colour"
        if variables.get("LEDGER_CLAIM", {}).get("value") != "true":
            yield f"{name}: the first colour would not be the active one"
    if len(releases) != 1 or not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", str(next(iter(releases)))):
        yield f"the release is called {releases}"
    options = set(re.findall(r"@(?:Option|Flag)\([^\n]*\n?\s*var (\w+)", "".join(p.read_text() for p in (ROOT / "Services/Nephoran").rglob("*.swift"))))
    options = {re.sub(r"([A-Z])", lambda m: "-" + m.group(1).lower(), name) for name in options}
    judging = 0
    for d in documents:
        for job in jobs_of(d):
            name, spec = d["metadata"]["name"], job["spec"]
            [container] = spec["template"]["spec"]["containers"]
            if container["command"][:3] != ["nephoran", "rollout", "gate"] or spec["backoffLimit"] != 0:
                yield f"{name} is no gate that is passed once"
            given = {part.removeprefix("--").split("=")[0] for part in container["command"][3:]}
            yield from (f"{name}: the gate has no option {option}" for option in sorted(given - options))
            yield from (f"{name}: the gate does not say its {option}" for option in ["phase", "watch"] if option not in given)
            judging += "traffic" in given
            limits = [int(part.split("=")[1]) for part in container["command"] if part.startswith("--limit=")]
            if spec["activeDeadlineSeconds"] > GATE or any(limit >= spec["activeDeadlineSeconds"] for limit in limits):
                yield f"{name}: the gate may wait for longer than it lives"
            if spec["template"]["spec"].get("terminationGracePeriodSeconds", 30) < 120:
                yield f"{name}: the gate has no time to take its colour back"
            if spec["template"]["metadata"]["labels"]["app.kubernetes.io/name"] != "nephoran-maintenance":
                yield f"{name}: no policy lets it out"
    if judging == 0:
        yield "nobody sends synthetic intents"


def beyond(documents):
    """All services at their largest, in two colours where there are Rollouts, fit into the quota."""
    quotas = [d["spec"]["hard"] for d in documents if d["kind"] == "ResourceQuota"]
    largest = {d["metadata"]["name"]: d["spec"]["maxReplicas"] for d in documents if d["kind"] == "HorizontalPodAutoscaler"}
    number = 2 if any(d["kind"] == "Rollout" for d in documents) else 1
    for hard in quotas:
        for part in ("requests", "limits"):
            for name in ("cpu", "memory"):
                taken = sum(
                    amount(c["resources"][part][name]) * largest.get(d["metadata"]["name"], 1) * number
                    for d in documents
                    if d["kind"] == "Deployment"
                    for c in d["spec"]["template"]["spec"]["containers"]
                )
                if taken > amount(hard[f"{part}.{name}"]):
                    yield f"{part}.{name} of all are {taken:g}, more than the quota's {hard[f'{part}.{name}']}"


def amount(text):
    number, unit = re.fullmatch(r"([0-9.]+)(m|Mi|Gi)?", str(text)).groups()
    return float(number) * {None: 1, "m": 0.001, "Mi": 2**20, "Gi": 2**30}[unit]


def secrets(base, example):
    brought = {d["metadata"]["name"]: set(d["stringData"]) for d in example}
    for workload in [d for d in base if d["kind"] == "Deployment"]:
        pod = workload["spec"]["template"]["spec"]
        wanted = [(v["valueFrom"]["secretKeyRef"]["name"], v["valueFrom"]["secretKeyRef"]["key"]) for v in pod["containers"][0]["env"] if "secretKeyRef" in v.get("valueFrom", {})]
        wanted += [(v["secret"]["secretName"], None) for v in pod["volumes"] if "secret" in v]
        for name, key in wanted:
            if name not in brought or (key and key not in brought[name]):
                yield f"secrets.example.yaml does not show {name} {key or ''}"
    if any(d["kind"] == "Secret" for d in base):
        yield "the base brings a Secret"


def unlike(base, chart):
    # Helm installs definitions of kinds from a folder of their own, which is a copy.
    ours, theirs = ({identity(d): d for d in documents if d["kind"] != "CustomResourceDefinition"} for documents in (base, chart))
    for name in sorted(set(ours) | set(theirs), key=str):
        if ours.get(name) != theirs.get(name):
            yield f"the chart's {name[1]} {name[3]} is not the base's"
