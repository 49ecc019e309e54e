"""The README files of the demonstration data, filled in from the plan."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

import pandas as pd

from .plan import Item, Plan
from .practice import AREA, PERIOD

Rows = Sequence[tuple[str, ...]]

TEMPLATES = Path(__file__).parent


def readme(plan: Plan) -> str:
    """What the demonstration data is, and which fact or choice set each level."""
    return _filled(
        "readme.md",
        seed=plan.seed,
        cities=_table(["Area", "Title", "Rounds", "Made so that"], _cities(plan)),
        levels=_table(["Level", "Where", "Percent", "Fact"], _levels(plan)),
        facts=_table(["Fact", "What", "Value", "Source"], _facts(plan)),
        choices=_listed(_choices(plan)),
    )


def practice_readme(faults: pd.DataFrame) -> str:
    """What the practice files are, with the list of planted faults."""
    rows = [tuple(map(str, row)) for row in faults.itertuples(index=False)]
    table = _table(["No.", "Fault", "Column", "Rows", "What would be right"], rows)
    return _filled("practice.md", area=AREA, period=PERIOD, faults=table)


def _filled(template: str, **values: object) -> str:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _table(head: list[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cities(plan: Plan) -> Rows:
    rows: list[tuple[str, ...]] = []
    for city in plan.cities:
        marks = [f"by telephone in {period}" for period in city.telephone]
        marks += [f"did not ask {_listed(list(city.not_asked))}"] if city.not_asked else []
        marks += ["no data in 2026-Q1"] if len(city.rounds) < len(plan.rounds) else []
        marks += ["one district with a single sampling unit"] if 1 in city.psus else []
        marks += [
            f"[{entry['obs_status']}] {_named(entry['indicators'])}"
            for entry in plan.differences
            if entry["area"] == city.area
        ]
        named = "named, answers made" if city.area in ("MX-GDL", "ZA-ETH") else "invented"
        rows.append((city.area, city.title, ", ".join(city.rounds), "; ".join([named, *marks])))
    return rows


def _named(indicators: list[str]) -> str:
    return "every survey indicator" if indicators == ["survey"] else _listed(indicators)


def _levels(plan: Plan) -> Rows:
    rows = [row for item in plan.items for row in _levels_of(item)]
    for name, levels in plan.together.items():
        rows += [
            (f"`{name}`, several questions together", level["area"], f"{level['percent']:g}",
             level["source"])
            for level in levels
        ]  # fmt: skip
    return rows


def _levels_of(item: Item) -> Rows:
    shares = [
        (f"`{item.name}`, codes {', '.join(map(str, item.codes))}", country,
         " / ".join(f"{percent:g}" for percent in item.percents(country)), fact)
        for country, fact in item.source.items()
    ]  # fmt: skip
    pins = [
        (f"`{item.name}`, codes {', '.join(map(str, pin.codes))}", f"{pin.area} {pin.period}",
         f"{pin.percent:g}", pin.source)
        for pin in item.pins
    ]  # fmt: skip
    return shares + pins


def _facts(plan: Plan) -> Rows:
    return [
        (name, fact["what"], fact["value"], fact["source"]) for name, fact in plan.facts.items()
    ]


def _choices(plan: Plan) -> list[str]:
    return [item.name for item in plan.items if not item.source and not item.pins]
