"""The app as a process of its own, on a port of this machine."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

Open = Callable[..., Page]
"""Opens an address of the app in a browser of its own."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(call: list[str], port: int, health: str, **options: object) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", *call], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return process
    raise AssertionError(process.stdout.read().decode())


def stopped(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)


def parameters(page: Page) -> dict[str, str]:
    """What the page's address asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()
