"""Every service of a real installation against its specification, as each role: schemathesis with all its checks.

Arguments: names of services; all of them unless there are any. Ends with 1 when something was found, after a report of each run."""

import concurrent.futures
import os
import pathlib
import secrets
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "ConsoleTests"))

from installation import Installation  # noqa: E402

# Name of the key, tenant, and the scopes that its role stands for.
ROLES = {
    "admin": ("default", "admin", "intents:read,intents:write,intents:approve,metrics:read,admin"),
    "approver": ("default", "approver", "intents:read,intents:approve"),
    "operator": ("default", "operator", "intents:read,intents:write"),
    "viewer": ("default", "viewer", "intents:read"),
    "other": ("north", "admin", "intents:read,intents:write,intents:approve,metrics:read,admin"),
}
# In the order of their ports.
SERVICES = ["api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"]
# These end a process or change which one acts: what is asked afterwards would not be answered.
LAST = ["shutDown", "beginPreview", "promoteColour", "endPreview", "takeColourBack"]


def specification(service):
    return ROOT / ("Services/APIGateway/Public/openapi.yaml" if service == "api-gateway" else f"docs/api/{service}.yaml")


def address(installation, service):
    return f"http://127.0.0.1:{installation.port + SERVICES.index(service)}"


def run(installation, service, role, key, seconds):
    """One run of the tool; its report when it found something."""
    report = tempfile.mkdtemp(prefix="report-", dir=installation.directory)
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "--no-color", "--config-file", HERE / "schemathesis.toml", "run", specification(service),
        "--url", address(installation, service), "--header", f"Authorization: Bearer {key}", "--phases", "examples,coverage,fuzzing,stateful",
        "--generation-deterministic", "--max-examples", "5", "--max-time", str(seconds), "--report-dir", report]
    for operation in LAST:
        command += ["--exclude-operation-id", operation]
    done = subprocess.run(
        command, cwd=report, env={**os.environ, "API_SCOPES": ROLES[role][2], "PYTHONPATH": str(HERE)}, capture_output=True, text=True, check=False, timeout=seconds * 4 + 300)
    return None if done.returncode == 0 else done.stdout + done.stderr


def make_keys(directory):
    """A key for each role, in a file that is there before the services are."""
    (directory / "pepper").write_text(secrets.token_hex(32), encoding="utf-8")
    binary = pathlib.Path(os.environ["NEPHORAN_BIN"]) / "nephoran"
    keys = {}
    for role, (tenant, name, _) in ROLES.items():
        made = subprocess.run(
            [binary, "key", "create", role, "--role", name, "--tenant", tenant, "--file", directory / "keys.yaml", "--pepper-file", directory / "pepper"],
            capture_output=True, text=True, timeout=60, check=True)
        keys[role] = made.stdout.strip().split()[-1]
    return keys


def main():
    seconds = int(os.environ.get("API_SECONDS", "15"))
    services = sys.argv[1:] or SERVICES
    failed = 0
    with tempfile.TemporaryDirectory(prefix="nephoran-api-") as directory:
        directory = pathlib.Path(directory)
        keys = make_keys(directory)
        # With a secret of theirs the services let nobody in for being on the same machine.
        installation = Installation({
            "AUTH_KEYS_FILE": str(directory / "keys.yaml"), "AUTH_PEPPER_FILE": str(directory / "pepper"), "SERVICE_SECRET": secrets.token_hex(32),
            "AUTH_FAILURES_PER_MINUTE": "0", "RATE_LIMIT_RPS": "0"})
        try:
            jobs = [(service, role) for service in services for role in ROLES]
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                for (service, role), report in zip(jobs, pool.map(lambda job: run(installation, *job, keys[job[1]], seconds), jobs)):
                    print(f"{service} as {role}: {'nothing found' if report is None else 'FOUND'}", flush=True)
                    if report is not None:
                        failed += 1
                        print(report, flush=True)
            for line in (installation.directory / "up.log").read_text(encoding="utf-8").splitlines():
                if "Fatal error" in line or "was ended by signal" in line:
                    failed += 1
                    print(f"a service died: {line}")
        finally:
            installation.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
