"""The last check of a city's round is kept, one for each."""

from pathlib import Path

import pytest

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.attempts import AttemptStore


def test_the_last_check_of_each_round_is_kept(tmp_path: Path) -> None:
    store = AttemptStore(tmp_path)
    assert store.last("MX-GDL", "2026-Q1") is None
    store.keep("MX-GDL", "2026-Q1", "first")
    store.keep("MX-GDL", "2026-Q1", "second")
    store.keep("MX-GDL", "2026-Q2", "ñ other")
    assert AttemptStore(tmp_path).last("MX-GDL", "2026-Q1") == "second"
    assert store.last("MX-GDL", "2026-Q2") == "ñ other"
    assert store.last("MX-LEO", "2026-Q1") is None
    kept = [path.name for path in (tmp_path / "attempts" / "MX-GDL").iterdir()]
    assert sorted(kept) == ["2026-Q1.json", "2026-Q2.json"]


@pytest.mark.parametrize(("city", "survey"), [("..", "2026"), ("A", "../2026"), ("A", "2026/1")])
def test_paths_are_refused(tmp_path: Path, city: str, survey: str) -> None:
    store = AttemptStore(tmp_path)
    with pytest.raises(StoreError):
        store.keep(city, survey, "text")
    with pytest.raises(StoreError):
        store.last(city, survey)
    assert list(tmp_path.iterdir()) == []
