"""Looking after the installation: queues, services, the gateway's restart."""

import os
import signal
from collections import Counter

from case import OPERATOR, ConsoleCase
from installation import eventually

PAGES = ["services", "queues", "charts", "inventory", "knowledge", "audit"]


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
        for process in self.installation.processes("api-gateway"):
            os.kill(process, signal.SIGKILL)

        def up():
            try:
                return self.installation.call("GET", "/readyz")[0] == 200
            except OSError:
                return False
        eventually(up, 60)
        for number in range(30, 40):
            texts[self.installation.submit(f"Deploy an NRF in cut-{number}")] = number
        records = [self.installation.settled(identifier, 60) for identifier in texts]
        expected = Counter(f"{record['id']} {step['at']} {step['phase']} {step.get('detail', '')}" for record in records for step in record["history"])

        def shown():
            return Counter(event for event in browser.script("return [...document.querySelectorAll('[data-event]')].map((it) => it.dataset.event)") if event[:36] in texts)
        try:
            browser.wait(lambda: shown() == expected, 30)
        except AssertionError:
            self.fail(f"missing {list((expected - shown()).elements())[:5]}, too many {list((shown() - expected).elements())[:5]}")
        browser.go("#/board?q=cut-&stage=done")
        browser.wait(lambda: browser.script("return document.querySelector('.grid')?.getAttribute('aria-rowcount')") == "41")

    provoked = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "503 (Service Unavailable)", "403 (Forbidden)")

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

    def test_the_operators_pages_show_what_the_api_says(self):
        browser = self.browser
        self.installation.settled(self.installation.submit("Deploy a UDM in shown"))
        browser.open("#/operate/services")
        for service in self.installation.get("/v1/services")["services"]:
            browser.find("main td", service["name"])
        self.assertEqual(browser.text("main table").count("healthy"), 6)
        self.shot("services")
        browser.go("#/operate/inventory")
        browser.fill("main input[type=search]", "shown")
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
        self.shot("charts")
