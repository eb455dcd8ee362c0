"""Headless Chromium on the console: short words for what tests do, and what the browser complained about."""

import importlib.util
import json
import pathlib
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from installation import eventually

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--no-first-run", "--window-size=1366,900",
]


class Browser:
    def __init__(self, url, token):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.url = url
        #: Of the console; a test may open it at another.
        self.origins = {url}
        self.token = token
        self.requests = []
        self.complaints = []

    def open(self, view="#/write", key=None):
        """A fresh page, signed in; the key is gone from the address at once."""
        key = key or self.token
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}/#key={key}")
        self.wait(lambda: self.script("return document.documentElement.dataset.ready"))
        assert key not in self.driver.current_url
        self.go(view)

    def go(self, view):
        self.script("location.hash = arguments[0]", view)

    def script(self, text, *values):
        return self.driver.execute_script(text, *values)

    def wait(self, condition, within=20):
        """What `condition` gives once it is true. Elements that were replaced meanwhile are looked for again."""
        def look():
            try:
                return condition()
            except StaleElementReferenceException:
                return None
        return eventually(look, within)

    def all(self, css):
        return [element for element in self.driver.find_elements(By.CSS_SELECTOR, css) if element.is_displayed()]

    def find(self, css, text=None, within=20):
        """The first visible element, that holds the text where one is given."""
        try:
            return self.wait(lambda: next((element for element in self.all(css) if text is None or text in element.text), None), within)
        except AssertionError:
            raise AssertionError(f"no {css} with {text!r} on {self.driver.current_url}:\n{self.text('body')[:3000]}") from None

    def text(self, css):
        return self.script("return document.querySelector(arguments[0])?.innerText ?? ''", css)

    def click(self, css, text=None):
        def press():
            element = next((element for element in self.all(css) if (text is None or text in element.text) and element.is_enabled()), None)
            if element is None:
                return False
            self.script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
            return True
        self.wait(press)

    def fill(self, css, text):
        element = self.find(css)
        element.clear()
        element.send_keys(text)

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, modifier, key):
        ActionChains(self.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()

    def tab_to(self, css, limit=60):
        """By the Tab key alone."""
        for _ in range(limit):
            if self.script("return document.activeElement.matches(arguments[0])", css):
                return
            self.keys(Keys.TAB)
        raise AssertionError(f"the Tab key does not come to {css}")

    def decide(self, name, reason=None):
        """Presses the button of a decision and confirms it."""
        self.click(f"[data-decision={name}]")
        self.find("dialog[open] form")
        if reason:
            self.fill("#dialog-reason", reason)
        self.click("dialog[open] button[type=submit]")

    def fill_and_submit(self, text):
        self.go("#/write")
        self.fill("#intent", text)
        self.click(".composer button[type=submit]")

    def phase(self, words, within=30):
        """Waits until the page of an intent shows this phase."""
        self.find("#intent-phase", words, within)

    def shown_intent(self):
        return self.wait(lambda: (address := self.driver.current_url).find("#/intent/") > 0 and address.rsplit("/", 1)[1])

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": name}]})

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def full_size(self):
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def axe(self):
        """What axe-core finds serious or worse, in words."""
        package = pathlib.Path(importlib.util.find_spec("axe_playwright_python").submodule_search_locations[0])
        if not self.script("return typeof axe !== 'undefined'"):
            # Not as an element of the page: its policy lets no such script in.
            self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": (package / "axe.min.js").read_text(encoding="utf-8")})
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
            ".then((it) => done(it.violations), (error) => done([{id: String(error), impact: 'serious', nodes: []}]))")
        return [f"{item['impact']} {item['id']}: {[node['html'][:160] for node in item['nodes'][:3]]}" for item in found if item["impact"] in ("serious", "critical")]

    def collect(self):
        """Keeps what was requested and what was complained about since the last look."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
        self.complaints += [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def foreign(self):
        """Requests that left the origin of the console."""
        self.collect()
        return [url for url in self.requests if urlsplit(url).scheme in ("http", "https", "ws", "wss") and not any(url.startswith(origin + "/") for origin in self.origins)]

    def quit(self):
        self.driver.quit()
