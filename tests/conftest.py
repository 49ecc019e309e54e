"""What all tests share: how Hypothesis searches, which browser opens the app, what runs last."""

import os
import shutil

import pytest
from hypothesis import settings

# No deadline: a slow machine is no fault. In CI the same examples every time.
settings.register_profile("usm", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("usm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: the fast ones fail first, and Playwright's event loop stays out of them.

    Playwright keeps a loop running in the main thread from its first test to the end of the run.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


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
