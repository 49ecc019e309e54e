"""What a view of several cities shows, as rows for its CSV: one value a row, nothing left out."""

from collections.abc import Iterable

import pandas as pd

from urban_safety_monitor.report.charts.style import Shown
from urban_safety_monitor.report.history import History
from urban_safety_monitor.report.overview import Overview
from urban_safety_monitor.report.records import CityComparison, CityOrder, Figure, Verdict
from urban_safety_monitor.report.weights import OwnWeights
from urban_safety_monitor.tables.csv_text import Cell, csv_text

Cells = dict[str, Cell]


def figure_cells(figure: Figure, verdict: Verdict | None) -> Cells:
    """A figure with its flags and, where it was compared, its status."""
    return {
        "value": figure.value,
        "lower": figure.lower,
        "upper": figure.upper,
        "standard_error": figure.standard_error,
        "n": figure.n,
        "n_effective": figure.n_effective,
        "benchmark": verdict.benchmark if verdict else "",
        "benchmark_value": verdict.benchmark_value if verdict else None,
        "difference": verdict.difference if verdict else None,
        "z": verdict.z if verdict else None,
        "status": verdict.status if verdict else "",
        "status_reason": verdict.reason if verdict else "",
        "obs_status": figure.obs_status,
        "conf_status": figure.conf_status,
        "flags": " ".join(figure.flags),
    }


def comparison_csv(comparison: CityComparison) -> bytes:
    """One indicator over cities, one city a row."""
    shared: Cells = {
        "country": comparison.country,
        "period": comparison.period,
        "indicator": comparison.indicator,
        "title": comparison.title,
        "unit_of_measure": comparison.unit,
    }
    rows: Iterable[Cells] = (
        {"area": row.area, "city": row.title}
        | shared
        | figure_cells(row.figure, row.verdict)
        | {"rank_lower": row.rank_lower, "rank_upper": row.rank_upper}
        for row in comparison.rows
    )
    return _csv(rows, comparison)


def overview_csv(overview: Overview) -> bytes:
    """Cities by indicators, one cell a row."""
    named = {name: title for domain in overview.domains for name, title in domain.indicators}
    domains = {name: d.domain for d in overview.domains for name, _ in d.indicators}
    rows: Iterable[Cells] = (
        {
            "area": line.area,
            "city": line.title,
            "country": overview.country,
            "period": overview.period,
            "domain": domains[cell.indicator],
            "indicator": cell.indicator,
            "title": named[cell.indicator],
            **figure_cells(cell.figure, cell.verdict),
        }
        for line in overview.lines
        for cell in line.cells
    )
    return _csv(rows, overview)


def history_csv(history: History) -> bytes:
    """One indicator over rounds, one city and round a row; the status is that of the change."""
    rows: Iterable[Cells] = (
        {
            "area": course.area,
            "city": course.title,
            "country": history.country,
            "period": moment.period,
            "indicator": history.indicator,
            "title": history.title,
            "unit_of_measure": history.unit,
            **figure_cells(moment.figure, moment.change),
            "break_reason": moment.broken,
        }
        for course in history.courses
        for moment in course.moments
    )
    return _csv(rows, history)


def order_csv(order: CityOrder) -> bytes:
    """Between which places cities may lie for a score, one city a row."""
    rows: Iterable[Cells] = (
        {
            "area": row.area,
            "city": row.title,
            "component": order.component,
            "title": order.title,
            "rank_lower": row.rank_lower,
            "rank_upper": row.rank_upper,
            "rank_lower_other_weights": row.weights_lower,
            "rank_upper_other_weights": row.weights_upper,
        }
        for row in order.rows
    )
    return _csv(rows, order)


def own_weights_csv(found: OwnWeights) -> bytes:
    """Overall scores under the declared and the reader's weights, one city a row."""
    weights: Cells = {f"own_weight_{name}": own for name, _, _, own in found.shares}
    rows: Iterable[Cells] = (
        {
            "area": row.area,
            "city": row.title,
            "period": found.period,
            "score": row.declared.score,
            "lower": row.declared.lower,
            "upper": row.declared.upper,
            "own_weights_score": row.own.score,
            "own_weights_lower": row.own.lower,
            "own_weights_upper": row.own.upper,
            **weights,
        }
        for row in found.rows
    )
    return _csv(rows, found)


def _csv(rows: Iterable[Cells], shown: Shown) -> bytes:
    """With the run and the demonstration mark in each row; UTF-8 with a byte order mark."""
    origin: Cells = {
        "run": shown.provenance.run_id,
        "program_version": shown.provenance.version,
        "demonstration": shown.demonstration,
    }
    return csv_text(pd.DataFrame([row | origin for row in rows])).encode("utf-8-sig")
