"""Every page of the app in a real browser: languages, widths, headers, an empty data folder."""

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
PAGES = ["", "city", "compare", "indicators", "data", "upload", "export", "method", "help"]
BANNER = {
    "en": "Demonstration data, not a description of any real city",
    "es": "Datos de demostración; no describen a ninguna ciudad real",
}

HEADINGS = {
    "": ("Urban Safety Monitor", "Monitor de Seguridad Urbana"),
    "city": ("Guadalajara, 2026 Q1", "Guadalajara, trimestre 1 de 2026"),
    "compare": (
        "Feels safe walking alone after dark",
        "Se siente segura(o) al caminar sola(o) de noche",
    ),
    "indicators": ("Indicators", "Indicadores"),
    "data": ("Data and downloads", "Datos y descargas"),
    "upload": ("Upload data", "Subir datos"),
    "export": ("Export scorecards", "Exportar fichas"),
    "method": ("Method and limits", "Método y límites"),
    "help": ("Help", "Ayuda"),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_speaks_english_and_carries_the_banner(visit: Open, name: str) -> None:
    page = visit(f"/{name}?lang=en", locale="es-MX")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator(".demonstration")).to_contain_text(BANNER["en"])
    expect(page.locator("h1")).to_have_text(HEADINGS[name][0])


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_a_phone_in_spanish(visit: Open, name: str) -> None:
    page = visit(f"/{name}?lang=es", width=390, height=844)
    assert page.locator("html").get_attribute("lang") == "es"
    expect(page.locator(".demonstration")).to_contain_text(BANNER["es"])
    expect(page.locator("h1")).to_have_text(HEADINGS[name][1])
    assert page.locator("h1").bounding_box()["y"] < 844
    assert page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollWidth") <= 390


def test_the_browser_s_language_is_taken_where_none_is_asked_for(visit: Open) -> None:
    assert visit("/upload", locale="es-MX").locator("h1").inner_text() == "Subir datos"
    assert visit("/upload", locale="fr-FR").locator("h1").inner_text() == "Upload data"


def test_a_saved_link_to_the_former_page_still_leads_to_the_upload(visit: Open) -> None:
    assert visit("/check?lang=en").locator("h1").inner_text() == "Upload data"


def test_headers_and_health(app: str) -> None:
    with urllib.request.urlopen(f"{app}/healthz", timeout=10) as answer:
        assert answer.read() == b'{"status":"ok"}'
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
    process = started(call, port, "/_stcore/health", cwd=ROOT, env=environment)
    page = browser.new_page(locale="en-GB")
    page.goto(f"http://127.0.0.1:{port}/")
    expect(page.locator(".nothing")).to_contain_text("usm demo", timeout=60_000)
    assert page.locator(".demonstration").count() == 0
    page.get_by_role("link", name="Upload data").first.click()
    expect(page.locator("h1")).to_have_text("Upload data")
    page.close()
    stopped(process)
