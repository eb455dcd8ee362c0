"""Looking after the installation: queues, services, the gateway's restart."""

import contextlib
import http.client
import json
import os
import signal
import threading
from collections import Counter

from selenium.webdriver.common.keys import Keys

from case import OPERATOR, ConsoleCase
from front import Front
from installation import Installation, eventually
from ric import RIC

PAGES = ["services", "queues", "charts", "inventory", "knowledge", "audit", "rollout"]


def event(identifier, step):
    return f"{identifier} {step['at']} {step['phase']} {step.get('detail', '')}"


def shown(browser, identifiers):
    """How often each event of these intents is in the audit trail of the page."""
    return Counter(text for text in browser.script("return [...document.querySelectorAll('[data-event]')].map((it) => it.dataset.event)") if text[:36] in identifiers)


class Operations(ConsoleCase):
    def test_a_dead_letter_is_tried_again(self):
        browser = self.browser
        identifier = self.installation.submit("What is running in nowhere?", callbackUrl=f"http://127.0.0.1:{self.receiver.server_port}/hook")
        count = len(self.installation.settled(identifier)["history"])
        dead = lambda: next(queue["dead"] for queue in self.installation.get("/v1/queues")["queues"] if queue["stage"] == "notify")
        eventually(lambda: dead() == count, 40)
        browser.open("#/operate/queues")
        browser.click("button[data-stage=notify]", f"Show {count}")
        browser.wait(lambda: len(browser.all("#letters tbody tr")) == count)
        browser.find("#letters", "given up after 1 s")
        self.shot("queues")
        self.receiver.takes.set()
        browser.click("#letters button.primary")
        browser.click("dialog[open] button[type=submit]")
        browser.find("#letters .notice", f"{count} tried again")
        eventually(lambda: len(self.receiver.taken) >= count)
        eventually(lambda: dead() == 0)
        browser.find("#letters", "No dead letters")

    def test_after_a_restart_of_the_gateway_no_event_is_missing(self):
        browser = self.browser
        browser.open("#/operate/audit")
        browser.click("label.check input")
        browser.go("#/board")
        browser.find(".mode", "live")
        browser.go("#/operate/audit")
        browser.click("label.check input")
        browser.find("main tbody")
        texts = {}
        for number in range(30):
            texts[self.installation.submit(f"Deploy an NRF in cut-{number}")] = number
        self.restart_gateway()
        for number in range(30, 40):
            texts[self.installation.submit(f"Deploy an NRF in cut-{number}")] = number
        records = [self.installation.settled(identifier, 60) for identifier in texts]
        expected = Counter(event(record["id"], step) for record in records for step in record["history"])
        try:
            browser.wait(lambda: shown(browser, texts) == expected, 30)
        except AssertionError:
            found = shown(browser, texts)
            self.fail(f"missing {list((expected - found).elements())[:5]}, too many {list((found - expected).elements())[:5]}")
        browser.go("#/board?q=cut-&stage=done")
        browser.wait(lambda: browser.script("return document.querySelector('.grid')?.getAttribute('aria-rowcount')") == "41")

    def restart_gateway(self):
        """As after a crash."""
        for process in self.installation.processes("api-gateway"):
            os.kill(process, signal.SIGKILL)

        def up():
            try:
                return self.installation.call("GET", "/readyz")[0] == 200
            except OSError:
                return False
        eventually(up, 60)

    def test_what_is_being_typed_stays_when_the_intent_is_read_again(self):
        browser = self.browser
        identifier = self.installation.submit("Scale the AMF in typed")
        self.installation.settled(identifier)
        browser.open(f"#/intent/{identifier}")
        browser.fill(".questions input.other", "2")
        browser.click("summary", "Raw record")
        # Read once more each time the page has lost the gateway and found it again.
        reads = lambda: browser.script("return performance.getEntriesByType('resource').filter((it) => it.name.endsWith(arguments[0])).length", identifier)
        for _ in range(2):
            before = reads()
            self.restart_gateway()
            browser.wait(lambda: reads() > before, 30)
        self.assertEqual(browser.script("return document.querySelector('.questions input.other').value"), "2")
        browser.find("details[open] pre", identifier)
        self.installation.call("POST", f"/v1/intents/{identifier}/cancel", {})
        browser.phase("cancelled")

    def test_what_happens_while_the_trail_is_read_is_shown_once(self):
        browser = self.browser
        browser.open("#/operate/services")
        texts = []
        submitting = threading.Thread(target=lambda: texts.extend(self.installation.submit(f"Deploy a PCF in once-{number}") for number in range(40)))
        submitting.start()
        # Again and again: each time the first page and the live events overlap somewhere else.
        while submitting.is_alive():
            browser.go("#/operate/audit")
            browser.click("label.check input")
            browser.find("main tbody td")
            if submitting.is_alive():
                browser.go("#/operate/services")
        submitting.join()
        records = [self.installation.settled(identifier, 60) for identifier in texts]
        expected = Counter(event(record["id"], step) for record in records for step in record["history"])
        browser.wait(lambda: shown(browser, texts) == expected, 30)

    def test_a_stream_that_is_lost_before_its_first_event_is_resumed(self):
        headers = {"Authorization": f"Bearer {self.installation.token}"}
        with self.stream(headers) as stream:
            beginning = stream.readline().decode()
        self.assertRegex(beginning, r"^id: \d+[.]\d+-\d+")
        record = self.installation.settled(self.installation.submit("Deploy an NSSF in resumed"))
        told = []
        with self.stream({**headers, "Last-Event-ID": beginning[4:].strip()}) as stream:
            while len(told) < len(record["history"]):
                line = stream.readline().decode()
                if line.startswith("data: ") and (data := json.loads(line[6:]))["id"] == record["id"]:
                    told.append(data["phase"])
        self.assertEqual(told, [step["phase"] for step in record["history"]])

    @contextlib.contextmanager
    def stream(self, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=20)
        try:
            connection.request("GET", "/v1/events", headers=headers)
            yield connection.getresponse()
        finally:
            connection.close()

    def test_what_one_key_was_shown_is_not_shown_to_the_next(self):
        browser = self.browser
        identifier = self.installation.submit("Deploy an NRF in mine")
        self.installation.settled(identifier)
        # A link that was shared: opened without a key, then signed in with one that may not follow all intents.
        browser.driver.get("about:blank")
        browser.driver.get(f"{browser.url}/#/intent/{identifier}")
        browser.find("#gate", "Sign in")
        browser.fill("#gate-key", OPERATOR)
        browser.keys(Keys.ENTER)
        browser.phase("published")
        browser.go("#/operate/queues")
        browser.find("main td", "Interpret")
        # Another key in the address of the page that is open.
        browser.script("location.hash = 'key=nonsense'")
        browser.find("#gate", "Sign in")
        self.assertNotIn("nonsense", browser.driver.current_url)
        self.assertEqual(browser.script("return document.querySelectorAll('#view td, .intent-row').length"), 0)
        browser.script("location.hash = arguments[0]", f"key={self.installation.token}&intent={identifier}")
        browser.phase("published")
        self.assertTrue(browser.driver.current_url.endswith(f"#/intent/{identifier}"))
        browser.go("#/operate/audit")
        browser.find("main td", "token")
        browser.script("location.hash = arguments[0]", f"key={OPERATOR}")
        browser.find("#access-state", "Signed in")
        browser.go("#/operate/audit")
        browser.find("main .problem", "admin")
        self.assertEqual(browser.script("return document.querySelectorAll('#view td').length"), 0)

    def test_behind_an_ingress_all_is_there_and_its_silence_is_told(self):
        browser = self.browser
        front = Front(self.installation.port)
        self.addCleanup(front.shutdown)
        self.addCleanup(setattr, browser, "url", browser.url)
        browser.url = front.url
        browser.origins.add(front.url)
        browser.open("#/operate/services")
        browser.find("main td", "api-gateway")
        self.assertEqual(browser.text("main table").count("healthy"), 6)
        for page in PAGES:
            browser.go(f"#/operate/{page}")
            browser.wait(lambda: not browser.all("main .spinner"))
            self.assertEqual([browser.text(".problem"), browser.text("main .notice")], ["", ""], page)
        browser.fill_and_submit("Deploy an SMF in behind")
        browser.phase("published")

        # Its answers are not the gateway's: nobody is behind it.
        front.is_alone.set()
        browser.go("#/operate/queues")
        browser.find("#banner", "cannot be reached")
        self.assertEqual(browser.axe(), [])
        self.shot("gateway-away")
        front.is_alone.clear()
        browser.find("main td", "Interpret")
        browser.wait(lambda: not browser.all("#banner"))

        browser.driver.get(f"{front.url}/docs")
        browser.find("#content h3 code", "/v1/intents")

    def test_what_a_ric_does_with_a_policy_is_shown(self):
        browser, ric = self.browser, RIC()
        self.addCleanup(ric.shutdown)
        installation = Installation({"A1_URL": f"near={ric.url}", "PLMN": "310-410"})
        self.addCleanup(installation.stop)
        self.elsewhere(installation)
        browser.open()
        browser.fill_and_submit("Create a URLLC slice in south for remote surgery with latency below 5 ms")
        browser.phase("published")
        browser.find("main td", "ENFORCED")
        self.assertEqual([len(held) for held in ric.policies.values()], [1, 0])
        ric.status = {"enforceStatus": "NOT_ENFORCED", "enforceReason": "STATEMENT_NOT_APPLICABLE"}
        browser.fill_and_submit("Create an eMBB slice in south with latency below 20 ms")
        browser.phase("failed", 60)
        browser.find(".head .problem", "near")
        self.assertEqual(browser.axe(), [])
        self.shot("failed")
        browser.find("[data-decision=retry]")

    def test_the_archive_is_searched_for_words(self):
        browser = self.browser
        self.installation.settled(self.installation.submit("What is running in words-of-the-archive?"))
        browser.open("#/board?q=archive%20running")
        browser.click("main button", "Search all that has ended")
        browser.find("main ol a", "What is running in words-of-the-archive?")

    provoked = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "503 (Service Unavailable)", "502 (Bad Gateway)", "403 (Forbidden)", "401 (Unauthorized)")

    def test_a_key_with_few_rights_follows_what_it_may_and_is_told_what_it_may_not(self):
        browser = self.browser
        browser.open("#/board", OPERATOR)
        browser.find(".mode", "may not follow all")
        browser.go("#/write")
        browser.fill("#intent", "Deploy an AUSF in few")
        browser.find(".verdict", "Ready")
        browser.click(".composer button[type=submit]")
        browser.phase("published")
        browser.fill_and_submit("Remove the AUSF from few")
        browser.phase("needs approval")
        browser.find("#attention", "Remove the AUSF from few")
        browser.decide("approve")
        browser.find(".decisions .problem", "intents:approve")
        browser.go("#/operate/audit")
        browser.find("main .problem", "admin")
        self.shot("forbidden")

    def test_a_rollout_is_followed_and_decided(self):
        browser, installation = self.browser, self.installation
        browser.open("#/operate/rollout")
        browser.find("main td", "everybody")
        self.assertEqual(browser.axe(), [])
        starting = installation.command("rollout", "start", "--binaries", str(installation.binaries), "--measurements", "1", "--intents", "10",
                                        "--success", "50", "--p95", "60", "--scale-down-delay", "300", "--interval", "1")
        self.assertEqual(starting.returncode, 0, starting.stdout + starting.stderr)
        run = installation.get("/v1/rollout")["run"]
        self.assertEqual(run["state"], "waiting")
        browser.find("main .phase", "waits for a person")
        browser.find("main td", "preview")
        self.assertEqual(browser.axe(), [])
        self.shot("rollout")
        # Who is no admin of the installation is told so, and nothing happens.
        path = f"/v1/rollout/runs/{run['id']}"
        status, problem = installation.call("POST", f"{path}/promote", headers={"Authorization": f"Bearer {OPERATOR}"})
        self.assertEqual((status, problem["code"]), (403, "forbidden"))
        self.assertEqual(installation.call("POST", "/v1/rollout/runs/another/promote")[0], 404)
        browser.click("[data-rollout=promote]")
        browser.click("dialog[open] button[type=submit]")
        browser.wait(lambda: f"{path}/promote" in browser.script("return document.querySelector('#curl').textContent"))
        browser.find("main .phase", "promoted and watched", 90)
        self.assertEqual(installation.get("/v1/rollout")["active"], run["to"])
        self.assertEqual(installation.call("POST", f"{path}/promote")[0], 409)
        browser.click("[data-rollout=abort]")
        browser.click("dialog[open] button[type=submit]")
        browser.find("main .phase", "taken back", 90)
        eventually(lambda: installation.get("/v1/rollout")["run"]["state"] == "rolledBack", 60)
        self.assertEqual(installation.get("/v1/rollout")["active"], run["from"])
        self.assertEqual([browser.all("[data-rollout]"), installation.call("POST", f"{path}/abort")[0]], [[], 409])
        entries = installation.get("/v1/audit/entries?limit=200")["items"]
        self.assertLessEqual({f"{path}/promote", f"{path}/abort"}, {entry["object"] for entry in entries if entry["who"] == "token"})

    def test_the_operators_pages_show_what_the_api_says(self):
        browser = self.browser
        self.installation.settled(self.installation.submit("Deploy a UDM in shown"))
        browser.open("#/operate/services")
        for service in self.installation.get("/v1/services")["services"]:
            browser.find("main td", service["name"])
        self.assertEqual([browser.text("main table").count(words) for words in ("healthy", "Active")], [6, 6])
        self.shot("services")
        browser.go("#/operate/inventory")
        browser.fill("main input[type=search]", "shown")
        browser.wait(lambda: len(browser.all("main tbody tr")) == 1)
        browser.click("main td button")
        browser.find("main h4", "History")
        browser.find("main td", "Deploy udm in shown (v1)")
        self.shot("inventory")
        browser.go("#/operate/knowledge")
        browser.fill("#knowledge", "AMF sizing")
        browser.click("main form button")
        browser.find(".passages mark", "AMF")
        self.shot("knowledge")
        browser.go("#/operate/audit")
        browser.find("main td", "token")
        self.shot("audit")
        browser.go("#/operate/charts")
        browser.wait(lambda: len(browser.all(".chart svg")) >= 1, 30)
        self.installation.settled(self.installation.submit("Scale the UDM in shown to 2 replicas"))
        browser.wait(lambda: browser.script("return document.querySelector('.chart:nth-child(2) path')?.getAttribute('d').length > 0"), 30)
        # The gateway's own figures, too.
        browser.wait(lambda: browser.script("return document.querySelector('.chart:nth-child(3) path')?.getAttribute('d').length > 0"), 30)
        self.assertNotIn("Not read", browser.text("main"))
        self.shot("charts")
