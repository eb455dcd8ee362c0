"""What is wrong with the units of a single host and with the image."""

import re

import manifests

SYSTEMD = manifests.DEPLOY / "systemd"
# Libraries that the executables are linked with, and the packages they are in.
LIBRARIES = {
    "libcurl4-openssl-dev": "libcurl4",
    "libhiredis-dev": "libhiredis0.14",
    "libmimalloc-dev": "libmimalloc2.0",
    "libsqlite3-dev": "libsqlite3-0",
    "libssh-dev": "libssh-4",
    "zlib1g-dev": "zlib1g",
}


def faults():
    yield from units()
    yield from image()


def units():
    target = (SYSTEMD / "nephoran.target").read_text()
    wanted = set(re.findall(r"nephoran@([a-z-]+)\.service", target))
    if wanted != set(manifests.SERVICES):
        yield f"nephoran.target starts {sorted(wanted)}"
    unit = (SYSTEMD / "nephoran@.service").read_text()
    for line in ("ExecStart=/opt/nephoran/bin/%i", "EnvironmentFile=/etc/nephoran/nephoran.env", "NoNewPrivileges=yes", "ProtectSystem=strict", "KillSignal=SIGTERM"):
        if line not in unit.splitlines():
            yield f"nephoran@.service does not say {line}"
    known = {manifests.plain(name) for names in manifests.known_settings().values() for name in names}
    seen = set()
    for line in (SYSTEMD / "nephoran.env").read_text().splitlines():
        found = re.match(r"#?([A-Z][A-Z0-9_]*)=", line)
        if not found:
            if line and not line.startswith("#"):
                yield f"nephoran.env: {line}"
            continue
        name = found.group(1)
        if name in seen:
            yield f"nephoran.env says {name} twice"
        seen.add(name)
        if manifests.plain(name) not in known and manifests.plain(name.removesuffix("_FILE")) not in known:
            yield f"nephoran.env: no service has a setting {name}"
    drain = int(re.search(r"(?m)^DRAIN_TIMEOUT=(\d+)s", (SYSTEMD / "nephoran.env").read_text()).group(1))
    if int(re.search(r"TimeoutStopSec=(\d+)", unit).group(1)) <= drain:
        yield "systemd kills a service that still drains"


def image():
    text = (manifests.DEPLOY / "Dockerfile").read_text()
    stages = re.split(r"(?m)^FROM ", text)[1:]
    last = stages[-1]
    if not re.search(r"(?m)^USER (\d+):\d+$", last) or "USER 0" in last:
        yield "the image runs as root"
    user = re.search(r"(?m)^USER (\d+)", last).group(1)
    for workload in [d for d in manifests.rendered("base") if d["kind"] == "Deployment"]:
        if str(workload["spec"]["template"]["spec"]["securityContext"]["runAsUser"]) != user:
            yield f"{workload['metadata']['name']} is another user than the image's"
    installed = set(re.search(r"--no-install-recommends \\\n\s+(.*?) \\\n", last, re.S).group(1).split())
    built = (manifests.DEPLOY / "install-packages").read_text()
    for development, runtime in LIBRARIES.items():
        if development not in built or runtime not in installed:
            yield f"the image lacks {runtime}"
    yield from (f"the image lacks {package}" for package in sorted({"git", "curl", "ca-certificates", "poppler-utils"} - installed))
    if any(":latest" in stage or re.match(r"[a-z/]+(\s|$)(?!AS)", stage.split("\n")[0].split("$")[0]) and "$" not in stage.split("\n")[0] for stage in stages):
        yield "a stage of the image is not pinned"
