"""A real browser on the pages of a house, for the stories of this folder.

Needs Debian's Chromium (`apt-get install chromium`); without one the stories are left out.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.async_api import Browser, Page, ViewportSize

from notifier.web import session
from tests.web.sites import Site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
# Whatever stands in the way by any rule of axe-core, everything unfolded. The document stays, with its style and with
# axe; only what it holds becomes that of another page, without its scripts: that costs a tenth of opening each.
LOOK = """async path => {
  const answer = await fetch(path);
  const text = await answer.text(), page = new DOMParser().parseFromString(text, "text/html");
  const style = document.querySelector("link[rel=stylesheet]"), its = page.querySelector("link[rel=stylesheet]").href;
  if (style.href !== its) await new Promise(done => { style.onload = done; style.href = its; });
  document.title = page.title;
  document.body.replaceWith(page.body);
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  const found = await axe.run(document, { resultTypes: ["violations"], preload: false, elementRef: false });
  const barriers = found.violations.map(one => [one.id, ...one.nodes.map(node => node.html)]);
  if (!answer.ok || answer.redirected || !/^<!doctype html>/i.test(text)) barriers.push(["no page"]);
  const code = document.body.textContent.match(/<(Macro|Undefined|function|bound|coroutine)[^>]*>/);
  if (code) barriers.push(["code instead of words", code[0]]);
  if (document.querySelectorAll("h1").length !== 1) barriers.push(["not one heading of the page"]);
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) barriers.push(["beyond the edge"]);
  return barriers;
}"""
NARROW: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 800}
IN_CHROMIUM = [
    pytest.mark.asyncio(loop_scope="session"),  # the browser's
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here; install it with: apt-get install chromium"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def barriers(page: Page, *paths: str) -> dict[str, list[list[str]]]:
    """What axe-core finds on each of these pages, rule by rule, and whether anything lies beyond the edge. The page
    that is open is used up by it.
    """
    await page.evaluate(AXE.read_text())
    found = {path: await page.evaluate(LOOK, path) for path in paths}
    return {path: barriers for path, barriers in found.items() if barriers}


async def barriers_here(page: Page) -> list[str]:
    """What axe-core finds on the page that is open, such as one that only a form leads to."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, { resultTypes: ['violations'], preload: false })")
    return [violation["id"] for violation in found["violations"]]


@asynccontextmanager
async def window(
    browser: Browser,
    pages: Site,
    *,
    signed_in: bool = True,
    refused: int = 0,
    known: tuple[str, ...] = (),
    **options: Any,
) -> AsyncIterator[Page]:
    """A window on the pages; whatever the browser complains about fails the test, but for so many forms refused and
    what is `known`."""
    base = str(pages.client.make_url("/"))
    context = await browser.new_context(base_url=base, locale="id-ID", **options)
    if signed_in:
        token = next(cookie.value for cookie in pages.client.session.cookie_jar if cookie.key == session.COOKIE)
        await context.add_cookies([{"name": session.COOKIE, "value": token, "url": base}])
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    await context.close()
    unknown = [one for one in complaints if not any(told in one for told in known)]
    assert [text for text in unknown if "status of 400" not in text] == []
    assert len(unknown) == refused
