"""A real browser without a window: the machine's Chromium, driven by Playwright.

Without one the tests that want it are skipped with the reason, or fail when
``ALTLAS_CHAT_TEST_REQUIRE_ALL`` is 1.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser for one test."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"there is no browser: none of {', '.join(NAMES)} is installed")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        await started.close()


@dataclass
class Tab:
    """A page, what it complained of, and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)


async def open_tab(browser: Browser, *, scripts: bool = True, language: str = "en-US") -> Tab:
    """A tab that notes errors of the console (refusals of the security policy are among them)."""
    context = await browser.new_context(java_script_enabled=scripts, locale=language)
    tab = Tab(await context.new_page())

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            tab.complaints.append(message.text)

    def on_error(error: Error) -> None:
        tab.complaints.append(str(error))

    tab.page.on("console", on_console)
    tab.page.on("pageerror", on_error)
    tab.page.on("request", lambda request: tab.asked_for.append(request.url))
    return tab
