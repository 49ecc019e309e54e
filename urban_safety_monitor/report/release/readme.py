"""The readme that travels with every release: what is in it, how sure it is, how to use it."""

from urban_safety_monitor.report.profile import METHOD, licence
from urban_safety_monitor.report.release.columns import ReleasedTable
from urban_safety_monitor.report.view import View
from urban_safety_monitor.report.wording import FLAGS, worded


def readme(view: View, tables: list[ReleasedTable]) -> str:
    """The text of README.md."""
    say = view.words.gettext
    provenance = view.results.provenance
    return "\n\n".join(
        [
            "# Urban Safety Monitor",
            *([f"**{view.demonstration}**"] if view.demonstration else []),
            f"## {say('What is in it')}",
            _cities(view),
            "\n".join(f"- `data/{t.name}.csv`: {say(t.title)} ({len(t.rows)})" for t in tables),
            say(
                "The same figures stand in figures.json, in figures.xlsx and, as SDMX-CSV with its "
                "structure, in the folder sdmx. datapackage.json says what every column means."
            ),
            f"## {say('How sure the figures are')}",
            say(METHOD),
            say(
                "An empty value is not 0: it was withheld to protect people, or not collected. "
                "Never quote a value without its interval, nor a rank without its range."
            ),
            f"## {say('Letters beside values')}",
            "\n".join(f"- {k}: {worded(FLAGS, k, view.language)}" for k in FLAGS),
            f"## {say('Licence')}",
            licence(view),
            f"## {say('Where it comes from')}",
            "\n".join(
                [
                    f"- {say('Run')}: {provenance.run_id}",
                    f"- {say('Program version')}: {provenance.version}",
                    f"- {say('Catalogue (SHA-256)')}: {provenance.catalogue_sha256}",
                ]
            )
            + "\n",
        ]
    )


def _cities(view: View) -> str:
    there = view.results.estimates.groupby("area")["period"].unique()
    lines = [
        f"- {view.title(area)} ({view.country_of[area]}): "
        + ", ".join(view.period(period) for period in sorted(periods))
        for area, periods in there.items()
        if area in view.country_of
    ]
    return "\n".join(lines)
