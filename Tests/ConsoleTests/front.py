"""What stands before the gateway in a cluster: lets in what deploy/base/ingress.yaml lists, and says itself when nobody is behind it."""

import http.client
import http.server
import pathlib
import re
import threading
from urllib.parse import urlsplit

INGRESS = pathlib.Path(__file__).resolve().parents[2] / "deploy/base/ingress.yaml"
#: Headers of one connection, not of the message.
OWN = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


class Front(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port):
        self.port = port
        #: Set while nobody is behind it.
        self.is_alone = threading.Event()
        of_gateway = INGRESS.read_text(encoding="utf-8").split("\n---\n")[0]
        self.ways = re.findall(r"- path: (\S+)\n\s+pathType: (Exact|Prefix)", of_gateway)
        super().__init__(("127.0.0.1", 0), Front.Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def lets_in(self, path):
        return any(path == way or (kind == "Prefix" and path.startswith(f"{way}/")) for way, kind in self.ways)

    class Handler(http.server.BaseHTTPRequestHandler):
        def forward(self):
            if not self.server.lets_in(urlsplit(self.path).path):
                return self.say(404, "Not Found")
            if self.server.is_alone.is_set():
                return self.say(502, "Bad Gateway")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            try:
                connection.request(self.command, self.path, body or None, {name: value for name, value in self.headers.items() if name.lower() not in OWN})
                response = connection.getresponse()
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in OWN:
                        self.send_header(name, value)
                self.end_headers()
                while piece := response.read1(65536):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except (OSError, http.client.HTTPException):
                pass  # one side has gone
            finally:
                connection.close()

        do_GET = do_POST = do_DELETE = forward  # the names are the base class's

        def say(self, status, words):
            body = f"<html><body><h1>{status} {words}</h1></body></html>".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass
