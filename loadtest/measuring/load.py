"""Load, and what it cost who bore it."""
import json
import re
import subprocess

from . import process


def hey(url, seconds, token=None, body=None, connections=50):
    """Requests a second, p50 and p99 in milliseconds, and answers by status, as hey has them."""
    command = ["hey", "-z", f"{seconds}s", "-c", str(connections)]
    if body is not None:
        command += ["-m", "POST", "-T", "application/json", "-d", body]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout

    def figure(pattern):
        found = re.search(pattern, said)
        return float(found.group(1)) if found else 0.0

    statuses = {int(status): int(count) for status, count in re.findall(r"\[(\d+)\]\s+(\d+) responses", said)}
    return {
        "perSecond": figure(r"Requests/sec:\s+([\d.]+)"),
        "p50": figure(r"50%+ in ([\d.]+)") * 1000,
        "p99": figure(r"99%+ in ([\d.]+)") * 1000,
        "statuses": statuses,
        "failed": sum(count for status, count in statuses.items() if status >= 300) + (1 if "Error distribution" in said else 0),
    }


def measured(url, seconds, pids, **options):
    """hey, with the processor time a request of the processes that answer."""
    hey(url, 1, **options)
    before = process.seconds(pids)
    result = hey(url, seconds, **options)
    answers = sum(result["statuses"].values())
    result["microseconds"] = (process.seconds(pids) - before) * 1e6 / max(answers, 1)
    return result


def loadgen(bin, work, url, *arguments):
    """The report of our own generator."""
    report = f"{work}/loadgen.json"
    done = subprocess.run([f"{bin}/loadgen", *arguments, "--quiet", "--json", report, url], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"loadgen: {done.stderr}")
    with open(report) as text:
        return json.load(text)
