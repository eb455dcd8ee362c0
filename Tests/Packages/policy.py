"""What a senior platform engineer would refuse to sign, object by object and package by package."""

import re

WORKLOADS = {"Deployment", "StatefulSet"}
PINNED = re.compile(r"^[a-z0-9][a-z0-9._:/-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$")
MOVING = {"latest", "develop", "main", "master", "edge", "nightly", "stable"}
LOCAL = "config.kubernetes.io/local-config"
# What Pod Security `restricted` lets a container add.
ALLOWED_CAPABILITIES = {"NET_BIND_SERVICE"}
LABEL = re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$")


def faults(objects):
    found = []
    kinds = {}
    for file, document in objects:
        kinds.setdefault(document.get("kind"), []).append(document)
        found += [f"{file}: {fault}" for fault in identity(file, document)]
    names = [(d.get("apiVersion"), d.get("kind"), d["metadata"].get("namespace"), d["metadata"]["name"]) for _, d in objects]
    found += [f"{name} occurs twice" for name in set(names) if names.count(name) > 1]
    found += package(objects, kinds)
    for deployment in kinds.get("NFDeployment", []):
        found += [f"NFDeployment {deployment['metadata']['name']}: {fault}" for fault in specialised(deployment, kinds)]
    for kind in WORKLOADS:
        for workload in kinds.get(kind, []):
            found += [f"{kind} {workload['metadata']['name']}: {fault}" for fault in running(workload, kinds)]
    return found


def identity(file, document):
    metadata = document.get("metadata") or {}
    if not metadata.get("name"):
        yield "has no name"
    local = (metadata.get("annotations") or {}).get(LOCAL) == "true"
    # Argo CD takes every file that ends like YAML.
    if local and document.get("kind") != "Kptfile" and metadata["annotations"].get("argocd.argoproj.io/hook") != "Skip":
        yield "Argo CD would apply it to the cluster"
    if document.get("kind") not in {"Namespace", "Kptfile"} and not local:
        if not metadata.get("namespace"):
            yield "has no namespace"
        if (metadata.get("labels") or {}).get("app.kubernetes.io/managed-by") != "nephoran":
            yield "does not say who manages it"
    for key, value in {**(metadata.get("labels") or {}), **(metadata.get("annotations") or {})}.items():
        if not isinstance(value, str):
            yield f"{key} is no text"
    if "{{" in str(document) and file != "configmap.yaml":
        yield "a template is not filled"


def package(objects, kinds):
    files = dict(objects)
    if len(kinds.get("Kptfile", [])) != 1 or "Kptfile" not in files:
        yield "there must be one Kptfile"
        return
    context = files.get("package-context.yaml")
    if not context or context["metadata"]["name"] != "kptfile.kpt.dev" or context["metadata"]["annotations"].get(LOCAL) != "true":
        yield "package-context.yaml is not as kpt has it"
    elif context["data"].get("name") != files["Kptfile"]["metadata"]["name"]:
        yield "package-context.yaml names another package"
    kptfile = files["Kptfile"]
    gates = {g["conditionType"] for g in kptfile.get("info", {}).get("readinessGates", [])}
    conditions = {c["type"] for c in kptfile.get("status", {}).get("conditions", [])}
    if not gates or gates - conditions:
        yield "a readiness gate has no condition: the package would never be approved"
    for function in [f for fs in kptfile.get("pipeline", {}).values() for f in fs]:
        yield from image(function["image"])
    namespaces = {d["metadata"].get("namespace") for _, d in objects if d["metadata"].get("namespace")}
    if len(namespaces) > 1:
        yield f"several namespaces: {sorted(namespaces)}"
    if namespaces - {"default"} and {n["metadata"]["name"] for n in kinds.get("Namespace", [])} != namespaces:
        yield "the namespace is not brought along"
    for namespace in kinds.get("Namespace", []):
        if "pod-security.kubernetes.io/warn" not in namespace["metadata"].get("labels", {}):
            yield "the namespace has no Pod Security label"


def image(reference):
    if not PINNED.match(reference) or reference.rpartition(":")[2] in MOVING:
        yield f"the image {reference} is not pinned"


REQUIREMENTS = ("Capacity", "Interface", "DataNetwork", "Dependency")


