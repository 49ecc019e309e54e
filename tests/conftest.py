"""What all tests share: how Hypothesis searches, which browser opens the app, what runs when."""

import gc
import os
import shutil

import pytest
from hypothesis import settings

# No deadline: a slow machine is no fault. In CI the same examples every time.
settings.register_profile("usm", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("usm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demonstration first, which others wait for; browser tests last.

    Only one file begins with making the demonstration, so that no other worker waits for it idly.
    Playwright keeps an event loop running in the main thread from its first test to the end of the
    run, which is best kept out of all others.
    """
    shows = [item for item in items if "demonstration_data" in getattr(item, "fixturenames", ())]
    in_browser = {item.path for item in items if item.get_closest_marker("browser")}
    starts = [item.path for item in shows if item.path not in in_browser][:1]
    waits = {item.path for item in shows} - {*starts}

    def turn(item: pytest.Item) -> tuple[bool, bool, bool]:
        return item.path in in_browser, item.path in waits, item.path not in starts

    items.sort(key=turn)


def pytest_collection_finish() -> None:
    """Keep three thousand tests and all libraries out of every garbage collection to come."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Debian's Chromium, able to run as root, and unable to reach anything but this machine."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is not installed; `make test` installs it or names the package")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-domain-reliability",
            "--disable-sync",
            "--no-pings",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    }
