"""Take pictures of every page of the app, and write the page of the guide that shows them.

    python docs/take_screenshots.py [DATA FOLDER]

Every page at the width of a desk and of a phone, on light and on dark ground, in English and in
Spanish: to `docs/screens/` and `docs/guides/screens.md`. Without a data folder the demonstration
is run first. Needs Chromium; names of views may follow `--only`.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import BytesIO
from itertools import chain, product
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.app_server import free_port, hand_in, started, stopped  # noqa: E402
from urban_safety_monitor.report.palette import TOKENS  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
GUIDE = ROOT / "docs" / "guides" / "screens.md"

LANGUAGES = {"en": "English", "es": "Spanish"}
WIDTHS = {1280: "desk", 390: "phone"}
GROUNDS = ("light", "dark")

LONGEST = {1280: 1600, 390: 2200}
"""What lies below, in pixels, is left out."""

COLOURS = 64
"""Of a picture besides those of the product: the shades between letters and their ground."""

PATIENCE = 300_000
"""Milliseconds: pictures are taken on busy machines too."""


class View(NamedTuple):
    """A page in one state.

    `begins` is where the picture starts, and `file` is handed in on the page first.
    """

    path: str
    title: str
    shows: str
    begins: str = ".stApp"
    file: str = ""


VIEWS = {
    "start": View("", "Start", "find a city, an example to learn from, what is covered"),
    "tour": View(
        "city?tour=2&ind=safe_night", "The tour", "a bar that says what to look at and what to do"
    ),
    "city": View("city", "City profile", "the answer in one sentence, then every indicator"),
    "city-row": View(
        "city?ind=safe_night",
        "City profile, one indicator opened",
        "what lies behind a line",
        ".row[open]",
    ),
    "city-groups": View(
        "city", "City profile, further down", "who is affected differently, and where", "#groups"
    ),
    "compare": View(
        "compare?ind=safe_night", "Compare, one indicator", "the cities in order of their names"
    ),
    "compare-all": View("compare?view=all", "Compare, all indicators", "where to look first"),
    "compare-time": View("compare?view=time&ind=safe_night", "Compare, over time", "each city"),
    "indicators": View("indicators", "Indicators", "what is measured"),
    "indicator": View("indicators?ind=safe_night", "One indicator", "its definition and sources"),
    "data": View("data", "Data", "files to take away, and what their marks mean"),
    "upload": View("upload", "Upload", "the first steps of handing in a survey"),
    "upload-checked": View(
        "upload?for=ZA-D10&round=2026-Q1",
        "Upload, a file with ten faults checked",
        "each problem: where it is, why it matters, how to repair it",
        ".verdict",
        "example_ten_faults.csv",
    ),
    "export": View("export", "Export", "scorecards of many cities at once"),
    "method": View("method", "Method", "how figures come about, and their limits"),
    "help": View("help", "Help", "how to do what"),
}


def file_name(view: str, width: int, ground: str, language: str) -> str:
    """As in city_390_dark_es.png."""
    return f"{view}_{width}_{ground}_{language}.png"


def take(browser: Browser, app: str, view: str, language: str) -> Iterator[tuple[str, bytes]]:
    """The four pictures of a page in one language, by the names of their files."""
    page = browser.new_page(locale=language, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    path = VIEWS[view].path
    page.goto(f"{app}/{path}{'&' if '?' in path else '?'}lang={language}")
    expect(page.locator(".footer")).to_be_visible(timeout=PATIENCE)
    if VIEWS[view].file:
        hand_in(page, ROOT / "sample_data" / "practice" / VIEWS[view].file)
    begins = page.locator(VIEWS[view].begins).first
    expect(begins).to_be_visible(timeout=PATIENCE)
    for width, ground in product(WIDTHS, GROUNDS):
        page.emulate_media(color_scheme=ground)
        page.set_viewport_size({"width": width, "height": LONGEST[width]})
        _come_to_rest(page)
        content = page.get_by_test_id("stMainBlockContainer").evaluate("e => e.scrollHeight")
        page.set_viewport_size({"width": width, "height": min(content, LONGEST[width])})
        begins.evaluate("e => e.scrollIntoView()")
        _come_to_rest(page)
        yield file_name(view, width, ground, language), _small(page.screenshot())
    page.close()


def _come_to_rest(page: Page) -> None:
    """Wait until the script has run and nothing moves any more."""
    expect(page.locator('.stApp[data-test-script-state="notRunning"]')).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.locator(".row[open] > [aria-busy]")).to_have_count(0, timeout=PATIENCE)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(400)


def _small(png: bytes) -> bytes:
    """The picture with the product's own colours and those it needs most besides."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    own = map(ImageColor.getrgb, chain.from_iterable(TOKENS.values()))
    others = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(own), *others])
    kept = BytesIO()
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(kept, "png", optimize=True)
    return kept.getvalue()