def specialised(deployment, kinds):
    """What Nephio's specialisers and the function's operator need to find."""
    name = deployment["metadata"]["name"]
    owner = f"workload.nephio.org/v1alpha1.NFDeployment.{name}"
    for kind in REQUIREMENTS:
        for requirement in kinds.get(kind, []):
            annotations = requirement["metadata"].get("annotations") or {}
            if annotations.get("specializer.nephio.org/owner") != owner:
                yield f"{kind} {requirement['metadata']['name']} is not its"
            if annotations.get(LOCAL) != "true":
                yield f"{kind} {requirement['metadata']['name']} would be applied to the cluster"
    if len(kinds.get("Capacity", [])) != 1:
        yield "there must be one Capacity"
    clusters = kinds.get("WorkloadCluster", [])
    if len(clusters) != 1 or clusters[0]["metadata"]["annotations"].get("kpt.dev/config-injection") != "required":
        yield "there must be one WorkloadCluster, to be injected"
    known = {c["metadata"]["name"] for c in kinds.get("NFConfig", [])}
    named = {r["name"] for r in deployment["spec"].get("parametersRefs") or [] if r["kind"] == "NFConfig"}
    if named != known:
        yield f"NFConfigs {sorted(known)} are referred to as {sorted(named)}"
    functions = [f["image"].rpartition("/")[2].partition(":")[0] for f in kinds["Kptfile"][0].get("pipeline", {}).get("mutators", [])]
    if functions.count("nfdeploy-fn") != 2 or functions[-1] != "nfdeploy-fn":
        yield "the pipeline does not make the deployment of what the claims got"
    if kinds.get("Interface") and "interface-fn" not in functions:
        yield "nothing makes claims of the interfaces"
    if WORKLOADS & set(kinds):
        yield "a workload is beside what its operator makes"
    if not all((v["metadata"].get("annotations") or {}).get(LOCAL) == "true" for v in kinds.get("PackageVariant", [{"metadata": {}}])):
        yield "there must be a PackageVariant, which is not for the cluster"


def running(workload, kinds):
    spec, pod = workload["spec"], workload["spec"]["template"]
    labels = pod["metadata"]["labels"]
    selector = spec["selector"]["matchLabels"]
    if not selector.items() <= labels.items():
        yield "the selector does not select its pods"
    exception = (pod["metadata"].get("annotations") or {}).get("nephoran.com/security-exception")
    yield from restricted(pod["spec"], exception)
    volumes = {v["name"] for v in pod["spec"].get("volumes", [])} | {v["metadata"]["name"] for v in spec.get("volumeClaimTemplates", [])}
    mounted = {m["name"] for c in pod["spec"]["containers"] for m in c.get("volumeMounts", [])}
    if mounted != volumes:
        yield f"volumes {sorted(volumes)} are mounted as {sorted(mounted)}"
    for container in pod["spec"]["containers"]:
        yield from image(container["image"])
        resources = container["resources"]
        for part in ("requests", "limits"):
            for name in ("cpu", "memory"):
                if name not in resources.get(part, {}):
                    yield f"no {part}.{name}"
        for probe in ("readinessProbe", "livenessProbe"):
            if probe not in container:
                yield f"no {probe}"
            port = (container.get(probe, {}).get("tcpSocket") or container.get(probe, {}).get("httpGet") or {}).get("port")
            if port and port not in {p["name"] for p in container.get("ports", [])}:
                yield f"{probe} asks the unknown port {port}"
        paths = [m["mountPath"] for m in container.get("volumeMounts", [])]
        if len(set(paths)) != len(paths):
            yield "two volumes are mounted at one path"
    if pod["spec"].get("automountServiceAccountToken") is not False:
        yield "mounts a service account's token"
    if any("configMap" in v for v in pod["spec"].get("volumes", [])) and "nephoran.com/config-hash" not in (pod["metadata"].get("annotations") or {}):
        yield "a changed ConfigMap would not roll it"
    yield from neighbours(workload, selector, labels, kinds)


