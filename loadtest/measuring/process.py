"""Processes that are measured: started on free loopback ports, ended with the benchmark, their processor time and memory from /proc."""
import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

HERTZ = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A process with its children."""

    def __init__(self, command, log, env=None, **options):
        self.log = log
        with open(log, "ab") as out:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=env, start_new_session=True, **options)
        self.pid = self.child.pid

    def family(self):
        return family(self.pid)

    def stop(self, grace=20):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(grace)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                self.child.wait()

    def complaint(self):
        with open(self.log, errors="replace") as text:
            return text.read()[-2000:]


def family(pid):
    """The process and all below it."""
    below = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                with open(f"/proc/{name}/stat") as stat:
                    below.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
    found = [pid]
    for member in found:
        found += below.get(member, [])
    return found


def seconds(pids):
    """utime + stime of processes, in seconds."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
    return total / HERTZ


def resident(pid):
    """Resident memory in MB (10^6 bytes)."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def command(pid):
    """The words it was started with, or has put in their place."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline") as line:
            return line.read().replace("\0", " ").split()
    return []


def await_answer(url, process, limit=60):
    """Until anything at all is answered."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            pass
        if process.child.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit(f"nothing answers at {url}:\n{process.complaint()}")


def await_port(port, process, limit=30):
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline and process.child.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise SystemExit(f"nobody listens on {port}:\n{process.complaint()}")
