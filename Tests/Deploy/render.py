"""What of deploy/ is made of other files there: dashboards, the operator's rules, the Helm chart. `Tests/check-deploy --write` writes it."""

import json
import pathlib
import re
import textwrap

import yaml

import tls

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MONITORING = DEPLOY / "monitoring"
CHART = DEPLOY / "helm/nephoran"
MADE = "Made by Tests/check-deploy --write"
LABELS = "    app.kubernetes.io/part-of: nephoran\n    app.kubernetes.io/managed-by: nephoran\n"


def generated():
    """Path -> text of every file that is made."""
    files = {}
    boards = dashboards()
    for name, board in boards.items():
        files[MONITORING / f"grafana/{name}.json"] = json.dumps(board, indent=2, ensure_ascii=False) + "\n"
    files[MONITORING / "operator/prometheus-rules.yaml"] = operator_rules()
    files[MONITORING / "operator/dashboards.yaml"] = dashboard_maps(boards)
    files.update(chart())
    return files


# Dashboards


def dashboards():
    boards = {}
    for path in sorted((MONITORING / "dashboards").glob("*.yaml")):
        source = yaml.safe_load(path.read_text())
        for service in source.get("each", [None]):
            panels = source["panels"] + source.get("more", {}).get(service, [])
            filled = json.loads(json.dumps({**source, "panels": panels}).replace("$SERVICE", service or ""))
            boards[service or path.stem] = dashboard(filled)
    return boards


def dashboard(source):
    panels, x, y, height = [], 0, 0, 0
    for number, panel in enumerate(source["panels"], start=1):
        tall = 5 if panel["type"] in {"stat", "gauge"} else 8
        if x + panel["width"] > 24:
            x, y, height = 0, y + height, 0
        height = max(height, tall)
        panels.append(drawn(panel, number, {"x": x, "y": y, "w": panel["width"], "h": tall}))
        x += panel["width"]
    return {
        "uid": source["uid"],
        "title": source["title"],
        "tags": ["nephoran"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }


def drawn(panel, number, place):
    legends = panel.get("legends", [])
    defaults = {"unit": panel["unit"]}
    if "decimals" in panel:
        defaults["decimals"] = panel["decimals"]
    if "thresholds" in panel:
        steps = [{"color": colour, "value": None if n == 0 else bound} for n, (bound, colour) in enumerate(zip(panel["thresholds"], panel["colours"]))]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
    table = panel["type"] == "table"
    return {
        "id": number,
        "title": panel["title"],
        "type": panel["type"],
        "gridPos": place,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + n),
                "expr": query,
                "legendFormat": legends[n] if n < len(legends) else "__auto",
                **({"format": "table", "instant": True} if table else {"format": "heatmap"} if panel["type"] == "heatmap" else {}),
            }
            for n, query in enumerate(panel["queries"])
        ],
    }


def dashboard_maps(boards):
    parts = []
    for name, board in boards.items():
        text = textwrap.indent(json.dumps(board, separators=(",", ":"), ensure_ascii=False), "    ")
        parts.append(
            f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dashboard-nephoran-{name}\n  namespace: nephoran-monitoring\n  labels:\n"
            f'    grafana_dashboard: "1"\n{LABELS}data:\n  nephoran-{name}.json: |\n{text}\n'
        )
    return f"# {MADE} of ../dashboards, for Grafana's sidecar.\n" + "---\n".join(parts)


# Rules


def operator_rules():
    parts = []
    for path in sorted((MONITORING / "rules").glob("*.yaml")):
        text = path.read_text()
        groups = textwrap.indent(text[text.index("groups:") :], "  ")
        parts.append(
            f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: nephoran-{path.stem}\n  namespace: nephoran-monitoring\n"
            f"  labels:\n    release: kube-prometheus-stack\n{LABELS}spec:\n{groups}"
        )
    return f"# {MADE} of ../rules.\n" + "---\n".join(parts)


class Literal(yaml.SafeDumper):
    """Texts of several lines as they are."""


Literal.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))

# The Helm chart: the base, with what differs between installations taken from values.


