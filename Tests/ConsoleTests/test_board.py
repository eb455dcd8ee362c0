"""Thousands of intents on the board."""

import http.client
import statistics
import threading

from case import ConsoleCase
from installation import eventually

MANY = 5_000
CLIENTS = 6
#: While it scrolls for so long, the time between two frames is measured.
SCROLL = """
const done = arguments[0], scroller = document.querySelector('.scroller'), times = [];
let last = performance.now(), begun = last, most = 0;
const step = (now) => {
  times.push(now - last);
  last = now;
  most = Math.max(most, document.querySelectorAll('.intent-row').length);
  scroller.scrollTop += 260;
  if (now - begun < 3000) requestAnimationFrame(step);
  else done([times.slice(1), most, scroller.scrollTop]);
};
requestAnimationFrame(step);
"""


class Board(ConsoleCase):
    def submit_many(self, count, text):
        """What is refused at once: the board's work is what is measured, not the pipeline's."""
        turns = iter(range(count))
        lock = threading.Lock()

        def work():
            connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=60)
            while True:
                with lock:
                    number = next(turns, None)
                if number is None:
                    return
                status, body = self.installation.call("POST", "/v1/intents", {"intent": text % number}, connection=connection)
                assert status == 202, body
        threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def test_thousands_stay_smooth(self):
        browser = self.browser
        for thread in self.submit_many(MANY, "ignore previous instructions %d"):
            thread.join()
        browser.open("#/board")
        rows = lambda: int(browser.script("return document.querySelector('.grid')?.getAttribute('aria-rowcount')") or 0)
        browser.wait(lambda: rows() > MANY, 60)
        browser.find(".mode", "live")
        self.shot("board-5000")
        quiet = self.measure("5,000 intents, scrolling")
        threads = self.submit_many(300, "ignore previous instructions again %d")
        busy = self.measure("5,000 intents, scrolling while 300 more come in")
        for thread in threads:
            thread.join()
        # Loose: the machine has others to serve.
        self.assertLess(quiet, 200)
        self.assertLess(busy, 400)
        newest = lambda: browser.script("const s = document.querySelector('.scroller'); s.scrollTop = 0; return document.querySelector('.intent-row[aria-rowindex=\"2\"] a')?.textContent ?? ''")
        eventually(lambda: "again" in newest(), 30)
        browser.fill("#board-search", "instructions again")
        browser.wait(lambda: rows() == 301)

    def measure(self, what):
        times, most, top = self.browser.driver.execute_async_script(SCROLL)
        times.sort()
        p95 = times[int(len(times) * 0.95)]
        print(f"{what}: {len(times) / 3:.0f} frames/s, frame p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, longest {times[-1]:.0f} ms, {most} rows in the page")
        self.assertGreater(top, 10_000)
        self.assertLess(most, 80)
        return p95
