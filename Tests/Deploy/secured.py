"""What an installation in a cluster keeps and proves: one audit log, keyed keys and a policy that pods read, TLS on every listener."""

import json
import re

import jsonschema
import yaml

import manifests

KEYS = {"AUTH_TOKEN_FILE", "SERVICE_SECRET_FILE", "AUTH_KEYS_FILE", "AUTH_PEPPER_FILE", "POLICY_FILE"}
TLS = {"TLS_CERT_FILE": "tls.crt", "TLS_KEY_FILE": "tls.key", "TLS_CA_FILE": "ca.crt"}
SCRAPED_AS = "metrics.nephoran-system.svc"


def faults():
    example = {d["metadata"]["name"]: d["stringData"] for d in yaml.safe_load_all((manifests.DEPLOY / "base/secrets.example.yaml").read_text())}
    yield from keys(example["nephoran-auth"])
    for folder in manifests.OVERLAYS + manifests.SECURED:
        documents = manifests.rendered(folder)
        if not kind(documents, "Deployment"):
            continue
        found = [*audit(documents), *access(documents, example), *named(documents, example)]
        if folder in manifests.SECURED:
            found += secure(documents)
        yield from (f"{folder}: {fault}" for fault in found)
    yield from policy(manifests.rendered("base"))
    # The chart is of one namespace: Prometheus' is not its.
    secured = [ordered(d) for d in manifests.rendered("base+components/tls") if d["metadata"].get("namespace") != "nephoran-monitoring"]
    yield from (f"with TLS, {fault}" for fault in manifests.unlike(secured, [ordered(d) for d in manifests.charted(tls={"enabled": True})]))


def kind(documents, name):
    return [d for d in documents if d["kind"] == name]


def container(workload):
    return workload["spec"]["template"]["spec"]["containers"][0]


def values(workload):
    return {v["name"]: v.get("value") for v in container(workload)["env"]}


def ordered(value):
    """With lists of named things in the order of their names, which means nothing to Kubernetes."""
    if isinstance(value, dict):
        return {key: ordered(part) for key, part in value.items()}
    if isinstance(value, list):
        parts = [ordered(part) for part in value]
        return sorted(parts, key=lambda p: p["name"]) if all(isinstance(p, dict) and "name" in p for p in parts) else parts
    return value


# The audit log


def audit(documents):
    """One gateway keeps it, on a volume that outlives pods; the services tell that one, and may."""
    keepers = [d for d in kind(documents, "Deployment") if values(d).get("AUDIT_PATH")]
    if len(keepers) != 1:
        yield f"{len(keepers)} workloads keep the audit log (AUDIT_PATH): one must"
        return
    [keeper] = keepers
    name, pod, own = keeper["metadata"]["name"], keeper["spec"]["template"]["spec"], values(keeper)
    if manifests.executable(keeper) != "api-gateway":
        yield f"{name} keeps no audit log: it is no gateway"
    # The lock of the log is one of a file: a second pod would keep nothing, and two in two places would both write.
    wrapped = {d["spec"].get("workloadRef", d["spec"].get("scaleTargetRef"))["name"] for d in kind(documents, "Rollout") + kind(documents, "HorizontalPodAutoscaler")}
    if keeper["spec"]["replicas"] != 1 or keeper["spec"]["strategy"] != {"type": "Recreate"} or name in wrapped:
        yield f"{name} may run twice"
    claim = manifests.mounted_at(pod, own["AUDIT_PATH"]).get("persistentVolumeClaim", {}).get("claimName")
    if claim not in {d["metadata"]["name"] for d in kind(documents, "PersistentVolumeClaim") if d["spec"]["accessModes"] == ["ReadWriteOnce"]}:
        yield f"the audit log ends with its pod: {own['AUDIT_PATH']} is on no volume of its own"
    yield from (f"{name} has {setting}, as if it served intents" for setting in ("CALLBACK_SECRET", "LEDGER_CLAIM", "COLOUR") if setting in own)
    for teller in [d for d in kind(documents, "Deployment") if d is not keeper and manifests.executable(d)]:
        address = values(teller).get("API_GATEWAY_URL") or ""
        if address.split("://")[-1] != f"{name}:8080":
            yield f"{teller['metadata']['name']} tells {address or 'nobody'} what it refuses, not the keeper of the audit log"
        if not passes(documents, teller, keeper):
            yield f"{teller['metadata']['name']} cannot reach the keeper of the audit log"
        if manifests.executable(teller) == "nephio-bridge" and not passes(documents, keeper, teller):
            yield "the audit log cannot be anchored: its keeper does not reach nephio-bridge"
    paths = {p["path"]: p["backend"]["service"]["name"] for d in kind(documents, "Ingress") if d["metadata"]["name"] != "rag-api" for r in d["spec"]["rules"] for p in r["http"]["paths"]}
    for path in ("/v1/audit", "/v1/maintenance", "/v1/queues", "/v1/rollout"):
        if paths.get(path) != name:
            yield f"{path} leads to {paths.get(path)}, which keeps no audit log"


