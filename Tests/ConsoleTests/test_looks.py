"""For everybody: keyboard, themes, small screens, accessibility, weight."""

from selenium.webdriver.common.keys import Keys

from case import ConsoleCase
from test_operations import PAGES

VIEWS = ["#/write", "#/board", *(f"#/operate/{page}" for page in PAGES)]


class Looks(ConsoleCase):
    def settle(self, view):
        browser = self.browser
        browser.go(view)
        browser.wait(lambda: not browser.all("main .spinner") or view.endswith("charts"))

    def test_keyboard_only(self):
        browser = self.browser
        self.installation.settled(self.installation.submit("Deploy an AMF in keys"))
        browser.open()
        browser.tab_to("#intent")
        browser.keys("Remove the AMF from keys")
        browser.chord(Keys.CONTROL, Keys.ENTER)
        identifier = browser.shown_intent()
        browser.phase("needs approval")
        browser.tab_to("[data-decision=reject]")
        self.assertNotEqual(browser.script("return getComputedStyle(document.activeElement).outlineStyle"), "none")
        browser.keys(Keys.ENTER)
        browser.find("dialog[open]")
        browser.keys(Keys.ESCAPE)
        browser.wait(lambda: not browser.all("dialog[open]"))
        self.assertTrue(browser.script("return document.activeElement.matches('[data-decision=reject]')"), "the focus comes back")
        browser.keys(Keys.ENTER)
        browser.find("dialog[open]")
        browser.keys("by keyboard", Keys.ENTER)
        browser.phase("cancelled")
        self.assertIn("by keyboard", str(self.installation.get(f"/v1/intents/{identifier}")["history"]))

        browser.keys("b")
        browser.find(".grid")
        browser.keys("/")
        self.assertEqual(browser.script("return document.activeElement.id"), "board-search")
        browser.tab_to(".intent-row")
        first = browser.script("return document.activeElement.dataset.id")
        browser.keys(Keys.ARROW_DOWN, " ")
        browser.find(".bulk", "1 selected")
        self.assertNotEqual(browser.script("return document.activeElement.dataset.id"), first)
        browser.keys(Keys.HOME, Keys.ENTER)
        self.assertEqual(browser.shown_intent(), first)
        browser.keys("?")
        browser.find("dialog[open]", "Keyboard")
        browser.keys(Keys.ESCAPE)
        browser.keys("o")
        browser.find("h2", "Services")

    def test_nothing_serious_in_both_themes_and_nothing_overflows_a_phone(self):
        browser = self.browser
        waiting = self.installation.submit("Scale the AMF in looks")
        self.installation.settled(waiting)
        done = self.installation.submit("Deploy an AMF in looks")
        self.installation.settled(done)
        browser.open()
        grounds = set()
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            for view in [*VIEWS, f"#/intent/{waiting}", f"#/intent/{done}"]:
                self.settle(view)
                if view == "#/write":
                    browser.fill("#intent", "Deploy an AMF in looks and create a URLLC slice with latency below 5 ms")
                    browser.find(".verdict")
                self.assertEqual(browser.axe(), [], f"{view}, {scheme}")
                if scheme == "dark" and view in ("#/board", f"#/intent/{done}", "#/write"):
                    browser.script("window.scrollTo(0, 0)")
                    self.shot(f"dark-{'intent' if 'intent/' in view else view[2:]}")
            grounds.add(browser.script("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(grounds), 2)
        browser.scheme("light")
        browser.size(390, 844)
        for view in [*VIEWS, f"#/intent/{waiting}", f"#/intent/{done}"]:
            self.settle(view)
            self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), 390, view)
            if view in ("#/board", f"#/intent/{waiting}", "#/write"):
                browser.script("window.scrollTo(0, 0)")
                self.shot(f"phone-{'intent' if 'intent/' in view else view[2:]}")

    def test_a_table_that_is_drawn_anew_keeps_its_place(self):
        browser = self.browser
        browser.open()
        browser.size(390, 844)
        browser.go("#/operate/services")
        browser.find("main td", "api-gateway")
        browser.script("const it = document.querySelector('main .scroll'); it.focus(); it.scrollLeft = 120; it.dataset.old = 'true'")
        browser.wait(lambda: browser.script("return !document.querySelector('main .scroll').dataset.old"))
        self.assertEqual(browser.script("const it = document.querySelector('main .scroll'); return [it.scrollLeft, document.activeElement === it]"), [120, True])

    provoked = ("401 (Unauthorized)",)

    def test_a_key_is_asked_for_and_kept_in_memory_only(self):
        browser = self.browser
        browser.driver.get("about:blank")
        browser.driver.get(browser.url)
        browser.find("#gate", "Sign in")
        self.shot("sign-in")
        self.assertEqual(browser.axe(), [])
        browser.fill("#gate-key", "nonsense")
        browser.keys(Keys.ENTER)
        browser.find("#access-state", "not accepted")
        browser.fill("#gate-key", self.installation.token)
        browser.keys(Keys.ENTER)
        browser.find("#access-state", "Signed in")
        browser.find("#intent")
        self.assertEqual(browser.script("return [localStorage.length, sessionStorage.length, document.cookie]"), [0, 0, ""])
        browser.click("#sign-out")
        browser.find("#gate", "Sign in")

    def test_the_whole_console_weighs_little_and_is_there_at_once(self):
        browser = self.browser
        browser.driver.execute_cdp_cmd("Network.enable", {})
        browser.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
        browser.open()
        browser.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
        files = browser.script(
            "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".filter((it) => /[/]$|[.](js|css)$/.test(new URL(it.name).pathname)).map((it) => [it.decodedBodySize, it.encodedBodySize, it.responseEnd])")
        weight, sent, ready = sum(it[0] for it in files), sum(it[1] for it in files), max(it[2] for it in files)
        print(f"weight {weight} bytes in {len(files)} files, {sent} on the wire, all there after {ready:.0f} ms")
        self.assertGreater(weight, 50_000)
        self.assertLessEqual(weight, 150_000)
        self.assertLessEqual(sent, 60_000)
        self.assertLess(ready, 3_000)
