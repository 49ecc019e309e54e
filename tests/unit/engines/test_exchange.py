"""Totals as files: what is written comes back, parts make the whole, strangers are refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator, share, survey
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.engines.exchange import MadeFrom, read_totals, write_totals
from urban_safety_monitor.errors import DataError

SAFE = indicator("safe", share("safe"))
MINUTES = indicator("minutes", {"kind": "mean", "of": {"value_of": "minutes"}})
DECLARED = catalogue(SAFE, MINUTES)
MADE_FROM = MadeFrom("c" * 64, "d" * 64, "1.0", "some-recipe", ("sex",))


def people(area, seed, n=60):
    rng = np.random.default_rng(seed)
    return survey(
        {
            "safe": rng.integers(1, 3, n),
            "minutes": rng.uniform(0, 60, n),
            "sex": rng.integers(1, 3, n),
        },
        area=area,
        stratum=np.repeat(["1", "2"], n // 2),
        psu=rng.permuted(np.repeat(np.arange(10).astype(str), n // 10)),
        weight_person=rng.uniform(0.5, 900, n),
    )


def totals(*frames):
    frame = pd.concat(frames, ignore_index=True)
    return psu_totals(frame, DECLARED, [SAFE, MINUTES], ("sex",))


def written(path, *frames, made_from=MADE_FROM):
    write_totals(totals(*frames), made_from, path)
    return path


def assert_same(found, expected, **tolerance):
    pd.testing.assert_frame_equal(found.keys, expected.keys)
    pd.testing.assert_frame_equal(found.psus, expected.psus, check_dtype=False)
    assert found.terms == expected.terms
    pairs = [(getattr(found, a), getattr(expected, a)) for a in ("n", "numerator", "denominator")]
    pairs += [(found.squares[k], expected.squares[k]) for k in expected.squares]
    for mine, theirs in pairs:
        np.testing.assert_allclose(mine, theirs, **({"rtol": 0} | tolerance))


def test_what_is_written_comes_back(tmp_path):
    found, made_from = read_totals([written(tmp_path / "a.parquet", people("A", 1))])
    assert_same(found, totals(people("A", 1)))
    assert made_from == MADE_FROM


def test_totals_of_areas_put_together_are_those_of_all(tmp_path):
    parts = [written(tmp_path / f"{area}.parquet", people(area, 2)) for area in "BCA"]
    found, _ = read_totals(parts)
    assert_same(found, totals(people("A", 2), people("B", 2), people("C", 2)))


def test_people_of_one_sampling_unit_may_be_in_two_files(tmp_path):
    frame = people("A", 3)
    inside = np.random.default_rng(0).random(len(frame)) < 0.5
    parts = [
        written(tmp_path / f"{number}.parquet", frame[chosen])
        for number, chosen in enumerate([inside, ~inside])
    ]
    found, _ = read_totals(parts)
    assert_same(found, totals(frame), rtol=1e-9)


def test_totals_of_no_record_at_all(tmp_path):
    found, _ = read_totals([written(tmp_path / "none.parquet", people("A", 1)[:0])])
    assert found.keys.empty


def test_every_difference_is_said_at_once(tmp_path):
    first = written(tmp_path / "first.parquet", people("A", 1))
    other = written(
        tmp_path / "other.parquet",
        people("B", 1),
        made_from=replace(MADE_FROM, catalogue_sha256="e" * 64, version="2.0", disaggregations=()),
    )
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no")
    foreign = tmp_path / "foreign.parquet"
    people("A", 1).to_parquet(foreign)
    with pytest.raises(DataError) as raised:
        read_totals([first, other, broken, foreign])
    said = "\n".join(raised.value.problems)
    assert len(raised.value.problems) == 5
    for words in ("other.parquet: the catalogue differs", "version", "groups", "foreign", "broken"):
        assert words in said


def test_the_same_file_twice_is_refused(tmp_path):
    path = written(tmp_path / "a.parquet", people("A", 1))
    with pytest.raises(DataError, match="count twice"):
        read_totals([path, path])


def test_one_stratum_has_one_number_of_psus_in_the_population(tmp_path):
    parts = [
        written(tmp_path / f"{size}.parquet", people("A", size).assign(psus_in_stratum=size))
        for size in (20, 30)
    ]
    with pytest.raises(DataError, match="PSUs in the population differ"):
        read_totals(parts)


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        written(tmp_path / "file" / "a.parquet", people("A", 1))