def chart():
    base = DEPLOY / "base"
    names = yaml.safe_load((base / "kustomization.yaml").read_text())["resources"]
    values = {"namespace": {"create": False}, "image": {"registry": "", "tag": ""}, "config": {}, "autoscaling": {}, "ingress": {"enabled": True}, "tls": {"enabled": False, "issuer": "nephoran"}}
    files = {}
    version = None
    for path in sorted((DEPLOY / "crds").glob("nephoran.com_*.yaml")):
        files[CHART / "crds" / path.name] = path.read_text()
    for path in [base / name for name in names] + [DEPLOY / "rbac/nephio-bridge.yaml"]:
        text = path.read_text()
        name = path.name if path.parent == base else f"rbac-{path.name}"
        found = re.search(r"image: nephoran/[a-z-]+:(\S+)", text)
        version = found.group(1) if found else version
        files[CHART / "templates" / name] = template(name, text, values)
    files[CHART / "templates/tls.yaml"] = template("tls.yaml", (DEPLOY / "components/tls/certificates.yaml").read_text(), values)
    files[CHART / "values.yaml"] = (
        f"# {MADE} of deploy/base: these values render exactly it.\n"
        + yaml.dump(values, Dumper=Literal, sort_keys=False, width=200)
    )
    files[CHART / "Chart.yaml"] = (
        f"# {MADE} of deploy/base.\napiVersion: v2\nname: nephoran\ndescription: Intent-driven automation of 5G and O-RAN networks\n"
        f'type: application\nversion: {version}\nappVersion: "{version}"\nkubeVersion: ">= 1.25.0-0"\n'
    )
    return files


def template(name, text, values):
    text = text.replace("namespace: nephoran-system", "namespace: {{ .Release.Namespace }}")
    text = re.sub(
        r"image: (nephoran/[a-z-]+):\S+", r'image: "{{ with .Values.image.registry }}{{ . }}/{{ end }}\1:{{ .Values.image.tag | default .Chart.AppVersion }}"', text
    )
    documents = []
    for document in text.split("\n---\n"):
        documents.append(parameters(document, values))
    text = "\n---\n".join(documents)
    if name == "namespace.yaml":
        head, _, rest = text.partition("\n---\n")
        text = "{{- if .Values.namespace.create }}\n" + head.replace("name: nephoran-system", "name: {{ .Release.Namespace }}") + "\n---\n{{- end }}\n" + rest
    if name == "ingress.yaml":
        text = "{{- if .Values.ingress.enabled }}\n" + text + "{{- end }}\n"
    text = tls.certificates(text) if name == "tls.yaml" else tls.optional(text)
    return f"# {MADE} of deploy.\n{text}"


def parameters(document, values):
    source = yaml.safe_load(document.replace("{{ .Release.Namespace }}", "x").replace("{{", "x").replace("}}", "x")) if "kind:" in document else {}
    kind, name = source.get("kind"), source.get("metadata", {}).get("name")
    if name == "access-policy":
        values["policy"] = source["data"]["policy.yaml"]
        return document[: document.index("  policy.yaml: |")] + "  policy.yaml: {{ .Values.policy | toJson }}\n"
    if kind == "ConfigMap":
        values["config"][name] = source["data"]
        return re.sub(r'(?m)^  ([a-z0-9_]+): ".*"$', rf'  \1: {{{{ index .Values.config "{name}" "\1" | quote }}}}', document)
    if kind == "HorizontalPodAutoscaler":
        values["autoscaling"][name] = {"min": source["spec"]["minReplicas"], "max": source["spec"]["maxReplicas"]}
        place = f'index .Values.autoscaling "{name}"'
        document = re.sub(r"minReplicas: \d+", f"minReplicas: {{{{ ({place}).min }}}}", document)
        return re.sub(r"maxReplicas: \d+", f"maxReplicas: {{{{ ({place}).max }}}}", document)
    if kind == "Ingress":
        host = source["spec"]["rules"][0]["host"]
        hosts = values["ingress"].setdefault("hosts", {})
        # Two Ingresses of one host are one value.
        name = next((known for known, other in hosts.items() if other == host), name)
        hosts[name] = host
        return document.replace(host, f'{{{{ index .Values.ingress.hosts "{name}" }}}}')
    if name == "oran-adaptor-callbacks":
        # Beside the labelled namespaces, so that no list of peers is ever empty: an empty one would let in everybody.
        values["callbacks"] = {"cidrs": []}
        last = "              nephoran.com/ran-callbacks: allowed\n"
        more = "{{- range .Values.callbacks.cidrs }}\n        - ipBlock:\n            cidr: {{ . | quote }}\n{{- end }}\n"
        return document.replace(last, last + more)
    return document
