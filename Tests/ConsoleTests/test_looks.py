"""For everybody: keyboard, themes, small screens, accessibility, weight."""

import math
import pathlib
import re

from selenium.webdriver.common.keys import Keys

from case import KEYS, NEWCOMER, OPERATOR, ConsoleCase, Shared
from test_operations import PAGES

DOCUMENTATION = pathlib.Path(__file__).resolve().parents[2] / "docs/console.md"

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

    def test_keyboard_only_to_answer_to_undo_and_to_decide_about_many(self):
        browser = self.browser
        self.installation.settled(self.installation.submit("Deploy an SMF in typed-keys"))
        browser.open()
        browser.tab_to("#intent")
        browser.keys("Scale the SMF in typed-keys")
        browser.find(".questions input.other")
        browser.tab_to(".questions input.other")
        browser.keys("2", Keys.ENTER)
        browser.shown_intent()
        browser.phase("published")
        browser.tab_to("[data-decision=rollback]")
        browser.keys(Keys.ENTER)
        browser.find("dialog[open]")
        browser.keys(Keys.ENTER)
        browser.phase("rolled back")

        for _ in range(2):
            self.installation.settled(self.installation.submit("Scale the SMF in typed-keys"))
        browser.keys("b")
        browser.find(".grid")
        browser.keys("/")
        browser.keys("Scale typed-keys")
        browser.tab_to(".chip.question")
        browser.keys(Keys.ENTER)
        browser.wait(lambda: len(browser.all(".intent-row")) == 2)
        browser.tab_to(".intent-row")
        browser.keys(" ", Keys.ARROW_DOWN, " ")
        browser.find(".bulk", "2 selected")
        for _ in range(60):
            if browser.script("return document.activeElement.closest('.bulk') !== null && document.activeElement.textContent.includes('Cancel')"):
                break
            browser.chord(Keys.SHIFT, Keys.TAB)
        browser.keys(Keys.ENTER)
        browser.find("dialog[open]")
        browser.keys("not today", Keys.ENTER)
        browser.find(".bulk-result", "2 done")

        browser.script("document.activeElement.blur()")
        browser.keys("o")
        browser.find("h2", "Services")
        browser.tab_to("a[href='#/operate/inventory']")
        browser.keys(Keys.ENTER)
        browser.find("main td", "smf")
        browser.tab_to("main input[type=search]")
        browser.keys("typed-keys")
        browser.wait(lambda: len(browser.all("main tbody tr")) == 1)
        browser.tab_to("main td button")
        browser.keys(Keys.ENTER)
        browser.find("main h4", "History")
        browser.tab_to("main summary")
        browser.keys(Keys.ENTER)
        browser.find("main details[open] pre")

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
            self.look_at_dialogs(waiting, scheme)
        self.assertEqual(len(grounds), 2)
        browser.scheme("light")
        browser.size(390, 844)
        for view in [*VIEWS, f"#/intent/{waiting}", f"#/intent/{done}"]:
            self.settle(view)
            self.assertLessEqual(browser.script("return document.documentElement.scrollWidth"), 390, view)
            self.assertEqual(browser.axe(), [], f"{view}, phone")
            if view in ("#/board", f"#/intent/{waiting}", "#/write"):
                browser.script("window.scrollTo(0, 0)")
                self.shot(f"phone-{'intent' if 'intent/' in view else view[2:]}")
        self.look_at_dialogs(waiting, "phone")
        self.installation.call("POST", f"/v1/intents/{waiting}/cancel", {})

    def look_at_dialogs(self, waiting, what):
        """Of one intent, of several, and of the keys."""
        browser = self.browser
        browser.go(f"#/intent/{waiting}")
        browser.click("[data-decision=cancel]")
        browser.find("dialog[open] form")
        self.assertEqual(browser.axe(), [], f"decision, {what}")
        browser.keys(Keys.ESCAPE)
        browser.wait(lambda: not browser.all("dialog[open]"))
        browser.go("#/board?stage=question&q=looks")
        browser.click(".intent-row input")
        browser.click(".bulk button", "Cancel it (1)")
        browser.find("dialog[open] form")
        self.assertEqual(browser.axe(), [], f"decision about many, {what}")
        browser.keys(Keys.ESCAPE)
        browser.wait(lambda: not browser.all("dialog[open]"))
        browser.script("document.activeElement.blur()")
        browser.keys("?")
        browser.find("dialog[open]", "Keyboard")
        self.assertEqual(browser.axe(), [], f"keys, {what}")
        browser.keys(Keys.ESCAPE)

    def test_every_word_of_the_interface_has_a_text(self):
        """What the specification may say of an intent is said in words, not as it is spelt there."""
        browser = self.browser
        browser.open()
        schemas = self.installation.get("/openapi.json")["components"]["schemas"]
        texts = browser.driver.execute_async_script("const done = arguments[0]; import('/console/texts.js').then(({ T }) => done(T))")
        track = schemas["Track"]["properties"]["state"]["enum"]
        for name, values in {
            "phases": schemas["Phase"]["enum"], "priorities": schemas["Priority"]["enum"], "queueNames": schemas["Stage"]["enum"], "trackStates": track,
            "verbs": schemas["Expectation"]["properties"]["verb"]["enum"], "actions": schemas["Expectation"]["properties"]["verb"]["enum"],
            "kinds": schemas["ObjectReference"]["properties"]["kind"]["enum"], "conditions": schemas["Target"]["properties"]["condition"]["enum"],
            "sources": schemas["Figure"]["properties"]["source"]["enum"], "verified": schemas["Verification"]["properties"]["state"]["enum"],
            "changes": [*schemas["PolicyChange"]["properties"]["change"]["enum"], "create", "update"],
        }.items():
            self.assertEqual(set(values) - set(texts[name]), set(), name)

    def test_who_is_new_is_told_what_belongs_there(self):
        browser = self.browser
        browser.open("#/board", NEWCOMER)
        browser.find("main .empty", "No intents yet")
        self.shot("board-empty")
        for view, words in [("#/operate/knowledge", "models are shown"), ("#/write", "appears here")]:
            browser.go(view)
            browser.find("main .empty", words)
            self.assertEqual(browser.axe(), [], view)

    def test_a_key_that_is_withdrawn_is_told_of_and_what_was_written_stays(self):
        browser = self.browser
        browser.open("#/write", OPERATOR)
        browser.fill("#intent", "Deploy an AMF in withdrawn")
        browser.find(".verdict", "Ready")
        self.addCleanup(Shared.keys.write_text, KEYS, encoding="utf-8")
        Shared.keys.write_text(KEYS.replace(OPERATOR, "another-key"), encoding="utf-8")
        # Asked anew every four seconds, with a key that is read again every two.
        browser.find("#gate-problem", "no longer accepted", 30)
        self.assertEqual([browser.all("#view"), browser.axe()], [[], []])
        self.shot("expired")
        browser.keys(self.installation.token, Keys.ENTER)
        browser.find(".verdict", "Ready")
        self.assertEqual(browser.script("return document.getElementById('intent').value"), "Deploy an AMF in withdrawn")

    def test_a_table_that_is_drawn_anew_keeps_its_place(self):
        browser = self.browser
        browser.open()
        browser.size(390, 844)
        browser.go("#/operate/services")
        browser.find("main td", "api-gateway")
        browser.script("const it = document.querySelector('main .scroll'); it.focus(); it.scrollLeft = 120; it.dataset.old = 'true'")
        browser.wait(lambda: browser.script("return !document.querySelector('main .scroll').dataset.old"))
        self.assertEqual(browser.script("const it = document.querySelector('main .scroll'); return [it.scrollLeft, document.activeElement === it]"), [120, True])

    provoked = ("401 (Unauthorized)", "403 (Forbidden)")

    def test_a_key_is_asked_for_and_kept_in_memory_only(self):
        browser = self.browser
        browser.driver.get("about:blank")
        browser.driver.get(browser.url)
        browser.find("#gate", "Sign in")
        self.shot("sign-in")
        self.assertEqual(browser.axe(), [])
        browser.fill("#gate-key", "nonsense")
        browser.keys(Keys.ENTER)
        browser.find("#gate-problem", "not accepted")
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
        # Modules have run by then: what is typed is heard.
        usable = browser.script("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
        print(f"weight {weight} bytes in {len(files)} files, {sent} on the wire, all there after {ready:.0f} ms, usable after {usable:.0f} ms")
        claim = re.search(r"(\d+) KB in (\d+) files, (\d+) KB unpacked", DOCUMENTATION.read_text(encoding="utf-8"))
        self.assertEqual([math.ceil(sent / 1000), len(files), math.ceil(weight / 1000)], [int(figure) for figure in claim.groups()], "what docs/console.md says")
        self.assertLessEqual(weight, 150_000)
        self.assertLessEqual(sent, 60_000)
        self.assertLess(usable, 1_000)