def restricted(pod, exception):
    """Pod Security Standards, level restricted; what the catalogue excepts must say why."""
    broken = []
    security = pod.get("securityContext", {})
    if security.get("seccompProfile", {}).get("type") not in {"RuntimeDefault", "Localhost"}:
        broken.append("no seccomp profile")
    if security.get("runAsNonRoot") is not True or security.get("runAsUser") == 0:
        broken.append("runs as root")
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            broken.append(name)
    for volume in pod.get("volumes", []):
        if set(volume) - {"name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}:
            broken.append(f"volume {volume['name']}")
    for container in pod["containers"]:
        own = container.get("securityContext", {})
        if own.get("privileged"):
            yield "is privileged"
        if own.get("allowPrivilegeEscalation") is not False:
            broken.append("privilege escalation")
        if own.get("capabilities", {}).get("drop") != ["ALL"]:
            broken.append("capabilities are not dropped")
        added = set(own.get("capabilities", {}).get("add", [])) - ALLOWED_CAPABILITIES
        if added:
            broken.append(f"capabilities {sorted(added)}")
        if "readOnlyRootFilesystem" not in own:
            yield "does not say whether it writes to its root"
    if broken and not exception:
        yield f"not restricted without a documented exception: {', '.join(broken)}"
    if exception and not broken:
        yield f"needs no exception, and has one: {exception}"


def neighbours(workload, selector, labels, kinds):
    name, spec = workload["metadata"]["name"], workload["spec"]
    scalers = [h for h in kinds.get("HorizontalPodAutoscaler", []) if h["spec"]["scaleTargetRef"]["name"] == name]
    budgets = [b for b in kinds.get("PodDisruptionBudget", []) if b["spec"]["selector"]["matchLabels"].items() <= labels.items()]
    policies = [p for p in kinds.get("NetworkPolicy", []) if p["spec"]["podSelector"]["matchLabels"].items() <= labels.items()]
    if not policies or set(policies[0]["spec"]["policyTypes"]) != {"Ingress", "Egress"}:
        yield "no NetworkPolicy for both ways"
    if (scalers or spec.get("replicas", 1) > 1) and not budgets:
        yield "no PodDisruptionBudget"
    for scaler in scalers:
        if "replicas" in spec and spec["replicas"] != 0:
            yield "states replicas beside its autoscaler"
        if scaler["spec"]["scaleTargetRef"]["kind"] != workload["kind"] or scaler["spec"]["minReplicas"] > scaler["spec"]["maxReplicas"]:
            yield "the autoscaler does not fit"
    if not scalers and "replicas" not in spec:
        yield "states no replicas and has no autoscaler"
    accounts = {a["metadata"]["name"] for a in kinds.get("ServiceAccount", [])}
    if spec["template"]["spec"].get("serviceAccountName") not in accounts:
        yield "has no ServiceAccount of its own"
    ports = {p["name"] for c in spec["template"]["spec"]["containers"] for p in c.get("ports", [])}
    for service in kinds.get("Service", []):
        if not service["spec"]["selector"].items() <= labels.items():
            yield "the Service selects other pods"
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in ports or not LABEL.match(port["name"]):
                yield f"the Service's port {port['name']} leads nowhere"
    for monitor in kinds.get("ServiceMonitor", []):
        names = {p["name"] for s in kinds.get("Service", []) for p in s["spec"]["ports"]}
        for endpoint in monitor["spec"]["endpoints"]:
            if endpoint["port"] not in names:
                yield f"the ServiceMonitor scrapes the unknown port {endpoint['port']}"
    if workload["kind"] == "StatefulSet":
        yield from members(workload, kinds)
        if spec["serviceName"] not in {s["metadata"]["name"] for s in kinds.get("Service", [])}:
            yield "its governing Service is not there"


def members(workload, kinds):
    """Several replicas of MongoDB are one store only as members of a replica set that somebody begins."""
    name, spec = workload["metadata"]["name"], workload["spec"]
    containers = spec["template"]["spec"]["containers"]
    stores = [c for c in containers if "mongo" in c["image"] and c["name"] != "members"]
    if not stores:
        return
    arguments = stores[0].get("args", [])
    if "--replSet" not in arguments:
        yield "its replicas are stores that know nothing of each other"
        return
    if arguments[arguments.index("--replSet") + 1] != name:
        yield "its replica set has another name, which its clients do not know"
    stewards = [c for c in containers if c["name"] == "members"]
    if len(stewards) != 1 or stewards[0]["image"] != stores[0]["image"]:
        yield "nobody makes its replicas members"
    counts = [c["data"]["members"] for c in kinds.get("ConfigMap", []) if "members" in c.get("data", {})]
    if spec.get("replicas") != 0 and counts != [str(spec.get("replicas"))]:
        yield f"{spec.get('replicas')} replicas are to be {counts} members"
    governing = [s for s in kinds.get("Service", []) if s["metadata"]["name"] == spec["serviceName"]]
    if not governing or governing[0]["spec"].get("publishNotReadyAddresses") is not True or governing[0]["spec"].get("clusterIP") != "None":
        yield "its members cannot find each other before they serve"
    if kinds.get("HorizontalPodAutoscaler"):
        yield "a load decides how many members there are"
