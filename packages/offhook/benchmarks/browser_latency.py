"""How long the browser phone takes from a key to the caption of what the line says next.

Run: python benchmarks/browser_latency.py, where the extras browser and audio, Playwright
and a Chromium are installed

Measured inside a headless Chromium (the one on the PATH, or the one that CHROMIUM names),
from keydown to the caption in the document. Beside it stands what the app itself took, as
the page's timeline shows it. A prompt that is new is synthesised before its caption is shown.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.wrappers import Request, Response

from offhook.account.exchange import Line
from offhook.browser.calls import Calls
from offhook.browser.page_server import listen, phone_server
from offhook.callers.target import Target
from offhook.carrier.transport import WsgiTransport

PRESSES = 30
BASE = "http://app.localhost"
FLAGS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")

STOPWATCH = """
  const measured = [];
  let pressed = null;
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
      if (pressed === null || !added.some((node) => node.dataset.event === "said")) return;
      measured.push(performance.now() - pressed);
      pressed = null;
      document.documentElement.dataset.measured = measured.join(" ");
    }).observe(document.getElementById("captions"), { childList: true });
  });
"""

Wording = Callable[[], str]


def target_that_says(wording: Wording) -> Target:
    """An app that answers every key with another question."""

    @Request.application
    def app(_: Request) -> Response:
        say = f"<Say>{wording()}</Say>"
        gather = f'<Gather action="/voice" numDigits="1" timeout="60">{say}</Gather>'
        return Response(f"<Response>{gather}</Response>", mimetype="text/xml")

    return Target("a tiny app", Line(f"{BASE}/voice"), WsgiTransport(app, BASE), "12345")


@contextmanager
def served(target: Target) -> Iterator[str]:
    """The browser phone for an app, at the URL that is yielded."""
    server = listen(phone_server(Calls(target)), 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def measured(page: Page, wording: Wording) -> tuple[list[float], list[float]]:
    """Milliseconds from each key to its caption, and those that the app took."""
    with served(target_that_says(wording)) as url:
        page.goto(url)
        page.locator("#call").click()
        captions = page.locator("#captions [data-event=said]")
        for presses in range(PRESSES):
            expect(captions).to_have_count(presses + 1, timeout=30_000)
            page.keyboard.press("5")
        expect(captions).to_have_count(PRESSES + 1)
        told = page.locator("html").get_attribute("data-measured") or ""
        took = page.get_by_test_id("webhook-took").all_inner_texts()[1:]
        page.locator("#hang-up").click()
        expect(page.locator("#call")).to_be_visible()
    return [float(each) for each in told.split()], [float(each.split()[0]) for each in took]


def show(name: str, milliseconds: list[float]) -> None:
    """The median and the 95th percentile in one line."""
    middle, high = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    print(f"{name:<56} median {middle:6.1f} ms, 95 % within {high:6.1f} ms")


def main() -> None:
    """Press a key so many times, and print how long its answer took."""
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if chromium is None:
        sys.exit("there is no chromium: install it, or set CHROMIUM to its path")
    number = count(100)
    kinds: dict[str, Wording] = {
        "prompts that were heard before": lambda: "Press any key of this telephone again.",
        "prompts that are new": lambda: f"Press any key but {next(number)} of this telephone.",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page()
        page.add_init_script(STOPWATCH)
        for name, wording in kinds.items():
            keys, app = measured(page, wording)
            show(f"{len(keys)} keys to captions, {name}", keys)
            show("    of which the app", app)
        browser.close()


if __name__ == "__main__":
    main()
