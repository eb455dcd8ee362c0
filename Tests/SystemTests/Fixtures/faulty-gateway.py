#!/usr/bin/env python3
"""Stands where api-gateway is and passes on to it, with a fault: `errors` answers every twentieth call with 500, `slow` lets each wait 2.5 s.

Beside it lie `fault` (the name) and `program` (the path of the real one)."""
import http.client
import http.server
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time

here = os.path.dirname(os.path.abspath(__file__ if __file__ != "-" else sys.argv[0]))
fault = open(os.path.join(here, "fault")).read().strip()
program = open(os.path.join(here, "program")).read().strip()
if "--version" in sys.argv:
    os.execv(program, [program] + sys.argv[1:])

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
environment = dict(os.environ, PORT=str(port))
listening = int(environment.pop("LISTEN_FD"))
ready = int(environment.get("READY_FD", "0"))
child = subprocess.Popen([program], env=environment, pass_fds=[ready] if ready else [])
counter, lock = [0], threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path.startswith("/v1/"):
            with lock:
                counter[0] += 1
                number = counter[0]
            if fault == "slow":
                time.sleep(2.5)
            if fault == "errors" and number % 20 == 0:
                return self.answer(500, [], b"{}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "content-length")}
            connection.request(self.command, self.path, body or None, headers)
            reply = connection.getresponse()
            self.answer(reply.status, reply.getheaders(), reply.read())
        except OSError:
            self.answer(502, [], b"{}")

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = forward

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = socket.socket(fileno=listening)


def leave(*_):
    child.terminate()
    child.wait()
    os._exit(0)


signal.signal(signal.SIGTERM, leave)
threading.Thread(target=lambda: (child.wait(), os._exit(1)), daemon=True).start()
server.serve_forever()
