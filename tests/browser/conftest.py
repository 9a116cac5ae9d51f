"""A real browser for the tests of the pages: Debian's chromium, nothing downloaded."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
VENDOR = Path(__file__).parent / "vendor"


@pytest.fixture(scope="session")
def browser():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("NK_BROWSER") == "required":
            pytest.fail("NK_BROWSER=required, but no chromium is installed")
        pytest.skip("needs chromium")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--force-color-profile=srgb", "--disable-lcd-text"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The built report to look at: NK_REPORTS names a folder of a real run, otherwise the sample is built."""
    given = os.environ.get("NK_REPORTS")
    if given:
        return Path(given).resolve()
    from report_samples import sample

    from netwerkkracht.report.build import build

    folder = tmp_path_factory.mktemp("reports")
    for lang in ("nl", "en"):
        (folder / f"report.{lang}.html").write_bytes(build(sample(), lang).html)
    return folder


@pytest.fixture
def blank(browser):
    """A function that makes an empty page, offline, which records its requests and faults."""
    contexts = []

    def start(width=1280, scheme="light", **more):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            offline=True,
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.requests, page.faults = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def opened(blank, pages):
    """A function that opens one language of the report at a width and colour scheme."""

    def start(lang="nl", width=1280, scheme="light", *, anchor="", script=True, **more):
        page = blank(width, scheme, java_script_enabled=script, accept_downloads=True, **more)
        page.goto((pages / f"report.{lang}.html").as_uri() + anchor)
        return page

    return start
