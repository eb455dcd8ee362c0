"""Peers of the RAN side: Near-RT RICs that speak A1-P v2 and misbehave on request, managed elements that speak NETCONF behind OpenSSH's server."""
import asyncio
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading
import time
import urllib.request
from collections import Counter

from .process import Process, await_port, free_port

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RIC_TYPE = "ORAN_SliceSLATarget_1.0.0"
BASE = "/A1-P/v2/policytypes"


def slice_policy(index, mbps):
    scope = {"sliceId": {"sst": 1, "sd": f"{index:06X}", "plmnId": {"mcc": "310", "mnc": "410"}}}
    return {"scope": scope, "sliceSlaObjectives": {"guaDlThptPerSlice": mbps * 1000}}


class RIC(asyncio.Protocol):
    """One connection of one RIC; what the RIC is lives in `state`, by port."""

    def __init__(self, state):
        self.state, self.buffer, self.busy = state, b"", False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        self.next()

    def next(self):
        while not self.busy:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            lines = head.decode("latin-1").split("\r\n")
            length = next((int(line.split(":")[1]) for line in lines[1:] if line.lower().startswith("content-length:")), 0)
            if len(rest) < length:
                return
            body, self.buffer = rest[:length], rest[length:]
            method, path = lines[0].split(" ")[:2]
            self.respond(method, path.partition("?")[0], body)

    def respond(self, method, path, body):
        state = self.state
        if path == "/faults":
            state["faults"] = float(body)
            return self.send(200, b"{}")
        if path == "/seen":
            return self.send(200, json.dumps({"policies": state["policies"], "strange": state["strange"]}).encode())
        luck = state["random"].random() if state["faults"] and path.startswith(f"{BASE}/{RIC_TYPE}/policies/") else 1
        if luck < state["faults"]:
            return self.send(503, b'{"title":"busy","status":503}', "Retry-After: 1\r\n")
        if luck < state["faults"] + 0.03:
            return self.transport.abort()
        status, answer = self.act(method, path, body)
        if luck < state["faults"] + 0.06:
            return self.transport.abort()
        if luck < state["faults"] + 0.09:
            self.transport.write(self.head(status, len(answer) + 10) + answer[: len(answer) // 2])
            return self.transport.close()
        if luck < state["faults"] + 0.12:
            self.busy = True
            asyncio.get_running_loop().create_task(self.drip(self.head(status, len(answer)) + answer))
            return None
        return self.send(status, answer)

    async def drip(self, data):
        for at in range(0, len(data), 16):
            if self.transport.is_closing():
                return
            self.transport.write(data[at : at + 16])
            await asyncio.sleep(0.005)
        self.busy = False
        self.next()

    def act(self, method, path, body):
        state, policies = self.state, self.state["policies"]
        if path == BASE:
            return 200, json.dumps([RIC_TYPE]).encode()
        if path == f"{BASE}/{RIC_TYPE}":
            return 200, state["type"]
        if path == f"{BASE}/{RIC_TYPE}/policies":
            return 200, json.dumps(list(policies)).encode()
        policy, _, rest = path.removeprefix(f"{BASE}/{RIC_TYPE}/policies/").partition("/")
        if method == "GET" and rest == "status":
            return (200, b'{"enforceStatus":"ENFORCED"}') if policy in policies else (404, b"{}")
        if method == "GET" and not rest:
            return (200, json.dumps(policies[policy]).encode()) if policy in policies else (404, b"{}")
        if method == "PUT" and not rest:
            known = policy in policies
            policies[policy] = json.loads(body)
            return (200 if known else 201), body
        if method == "DELETE" and not rest:
            return (204, b"") if policies.pop(policy, None) else (404, b"{}")
        state["strange"].append(f"{method} {path}")
        return 405, b"{}"

    def head(self, status, length, more=""):
        kind = "application/problem+json" if status >= 400 else "application/json"
        return f"HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}\r\n".encode()

    def send(self, status, body, more=""):
        self.transport.write(self.head(status, len(body), more) + body)


def run_rics(ports):
    """RICs on these ports, for as long as the process lives."""

    async def serve():
        document = (ROOT / "Services/ORANAdaptor/PolicyTypes" / f"{RIC_TYPE}.json").read_bytes()
        loop = asyncio.get_running_loop()
        for port in ports:
            state = {"policies": {}, "strange": [], "faults": 0.0, "random": random.Random(port), "type": document}
            await loop.create_server(lambda state=state: RIC(state), "127.0.0.1", port)
        await asyncio.Event().wait()

    asyncio.run(serve())


def ask(port, path, body=None):
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, method="POST" if body else "GET"), timeout=10) as answer:
        return json.load(answer)


