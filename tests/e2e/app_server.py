"""The app as a process of its own, on a port of this machine."""

import fcntl
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Download, Locator, Page, expect

Open = Callable[..., Page]
"""Opens an address of the app in a browser."""


class Server(NamedTuple):
    """A running server; what it says goes to a file, for a pipe that nobody reads stops it."""

    process: subprocess.Popen
    said: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def started(call: list[str], port: int, health: str, said: Path, **options: object) -> Server:
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *call], stdout=file, stderr=subprocess.STDOUT, **options
        )
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{health}", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return Server(process, said)
    raise AssertionError(said.read_text())


def stopped(server: Server) -> str:
    """Stop the server; gives what it said."""
    server.process.send_signal(signal.SIGINT)
    server.process.wait(timeout=30)
    return server.said.read_text()


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock that only one test worker can hold."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def shared_app(data: Path) -> Iterator[str]:
    """The address of the one app of all test workers, which shows the run kept in `data`.

    The worker that came first starts it, and stops it when nobody uses it any more; no page may
    have logged a traceback.
    """
    address, said = data.parent / "address", data.parent / "app.log"
    lock, server = data.parent / "app.lock", None
    with (data.parent / "app.users").open("w") as users:
        with alone(lock):
            if not address.exists():
                port = free_port()
                call = ["urban_safety_monitor", "app", "--data", str(data), "--port", str(port)]
                server = started(call, port, "/healthz", said)
                address.write_text(f"http://127.0.0.1:{port}")
            fcntl.flock(users, fcntl.LOCK_SH)
        yield address.read_text()
        fcntl.flock(users, fcntl.LOCK_UN)
        if server is None:
            return
        with alone(lock):
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink()
            log = stopped(server)
    assert "most recent call last" not in log, log


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end, and nothing will be drawn anew."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def downloaded(page: Page, button: Locator) -> tuple[str, bytes]:
    """The name and content of the file behind a button."""
    with page.expect_download() as started_download:
        button.click()
    file: Download = started_download.value
    return file.suggested_filename, file.path().read_bytes()


def hand_in(page: Page, path: Path) -> None:
    """Choose a file on the upload page."""
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)


def expect_verdict(page: Page, kind: str, words: str) -> None:
    """Wait until the upload page has accepted or refused the file."""
    expect(page.locator(f".verdict.{kind} h3")).to_have_text(words)


def width_of(page: Page) -> int:
    """How wide the page's content is, seen or not."""
    return page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollWidth")


def parameters(page: Page) -> dict[str, str]:
    """What the page's address asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def copied_link(page: Page, button: str) -> str:
    """The path and query of the address that a page offers to copy."""
    page.get_by_role("button", name=button).click()
    there = urlsplit(page.get_by_test_id("stCode").inner_text().strip())
    return f"{there.path}?{there.query}"
