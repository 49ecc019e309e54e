"""Finding and reading a city's profile in the app, in a real browser."""

import re

import pytest
from playwright.sync_api import WebSocket, expect

from tests.e2e.app_server import Open, parameters, settled

pytestmark = [pytest.mark.browser, pytest.mark.e2e]

HEAD, ABOUT, FOOTER = b'class="headline"', b"About these figures", b'class="footer"'
"""By which parts of a city's page are known in what the server sends; larger ones it sends once."""


def test_a_city_is_found_in_one_click_or_by_typing(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("link", name="Read a city profile: Guadalajara").click()
    expect(page.locator("h1")).to_have_text("Guadalajara, 2026 Q1")
    expect(page.locator(".headline")).to_contain_text("country median")
    expect(page.locator(".facts")).to_contain_text("interviews, face to face")
    assert parameters(page)["city"] == "MX-GDL"
    page.get_by_role("link", name="Start", exact=True).click()
    page.get_by_role("combobox", name="Find a city").fill("durb")
    page.get_by_role("option", name="Durban (eThekwini) (South Africa)").click()
    expect(page.locator("h1")).to_have_text("Durban (eThekwini), 2026 Q1")


def test_choices_are_in_the_address_and_travel_from_page_to_page(visit: Open) -> None:
    page = visit("/city?lang=es", locale="es-MX")
    page.get_by_role("combobox", name="Ciudad").click()
    page.get_by_role("option", name="Durban (eThekwini) (Sudáfrica)").click()
    expect(page.locator("h1")).to_contain_text("Durban")
    settled(page)
    page.get_by_role("combobox", name="Ronda").click()
    page.get_by_role("option", name="trimestre 1 de 2024").click()
    expect(page.locator("h1")).to_contain_text("2024")
    page.get_by_role("radio", name="Ciudades similares").click()
    expect(page.locator(".headline")).to_contain_text("ciudades similares")
    assert parameters(page) == {
        "city": "ZA-ETH",
        "period": "2024-Q1",
        "bench": "peers",
        "lang": "es",
        "map": "safe_night",
    }
    page.get_by_role("link", name="Comparar", exact=True).click()
    expect(page.locator("h2").first).to_contain_text("Sudáfrica")
    expect(page.locator(".row.own")).to_contain_text("Durban (eThekwini)")
    kept = {"city": "ZA-ETH", "country": "ZA", "period": "2024-Q1", "lang": "es"}
    assert kept.items() <= parameters(page).items()


def test_a_choice_runs_only_what_depends_on_it(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&period=2026-Q1&lang=en")
    sent: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: sent.append(frame))

    def parts_sent() -> set[bytes]:
        settled(page)
        everything = b"".join(sent)
        sent.clear()
        return {part for part in (HEAD, ABOUT, FOOTER) if part in everything}

    page.once("websocket", listen)
    page.reload()
    expect(page.locator(".footer")).to_be_visible()
    assert parts_sent() == {HEAD, ABOUT, FOOTER}
    page.get_by_role("radio", name="Similar cities").click()
    expect(page.locator(".headline")).to_contain_text("similar cities")
    assert parts_sent() == {HEAD}
    page.get_by_role("combobox", name="Round").click()
    page.get_by_role("option", name="2024 Q1").click()
    expect(page.locator("h1")).to_have_text("Guadalajara, 2024 Q1")
    assert parts_sent() == {HEAD, ABOUT}


def test_what_the_address_asks_for_in_vain_is_said(visit: Open) -> None:
    page = visit("/city?city=Gudalajara&lang=en")
    expect(page.locator(".nothing")).to_contain_text("Did you mean Guadalajara?")
    page = visit("/city?city=ZA-D10&period=2026-Q1&lang=en")
    expect(page.get_by_test_id("stAlert")).to_have_text(
        "Thornwater has no results for 2026 Q1; you see 2024 Q1."
    )
    expect(page.locator("h1")).to_have_text("Thornwater, 2024 Q1")


def test_counts_filter_the_list_and_the_overall_score_waits_for_a_click(visit: Open) -> None:
    page = visit("/city?city=MX-GDL&lang=en")
    for kind in ("better", "worse", "similar"):
        tile = page.locator(f".count.{kind}")
        tile.locator("input").check()
        shown = page.locator(".rows .row:visible")
        expect(shown).to_have_count(int(tile.locator("b").inner_text()))
        assert set(shown.evaluate_all("rows => rows.map(r => r.className)")) == {f"row {kind}"}
    sentence = page.get_by_text("With other reasonable weights it would be between")
    expect(sentence).to_be_hidden()
    page.get_by_text("Show overall score").click()
    expect(sentence).to_be_visible()
    overall = re.compile(r"Overall safety profile: \d+ \(\d+ to \d+\)")
    expect(page.get_by_text(overall)).to_be_visible()


def test_what_is_below_a_line_is_fetched_when_it_is_opened(visit: Open, faults: list[str]) -> None:
    page = visit("/city?city=MX-GDL&period=2026-Q1&lang=en")
    line = page.locator(".row:has(#in-safe_night)")
    page.route("**/opened?*", lambda route: route.fulfill(status=503))
    line.locator("summary").click()
    expect(line.locator(".inside")).to_have_text(
        "This could not be fetched. Reload the page and try again."
    )
    page.unroute_all()
    assert "503" in faults.pop()
    line.locator("summary").click()
    line.locator("summary").click()
    expect(line.get_by_role("heading", name="What is measured")).to_be_visible()
    settled(page)
    page.get_by_role("radio", name="Similar cities").click()
    expect(page.locator(".headline")).to_contain_text("similar cities")
    expect(page.locator(".row[open]").get_by_text("similar cities").first).to_be_visible()
    page.get_by_text("Show as a table").first.click()
    everything = page.get_by_role("table", name="Guadalajara, 2026 Q1")
    expect(everything.locator("tbody tr")).to_have_count(page.locator(".row").count())
    for wrong in ("ind=nothing", "lang=xx", "run=other", "city=nowhere"):
        asked = line.evaluate("line => line.closest('[data-inside]').dataset.inside")
        name, value = wrong.split("=")
        answer = page.request.get(f"{page.url.split('/city')[0]}/{asked}&{name}={value}")
        assert answer.status == 404 and value in answer.text()
    nothing = page.request.get(f"{page.url.split('/city')[0]}/opened")
    assert nothing.status == 404 and "lacks" in nothing.text()
