"""What holds for the app as a whole: its language, its headers, an empty data folder."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.app_server import Open, free_port, started, stopped

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

ROOT = Path(__file__).resolve().parents[2]


def test_the_browser_s_language_is_taken_where_none_is_asked_for(visit: Open) -> None:
    expect(visit("/upload", locale="es-MX").locator("h1")).to_have_text("Subir datos")
    expect(visit("/upload", locale="fr-FR").locator("h1")).to_have_text("Upload data")


def test_a_saved_link_to_the_former_page_still_leads_to_the_upload(visit: Open) -> None:
    expect(visit("/check?lang=en").locator("h1")).to_have_text("Upload data")


def test_headers_and_health(app: str) -> None:
    with urllib.request.urlopen(f"{app}/healthz", timeout=10) as answer:
        assert json.load(answer) in [{"status": "ok", "all_made_ahead": it} for it in (True, False)]
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_port_in_use_is_said(app: str, tmp_path: Path) -> None:
    port = app.rsplit(":", 1)[1]
    call = [sys.executable, "-m", "urban_safety_monitor", "app", "--data", str(tmp_path)]
    done = subprocess.run([*call, "--port", port], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"port {port}: in use" in done.stderr


def test_without_results_streamlit_run_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    call = ["streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "USM_DATA": str(tmp_path / "empty")}
    said = tmp_path / "log"
    server = started(call, port, "/_stcore/health", said, cwd=ROOT, env=environment)
    page = browser.new_page(locale="en-GB")
    page.goto(f"http://127.0.0.1:{port}/")
    expect(page.locator(".nothing")).to_contain_text("usm demo")
    assert page.locator(".demonstration").count() == 0
    page.get_by_role("link", name="Upload data").first.click()
    expect(page.locator("h1")).to_have_text("Upload data")
    page.close()
    stopped(server)