def guide() -> str:
    """The page that shows all pictures."""
    parts = [
        "# Every page, as it looks",
        "<!-- Made by docs/take_screenshots.py -->",
        "The demonstration, whose cities but two are invented: at the width of a desk (1280 "
        "pixels) and of a phone (390), on light and on dark ground as the reader's browser asks "
        "for it, in English and in Spanish. Long pages are cut. `make screenshots` takes these "
        "pictures again; `make demo` shows the pages themselves.",
        *(_section(view) for view in VIEWS),
    ]
    return "\n\n".join(parts) + "\n"


def _section(view: str) -> str:
    title, shows = VIEWS[view].title, VIEWS[view].shows
    head = " | ".join(f"{name}, {ground}" for name, ground in product(WIDTHS.values(), GROUNDS))
    rows = [f"| {_cells(view, language)} |" for language in LANGUAGES]
    lines = [f"| {head} |", f"|{' --- |' * len(WIDTHS) * len(GROUNDS)}", *rows]
    return f"## {title}\n\n{shows[0].upper()}{shows[1:]}.\n\n" + "\n".join(lines)


def _cells(view: str, language: str) -> str:
    return " | ".join(
        f"[![{VIEWS[view].title}: {VIEWS[view].shows}. {LANGUAGES[language]}, {WIDTHS[width]}, "
        f"{ground}.](../screens/{name})](../screens/{name})"
        for width, ground in product(WIDTHS, GROUNDS)
        for name in [file_name(view, width, ground, language)]
    )


def demonstration(folder: Path) -> Path:
    """A data folder with the demonstration's results."""
    data = folder / "data"
    call = [sys.executable, "-m", "urban_safety_monitor", "demo", "--no-serve"]
    call += ["--data", str(data), "--output", str(folder / "scorecards")]
    subprocess.run(call, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return data


def pictures(data: Path, views: list[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every picture of these views, by the name of its file, from an app of its own."""
    port = free_port()
    call = ["urban_safety_monitor", "app", "--data", str(data), "--port", str(port)]
    server = started(call, port, "/healthz", folder / "app.log", cwd=ROOT)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for view, language in product(views, LANGUAGES):
                yield from take(browser, f"http://127.0.0.1:{port}", view, language)
    finally:
        stopped(server)


def main() -> None:
    """Take the pictures and write the guide."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder with results")
    parser.add_argument("--only", nargs="+", choices=VIEWS, default=list(VIEWS), metavar="VIEW")
    asked = parser.parse_args()
    SCREENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, png in pictures(asked.data or demonstration(folder), asked.only, folder):
            (SCREENS / name).write_bytes(png)
    GUIDE.write_text(guide(), encoding="utf-8")
    size = sum(path.stat().st_size for path in SCREENS.glob("*.png")) / 1e6
    print(f"Wrote {SCREENS.relative_to(ROOT)} ({size:.1f} MB) and {GUIDE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