def await_ric(port, limit=20):
    end = time.monotonic() + limit
    while True:
        try:
            return saw(port)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def saw(port):
    return ask(port, "/seen")


def set_faults(port, rate):
    ask(port, "/faults", str(rate).encode())


async def put_all(port, orders, connections=64, patience=60):
    """Puts each policy until it is taken, as the queue does for an intent; the number of calls."""
    waiting = list(orders.items())
    calls = 0
    end = time.monotonic() + patience

    async def client():
        nonlocal calls
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            (ric, policy), document = waiting.pop()
            body = json.dumps(document).encode()
            calls += 1
            writer.write(
                f"PUT /v1/a1/policies/{ric}/{RIC_TYPE}/{policy} HTTP/1.1\r\nhost: adaptor\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0])
            answer = await reader.readexactly(length)
            status = int(head.split(" ")[1])
            if status == 200:
                continue
            if status not in (502, 503, 504) or time.monotonic() > end:
                raise SystemExit(f"{policy} at {ric}: {status} {answer.decode(errors='replace')[:300]}")
            await asyncio.sleep(0.05)
            waiting.append(((ric, policy), document))
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return calls


class Elements:
    """One NETCONF server with a few shares behind OpenSSH's server, under as many names as wanted.

    tells: it offers to tell of changes, and keeps the sessions of those who ask for it.
    """

    HELLO = "".join(
        f"<capability>{name}</capability>"
        for name in ["urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:capability:candidate:1.0", "urn:ietf:params:netconf:capability:confirmed-commit:1.1"])
    SPACE = "urn:ietf:params:xml:ns:netconf:base:1.0"

    def __init__(self, work, tells=False):
        self.work, self.port, self.tells = work, free_port(), tells
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.run, daemon=True).start()
        for name in ["host", "client"]:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{work}/{name}"], check=True)
        # One process a session where there is a program for it.
        socat = shutil.which("socat")
        bridge = f"#!/bin/sh\nexec {socat} - TCP:127.0.0.1:{self.port}\n" if socat else f"#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/{self.port}\ncat <&3 &\ncat <&0 >&3 &\nwait -n\nkill $(jobs -p) 2>/dev/null\n"
        pathlib.Path(f"{work}/netconf").write_text(bridge)
        os.chmod(f"{work}/netconf", 0o755)
        os.makedirs("/run/sshd", exist_ok=True)
        self.ssh = free_port()
        pathlib.Path(f"{work}/sshd_config").write_text(
            f"Port {self.ssh}\nListenAddress 127.0.0.1\nHostKey {work}/host\nPidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
            f"PasswordAuthentication no\nMaxStartups 1000\nAuthorizedKeysFile {work}/client.pub\nSubsystem netconf {work}/netconf\n")
        self.server = Process(["/usr/sbin/sshd", "-D", "-e", "-f", f"{work}/sshd_config"], f"{work}/sshd.log")
        await_port(self.ssh, self.server)
        self.fingerprint = subprocess.run(["ssh-keygen", "-l", "-f", f"{work}/host.pub"], check=True, capture_output=True, text=True).stdout.split()[1]

    def settings(self, count):
        """The file of O1_ELEMENTS."""
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        entries = [
            {"name": f"du-{index}", "address": "127.0.0.1", "port": self.ssh, "username": user, "keyFile": f"{self.work}/client", "hostKey": self.fingerprint}
            for index in range(count)
        ]
        path = pathlib.Path(f"{self.work}/elements.yaml")
        path.write_text(json.dumps({"elements": entries}))
        return str(path)

    def subscribed(self, port):
        return sum(item["isSubscribed"] for item in ask(port, "/v1/o1/elements")["items"])

    def states(self, port):
        return Counter(item["state"] for item in ask(port, "/v1/o1/elements")["items"])

    def run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self.session, "127.0.0.1", self.port, backlog=1024))
        self.loop.run_forever()

    async def session(self, reader, writer):
        try:
            hello = self.HELLO + ("<capability>urn:ietf:params:netconf:capability:notification:1.0</capability>" if self.tells else "")
            writer.write(f'<hello xmlns="{self.SPACE}"><capabilities>{hello}</capabilities><session-id>1</session-id></hello>]]>]]>'.encode())
            await reader.readuntil(b"]]>]]>")
            while True:
                rpc = (await reader.readuntil(b"]]>]]>")).decode()
                number = rpc.partition('message-id="')[2].partition('"')[0]
                content = "<data/>" if "<get" in rpc else "<ok/>"
                writer.write(f'<rpc-reply xmlns="{self.SPACE}" message-id="{number}">{content}</rpc-reply>]]>]]>'.encode())
                if "close-session" in rpc:
                    await writer.drain()
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def stop(self):
        self.server.stop()
        self.loop.call_soon_threadsafe(self.loop.stop)