def passes(documents, source, target):
    """Whether the policies of both ends let a call through to 8080."""

    def allowed(workload, direction, peers, other):
        labels, wanted = (d["spec"]["template"]["metadata"]["labels"] for d in (workload, other))
        for rules in [d["spec"].get(direction, []) for d in kind(documents, "NetworkPolicy") if d["spec"]["podSelector"].get("matchLabels", {"": ""}).items() <= labels.items()]:
            for rule in rules:
                selected = [p["podSelector"].get("matchLabels", {}) for p in rule.get(peers, []) if "podSelector" in p and "namespaceSelector" not in p]
                if any(s.items() <= wanted.items() for s in selected) and 8080 in [p["port"] for p in rule.get("ports", [])]:
                    return True
        return False

    return allowed(source, "egress", "to", target) and allowed(target, "ingress", "from", source)


# Keys and policy


def access(documents, example):
    """Each service reads the keys, the secret that their hashes are made with, and the policy; what a setting calls a file is mounted."""
    files = {("ConfigMap", d["metadata"]["name"]): set(d["data"]) for d in kind(documents, "ConfigMap")}
    files |= {("Secret", name): set(data) for name, data in example.items()}
    files |= {("Secret", d["spec"]["secretName"]): {"tls.crt", "tls.key", "ca.crt"} for d in kind(documents, "Certificate")}
    for workload in kind(documents, "Deployment"):
        name, own = workload["metadata"]["name"], values(workload)
        yield from (f"{name} has no {setting}" for setting in sorted(KEYS - set(own)))
        for setting, path in own.items():
            # A folder of settings, one a file.
            if not setting.endswith("_FILE") or setting == "CONFIG_FILE":
                continue
            volume = manifests.mounted_at(workload["spec"]["template"]["spec"], path)
            sources = [("ConfigMap", s["configMap"]["name"]) for s in volume.get("projected", {}).get("sources", []) if "configMap" in s]
            sources += [("Secret", volume["secret"]["secretName"])] if "secret" in volume else []
            if not any(path.rpartition("/")[2] in files.get(source, set()) for source in sources):
                yield f"{name}: nothing brings {path} of {setting}"


def named(documents, example):
    """What comments of the settings say a setting may be called, a folder of secrets, is there when somebody does."""
    text = (manifests.DEPLOY / "base/config.yaml").read_text()
    for path in sorted(set(re.findall(r'^ *#.*"(/app/secrets/[^"]+)"', text, re.M))):
        volumes = [manifests.mounted_at(d["spec"]["template"]["spec"], path) for d in kind(documents, "Deployment")]
        if not any(v.get("secret", {}).get("secretName") in example and v["secret"].get("optional") for v in volumes):
            yield f"nothing mounts {path}, or not every installation has it"


def keys(auth):
    """The example's keys can be used as it says: with its pepper."""
    if len(auth.get("pepper", "")) < 32:
        yield "secrets.example.yaml: the pepper has fewer than 32 characters"
    for entry in yaml.safe_load(auth["keys.yaml"])["keys"]:
        if not re.fullmatch(r"hmac-sha256:[0-9a-f]{64}", entry["hash"]):
            yield f"secrets.example.yaml: the key {entry['name']} opens without the pepper"


def policy(base):
    """The policy of the base is what ships, so that installing it decides nothing that was not so before."""
    [text] = [d["data"]["policy.yaml"] for d in kind(base, "ConfigMap") if d["metadata"]["name"] == "access-policy"]
    document = yaml.safe_load(text)
    for error in jsonschema.Draft202012Validator(json.loads((manifests.ROOT / "docs/schemas/policy.json").read_text())).iter_errors(document):
        yield f"access-policy: {error.message}"
    if document != yaml.safe_load((manifests.ROOT / "Shared/AccessControl/Policy/access-policy.yaml").read_text()):
        yield "access-policy is not what ships"
    if any("access-policy" in rule.get("resourceNames", []) for d in kind(base, "Role") for rule in d["rules"]):
        yield "who edits settings may give himself a role"


