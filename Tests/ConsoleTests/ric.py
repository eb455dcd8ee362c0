"""A Near-RT RIC (A1-P v2) that keeps policies and says of each what it is told to say."""

import http.server
import json
import threading
from urllib.parse import unquote, urlsplit

TYPES = ["ORAN_QoSTarget_2.0.0", "ORAN_SliceSLATarget_1.0.0"]
ROOT = "/A1-P/v2/policytypes"


class RIC(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        #: Documents by type and identifier.
        self.policies = {name: {} for name in TYPES}
        #: Of every policy.
        self.status = {"enforceStatus": "ENFORCED"}
        super().__init__(("127.0.0.1", 0), RIC.Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = [unquote(part) for part in path.removeprefix(ROOT).split("/") if part]
            if not path.startswith(ROOT) or parts and parts[0] not in self.server.policies:
                return self.say(404, {"title": "Not Found", "status": 404})
            if not parts:
                return self.say(200, TYPES)
            held = self.server.policies[parts[0]]
            match self.command, parts[1:]:
                case "GET", []:
                    return self.say(200, {"policySchema": {"type": "object"}})
                case "GET", ["policies"]:
                    return self.say(200, list(held))
                case "PUT", ["policies", name]:
                    is_new = name not in held
                    held[name] = json.loads(body)
                    return self.say(201 if is_new else 200, held[name])
                case "DELETE", ["policies", name] if name in held:
                    del held[name]
                    return self.say(204)
                case "GET", ["policies", name] if name in held:
                    return self.say(200, held[name])
                case "GET", ["policies", name, "status"] if name in held:
                    return self.say(200, self.server.status)
            return self.say(404, {"title": "Not Found", "status": 404})

        do_GET = do_PUT = do_DELETE = answer  # the names are the base class's

        def say(self, status, content=None):
            data = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            if data:
                self.send_header("Content-Type", "application/problem+json" if status >= 400 else "application/json")
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass
