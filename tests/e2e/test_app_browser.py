"""The app in a real browser, as somebody from a city meets it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from pypdf import PdfReader

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.workflow import check_files

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

ROOT = Path(__file__).resolve().parents[2]
PRACTICE = shipped("sample_data") / "practice"
PAGES = ["", "city", "compare", "indicators", "check"]
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
    "check": ("Check a file", "Revisar un archivo"),
}

# Below a page's own address Streamlit first looks for its server there, then at the root.
EXPECTED_404 = re.compile(r"/(city|compare|indicators|check)/_stcore/(health|host-config)$")

Open = Callable[..., Page]


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


@pytest.fixture(scope="module")
def app(demonstration_data: Path) -> Iterator[str]:
    """Address of the app, showing the demonstration."""
    port = free_port()
    call = ["urban_safety_monitor", "app", "--data", str(demonstration_data), "--port", str(port)]
    process = started(call, port, "/healthz")
    yield f"http://127.0.0.1:{port}"
    stopped(process)


@pytest.fixture
def visit(app: str, browser: Browser) -> Iterator[Open]:
    """Open an address in a browser of its own; at the end, nothing has gone wrong in any.

    No request may leave this machine, and the console may hold no error.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def notice(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", complain)
        page.on("request", lambda asked: outside(asked.url))

    def complain(said: ConsoleMessage) -> None:
        if said.type == "error" and not EXPECTED_404.search(said.location["url"]):
            faults.append(f"console: {said.text} {said.location['url']}")

    def outside(url: str) -> None:
        if not url.startswith((app, app.replace("http", "ws"), "data:", "blob:")):
            faults.append(f"request to {url}")

    def opened(path: str, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        notice(page)
        page.goto(app + path)
        expect(page.locator(".footer")).to_be_visible(timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def parameters(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_one_click_from_the_start_to_a_city(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("link", name="Read a city profile: Guadalajara").click()
    expect(page.locator("h1")).to_have_text("Guadalajara, 2026 Q1")
    expect(page.locator(".headline")).to_contain_text("country median")
    expect(page.locator(".facts")).to_contain_text("interviews, face to face")
    assert parameters(page)["city"] == "MX-GDL"


def test_a_city_is_found_by_typing(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("combobox", name="Find a city").fill("durb")
    page.get_by_role("option", name="Durban (eThekwini) (South Africa)").click()
    expect(page.locator("h1")).to_have_text("Durban (eThekwini), 2026 Q1")


def test_an_address_shows_another_reader_the_same(visit: Open) -> None:
    page = visit("/city?lang=es")
    page.get_by_role("combobox", name="Ciudad").click()
    page.get_by_role("option", name="Durban (eThekwini) (Sudáfrica)").click()
    expect(page.locator("h1")).to_contain_text("Durban")
    page.get_by_role("combobox", name="Ronda").click()
    page.get_by_role("option", name="trimestre 1 de 2024").click()
    page.get_by_role("radio", name="Ciudades similares").click()
    expect(page.locator("h1")).to_contain_text("2024")
    expect(page.locator(".headline")).to_contain_text("ciudades similares")
    page.get_by_role("button", name="Copiar enlace").click()
    copied = page.get_by_test_id("stCode").inner_text().strip()
    there = urlsplit(copied)
    other = visit(f"{there.path}?{there.query}", locale="en-GB")
    assert parameters(other) == {
        "city": "ZA-ETH",
        "period": "2024-Q1",
        "bench": "peers",
        "lang": "es",
    }
    for part in ("h1", ".headline", ".counts"):
        assert other.locator(part).inner_text() == page.locator(part).inner_text()


def test_choices_travel_from_page_to_page(visit: Open) -> None:
    page = visit("/city?city=ZA-ETH&period=2024-Q1&lang=es")
    page.get_by_role("link", name="Comparar", exact=True).click()
    expect(page.locator("h2").first).to_contain_text("Sudáfrica")
    expect(page.locator(".row.own")).to_contain_text("Durban (eThekwini)")
    kept = {"city": "ZA-ETH", "country": "ZA", "period": "2024-Q1", "lang": "es"}
    assert kept.items() <= parameters(page).items()


def test_what_the_address_asks_for_in_vain_is_said(visit: Open) -> None:
    page = visit("/city?city=Gudalajara&lang=en")
    expect(page.locator(".nothing")).to_contain_text("Did you mean Guadalajara?")
    page = visit("/city?city=ZA-D10&period=2026-Q1&lang=en")
    expect(page.get_by_test_id("stAlert")).to_have_text(
        "Thornwater has no results for 2026 Q1; you see 2024 Q1."
    )
    expect(page.locator("h1")).to_have_text("Thornwater, 2024 Q1")


def test_a_count_filters_the_list_to_as_many_lines(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    for kind in ("better", "worse", "similar"):
        tile = page.locator(f".count.{kind}")
        tile.locator("input").check()
        shown = page.locator(".rows .row:visible")
        expect(shown).to_have_count(int(tile.locator("b").inner_text()))
        assert set(shown.evaluate_all("rows => rows.map(r => r.className)")) == {f"row {kind}"}


def test_a_line_opens_in_place_with_definition_groups_and_change(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    line = page.locator(".row", has_text="Feels safe walking alone after dark")
    line.locator("summary").click()
    expect(line).to_contain_text("as in SDG 16.1.4")
    expect(line).to_contain_text("Change since 2024 Q1")
    expect(line.get_by_role("rowheader", name="Women")).to_be_visible()


def test_the_overall_score_waits_for_a_click_and_brings_its_spans(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    sentence = page.get_by_text("With other reasonable weights it would be between")
    expect(sentence).to_be_hidden()
    page.get_by_text("Show overall score").click()
    expect(sentence).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Overall safety profile: \d+ \(\d+ to \d+\)"))
    ).to_be_visible()


def download(page: Page, label: str) -> tuple[str, bytes]:
    with page.expect_download() as started_download:
        page.get_by_role("button", name=label).click()
    return started_download.value.suggested_filename, Path(
        started_download.value.path()
    ).read_bytes()


def test_the_scorecard_holds_what_the_page_shows(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    page.get_by_role("button", name="Download scorecard").click()
    name, content = download(page, "PDF, two pages to print")
    assert name == "guadalajara_2026-Q1_scorecard_en.pdf"
    pages = PdfReader(BytesIO(content)).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    assert BANNER["en"] in text
    assert page.locator(".headline").inner_text() in text
    _, content = download(page, "CSV, one indicator a row")
    values = pd.read_csv(BytesIO(content))
    line = page.locator(".row", has_text="Feels safe walking alone after dark")
    row = values.set_index("indicator").loc["safe_night"]
    assert line.locator("strong").first.inner_text() == f"{row['value']:.1f}%"


def test_comparison_says_the_same_in_lines_and_table(visit: Open) -> None:
    page = visit("/compare?country=MX&ind=safe_night&period=2026-Q1&lang=en")
    expect(page.locator(".answer")).to_contain_text("Santa Irelia")
    page.get_by_text("Show as a table").click()
    lines = page.locator(".row.line:has(.row-title a)")
    table = page.locator("table tbody tr")
    said = [
        (line.locator(".row-title").inner_text(), line.locator(".status").inner_text())
        for line in lines.all()
    ]
    listed = [
        (row.locator("th").inner_text(), row.locator(".status").inner_text()) for row in table.all()
    ]
    assert len(said) == 11
    assert said == listed
    assert dict(said)[next(name for name, _ in said if name.startswith("Santa"))].startswith("[d]")
    expect(page.locator(".st-key-chart canvas, .st-key-chart svg").first).to_be_visible()
    pairs = page.get_by_text(re.compile(r"pairs of cities cannot be told apart"))
    expect(pairs).to_be_hidden()
    page.get_by_text("Show order").click()
    expect(pairs).to_be_visible()
    expect(page.get_by_text(re.compile(r"place \d+ to \d+")).first).to_be_visible()


def test_similar_cities_are_compared_in_one_click(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    peers = page.locator(".peers a").all_inner_texts()
    page.get_by_role("link", name="Compare with similar cities").click()
    expect(page.locator("h1")).to_have_text("Feels safe walking alone after dark")
    compared = page.locator(".row.line .row-title a")
    expect(compared).to_have_count(len(peers) + 1)
    assert set(compared.all_inner_texts()) == {"Guadalajara", *peers}


def test_indicators_are_found_by_words_without_accents(visit: Open) -> None:
    page = visit("/indicators?lang=es")
    expect(page.locator(".entry")).to_have_count(len(load_catalogue().indicators))
    search = page.get_by_role("searchbox").or_(page.get_by_label("Buscar"))
    search.first.fill("policia efectiva")
    search.first.press("Enter")
    link = page.get_by_role("link", name="Considera efectiva a la policía local")
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("h1")).to_have_text("Considera efectiva a la policía local")
    expect(page.locator(".sheet")).to_contain_text("police_effective")


@pytest.mark.parametrize("name", ["example_ten_faults.csv", "example_ten_faults.xlsx"])
def test_every_problem_of_an_uploaded_file_is_shown(visit: Open, name: str) -> None:
    page = visit("/check?lang=en")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(PRACTICE / name)
    expect(page.locator(".verdict.refused")).to_be_visible(timeout=60_000)
    report = check_files([PRACTICE / name], "usm-questionnaire", load_catalogue()).report
    shown = page.locator(".problem .level code").all_inner_texts()
    assert sorted(shown) == sorted(problem.code for problem in report.problems)
    assert len(shown) >= 9
    unknown_code = page.locator(".problem", has_text="safe_night has a code we do not know")
    expect(unknown_code).to_contain_text("column AC (safe_night), rows 14, 15 and 42")


def test_a_practice_file_is_checked_in_spanish(visit: Open) -> None:
    page = visit("/check?lang=es")
    page.get_by_role("button", name="Revisar: Sin errores, CSV").click()
    expect(page.locator(".verdict.accepted")).to_contain_text(
        "Sus archivos se pueden usar", timeout=60_000
    )


def test_text_from_a_file_stays_text(visit: Open, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=document.title='broken'>"
    table = pd.read_csv(PRACTICE / "example_clean.csv", dtype="str")
    table[hostile] = "someone@example.org"
    path = tmp_path / "hostile.csv"
    table.to_csv(path, index=False)
    page = visit("/check?lang=en")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.locator(".report")).to_contain_text(hostile, timeout=60_000)
    assert page.locator(".report img").count() == 0
    assert page.title() != "broken"


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
    assert heading(visit("/check", locale="es-MX")) == "Revisar un archivo"
    assert heading(visit("/check", locale="fr-FR")) == "Check a file"


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
    page.get_by_role("link", name="Check a file").first.click()
    expect(page.locator("h1")).to_have_text("Check a file")
    page.close()
    stopped(process)