# TLS


def secure(documents):
    """Every listener has a certificate for what it is called by, and whoever calls it does so by https and checks it."""
    certificates = {d["spec"]["secretName"]: d["spec"] for d in kind(documents, "Certificate")}
    for workload in kind(documents, "Deployment"):
        name, pod, own = workload["metadata"]["name"], workload["spec"]["template"]["spec"], values(workload)
        secret = manifests.mounted_at(pod, own.get("TLS_CERT_FILE", "")).get("secret", {}).get("secretName")
        if {key: (own.get(key) or "").rpartition("/")[2] for key in TLS} != TLS or secret not in certificates:
            yield f"{name} has no certificate"
            continue
        labels = workload["spec"]["template"]["metadata"]["labels"]
        called = {d["metadata"]["name"] for d in kind(documents, "Service") if d["spec"]["selector"].items() <= labels.items()}
        names = set(certificates[secret]["dnsNames"])
        yield from (f"{name} cannot prove that it is {other}" for other in sorted((called | {SCRAPED_AS}) - names))
        if "127.0.0.1" not in certificates[secret].get("ipAddresses", []):
            yield f"{name} cannot be told to end: its certificate is not good for 127.0.0.1"
        # The kubelet's probes show no certificate.
        if "TLS_CLIENT_CA_FILE" in own:
            yield f"{name} would answer no probe"
        yield from (f"{name} asks in clear: {key}={value}" for key, value in own.items() if (value or "").startswith("http://"))
        for probe in ("livenessProbe", "readinessProbe"):
            if container(workload)[probe]["httpGet"].get("scheme") != "HTTPS":
                yield f"{name}: {probe} asks in clear"
        if f"--cacert {own['TLS_CA_FILE']} https://127.0.0.1:8080/shutdown" not in container(workload)["lifecycle"]["preStop"]["exec"]["command"][-1]:
            yield f"{name} is told to end in clear"
        if workload["spec"]["template"]["metadata"]["annotations"].get("prometheus.io/scheme") != "https":
            yield f"{name} is scraped in clear"
    jobs = [(d["metadata"]["name"], d["spec"]["jobTemplate"]["spec"]) for d in kind(documents, "CronJob")]
    jobs += [(d["metadata"]["name"], job["spec"]) for d in documents for job in manifests.jobs_of(d)]
    for name, job in jobs:
        pod = job["template"]["spec"]
        variables = {v["name"]: v.get("value") for v in pod["containers"][0]["env"]}
        if variables.get("SCHEME") != "https" or "http://" in str(pod["containers"][0]["command"]):
            yield f"{name} asks in clear"
        for setting in ("CURL_CA_BUNDLE", "NEPHORAN_CA_FILE"):
            if manifests.mounted_at(pod, variables.get(setting, "")).get("secret", {}).get("secretName") not in certificates:
                yield f"{name} knows nobody's authority: {setting}"
    for ingress in kind(documents, "Ingress"):
        name, place = ingress["metadata"]["name"], "nginx.ingress.kubernetes.io/"
        notes = {key.removeprefix(place): value for key, value in ingress["metadata"]["annotations"].items()}
        secret = notes.get("proxy-ssl-secret", "").rpartition("/")[2]
        if notes.get("backend-protocol") != "HTTPS" or notes.get("proxy-ssl-verify") != "on" or notes.get("proxy-ssl-name") not in certificates.get(secret, {}).get("dnsNames", []):
            yield f"the Ingress {name} asks in clear, or anybody"
    for monitor in kind(documents, "ServiceMonitor"):
        # The others scrape exporters, which are not ours.
        if "nephoran-system" not in monitor["spec"]["namespaceSelector"]["matchNames"]:
            continue
        for endpoint in monitor["spec"]["endpoints"]:
            trust = endpoint.get("tlsConfig", {})
            if endpoint.get("scheme") != "https" or trust.get("serverName") != SCRAPED_AS or trust["ca"]["secret"]["name"] not in certificates:
                yield f"the ServiceMonitor {monitor['metadata']['name']} asks in clear, or anybody"
