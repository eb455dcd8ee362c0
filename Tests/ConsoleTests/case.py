"""One installation and one browser for all tests, started by the first that needs them."""

import atexit
import http.server
import os
import pathlib
import tempfile
import threading
import unittest

from browser import Browser
from installation import Installation


class Receiver(http.server.ThreadingHTTPServer):
    """Takes callbacks; refuses them until it is told to take them."""

    daemon_threads = True

    def __init__(self):
        self.takes = threading.Event()
        self.taken = []
        super().__init__(("127.0.0.1", 0), Receiver.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # the name is the base class's
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.server.takes.is_set():
                self.server.taken.append(body)
            self.send_response(204 if self.server.takes.is_set() else 404)
            self.end_headers()

        def log_message(self, *_):
            pass


#: The key of somebody who may not approve, nor follow all intents.
OPERATOR = "the-key-of-an-operator"
#: The key of somebody whose tenant has asked for nothing yet.
NEWCOMER = "the-key-of-a-newcomer"
KEYS = f"""keys:
  - {{name: operator, key: {OPERATOR}, scopes: ["intents:read", "intents:write"]}}
  - {{name: newcomer, key: {NEWCOMER}, tenant: new, scopes: ["admin"]}}
"""


class Shared:
    installation = None
    browser = None
    receiver = None
    #: The file of keys.
    keys = None


def shared():
    if Shared.installation is None:
        Shared.receiver = Receiver()
        keys = tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False)
        atexit.register(os.unlink, keys.name)
        with keys:
            keys.write(KEYS)
        Shared.keys = pathlib.Path(keys.name)
        Shared.installation = Installation({
            "AUTH_KEYS_FILE": keys.name,
            "CALLBACK_SECRET": "the secret of the console's tests", "CALLBACK_ALLOWED_HOSTS": "127.0.0.0/8", "CALLBACK_RETRY_FOR": "1s",
        })
        atexit.register(Shared.installation.stop)
        Shared.browser = Browser(Shared.installation.url, Shared.installation.token)
        atexit.register(Shared.browser.quit)
    return Shared


class ConsoleCase(unittest.TestCase):
    """A fresh page for each test; what the browser complained about fails it."""

    #: Parts of complaints that the test itself provokes.
    provoked = ()

    def setUp(self):
        self.installation, self.browser, self.receiver = shared().installation, shared().browser, shared().receiver
        self.browser.full_size()
        self.browser.scheme("light")
        self.browser.collect()
        self.browser.complaints.clear()

    def tearDown(self):
        self.assertEqual(self.browser.foreign(), [], "requests that left the origin")
        unexpected = [text for text in self.browser.complaints if not any(part in text for part in self.provoked)]
        self.assertEqual(unexpected, [], "console errors and warnings")

    def elsewhere(self, installation):
        """Lets the browser look at another installation until the test ends."""
        browser = self.browser
        for name in ("url", "token"):
            self.addCleanup(setattr, browser, name, getattr(browser, name))
        browser.url, browser.token = installation.url, installation.token
        browser.origins.add(installation.url)

    def shot(self, name):
        """Kept where CONSOLE_SHOTS says, for people to look at."""
        if directory := os.environ.get("CONSOLE_SHOTS"):
            self.browser.driver.save_screenshot(str(pathlib.Path(directory) / f"{name}.png"))
