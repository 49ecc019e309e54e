"""The descriptor of a release as a Data Package: which files, which columns, which licence.

Source: Data Package Standard, version 2.0 (datapackage.org).
"""

from typing import Any

from urban_safety_monitor.report.profile import licence
from urban_safety_monitor.report.release.columns import ReleasedTable
from urban_safety_monitor.report.view import View

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def descriptor(view: View, tables: list[ReleasedTable]) -> dict[str, Any]:
    """The content of datapackage.json."""
    provenance = view.results.provenance
    return {
        "$schema": PROFILE,
        "name": f"urban-safety-monitor-{provenance.run_id}",
        "title": "Urban Safety Monitor",
        "description": view.demonstration or None,
        "id": provenance.run_id,
        "version": provenance.version,
        "licenses": [{"name": "other", "title": licence(view)}],
        "sources": [
            {"title": name, "hash": f"sha256:{digest}"}
            for name, digest in sorted(provenance.inputs.items())
        ],
        "resources": [_resource(view, table) for table in tables],
    }


def _resource(view: View, table: ReleasedTable) -> dict[str, Any]:
    say = view.words.gettext
    return {
        "name": table.name,
        "title": say(table.title),
        "path": f"data/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": column.name, "type": column.type, "description": say(column.meaning)}
                for column in table.columns
            ],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }
