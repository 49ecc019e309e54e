"""Choices of method in a framework: closed, reasoned, and all problems told at once."""

from typing import get_args

import pytest

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.catalogue import framework, load_framework
from urban_safety_monitor.catalogue.consistency import inconsistencies
from urban_safety_monitor.errors import CatalogueError
from urban_safety_monitor.statistics import aggregation, normalisation, treatment


@pytest.mark.parametrize(
    ("declared", "computed"),
    [
        (framework.Normalisation, normalisation.Normalisation),
        (framework.Treatment, treatment.TreatmentMethod),
        (framework.Aggregation, aggregation.Aggregation),
    ],
    ids=["normalisation", "treatment", "aggregation"],
)
def test_what_can_be_declared_is_what_can_be_computed(declared, computed):
    def names(kind):
        return {name for part in get_args(kind) for name in (get_args(part) or (part,))}

    assert names(declared) == names(computed)


WHOLE = '[[components]]\nid = "all"\ntitle = "All"\nlevel = "overall"\n'


def problems_of(folder, text):
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as raised:
        load_framework(path)
    return list(raised.value.problems)


def test_every_choice_that_departs_from_the_usual_says_why(tmp_path):
    text = f"""
title = "T"
[treatment]
method = "winsorise"
[imputation]
method = "mean"
[normalisation]
method = "rank"
{WHOLE}aggregation = "median"
[[components]]
id = "part"
title = "Part"
level = "domain"
importance_of_parts = "pca"
[[indicators]]
id = "a"
imputed = false
"""
    found = problems_of(tmp_path, text)
    assert len(found) == 6
    for problem, said in zip(
        sorted(found),
        [
            "components.0: Value error, aggregation 'median' departs from 'arithmetic'",
            "components.1: Value error, importance_of_parts 'pca' departs from 'given'",
            "imputation: Value error, method 'mean' departs from 'none'",
            "indicators.0: Value error, imputed False departs from True",
            "normalisation: Value error, method 'rank' departs from 'goalposts'",
            "treatment: Value error, method 'winsorise' departs from 'none'",
        ],
        strict=True,
    ):
        assert problem == f"mine.toml: {said}: give the reason"


def test_methods_are_closed_and_so_are_their_numbers(tmp_path):
    text = f"""
title = "T"
[normalisation]
method = "magic"
lowest = -1
[treatment]
most_winsorised = 0
{WHOLE}aggregation = "magic"
[uncertainty]
goalposts_by = 0.9
"""
    places = {problem.split(": ")[1] for problem in problems_of(tmp_path, text)}
    assert places == {
        "normalisation.method",
        "normalisation.lowest",
        "treatment.most_winsorised",
        "components.0.aggregation",
        "uncertainty.goalposts_by",
    }
    (problem,) = problems_of(
        tmp_path, f'title = "T"\n{WHOLE}[normalisation]\nlowest = 60\nhighest = 50\nreason = "x"'
    )
    assert "lowest must be below highest" in problem


def test_parts_that_do_not_fit_together_are_named_together(tmp_path):
    text = f"""
title = "T"
{WHOLE}
[[components]]
id = "part"
title = "Part"
level = "domain"
parent = "nowhere"
[[components]]
id = "inner"
title = "Inner"
level = "domain"
parent = "part"
[[indicators]]
id = "placeless"
better = "higher"
[[indicators]]
id = "aimless"
component = "part"
[[indicators]]
id = "twice"
component = "part"
better = "lower"
[[indicators]]
id = "twice"
component = "elsewhere"
better = "lower"
[[indicators]]
id = "logged"
component = "part"
better = "lower"
treatment = {{ method = "log", reason = "A few are very large." }}
[[indicators]]
id = "untold"
component = "part"
better = "lower"
normalisation = "target"
reason = "There is a target."
"""
    found = [problem.removeprefix("framework.toml: ") for problem in problems_of(tmp_path, text)]
    assert found == [
        "part: parent 'nowhere' is not declared",
        "inner: parent 'part' is a domain itself; the parent of a domain is of a level above",
        "indicators placeless: has no file, so give its component",
        'indicators aimless: has no file, so give goalposts, or better = "higher" or "lower"',
        "indicators twice: declared twice",
        "indicators twice: declared twice",
        "indicator placeless: component '' is not in framework.toml",
        "indicator twice: component 'elsewhere' is not in framework.toml",
        "indicator logged: treatment 'log' may take the values off the scale of their goalposts; "
        "winsorise, or normalise by the values observed",
        "indicator untold: normalised by its target, so goalposts.scores_100 must be a number",
    ]


def test_a_direction_is_given_once(tmp_path):
    text = f"""
title = "T"
{WHOLE}
[[indicators]]
id = "a"
component = "all"
better = "higher"
goalposts = {{ scores_0 = 0, scores_100 = 1, reason = "x" }}
"""
    (problem,) = problems_of(tmp_path, text)
    assert "give better or goalposts, not both" in problem


def test_what_is_no_file_or_no_toml_is_said(tmp_path):
    with pytest.raises(CatalogueError, match=r"nowhere.toml: cannot be read"):
        load_framework(tmp_path / "nowhere.toml")
    (problem,) = problems_of(tmp_path, "title = ")
    assert "cannot be read as TOML" in problem


def declared(**given):
    return catalogue(
        indicator("a", share("district"), component="d", goalposts=posts(0, 100)),
        indicator(
            "b", share("district"), component="d", goalposts=posts(0, 100), status="extended"
        ),
        indicator("c", share("district"), component="d", status="context"),
        groups=(),
        components=[component("d", "domain")],
        **given,
    )


def test_an_entry_changes_what_an_indicators_own_file_says():
    a, b = declared().members
    assert (a.importance, a.core, b.importance, b.core) == (1, True, 0.5, False)
    entry = {"id": "b", "importance": 3, "status": "core", "better": "lower"}
    rank = {"normalisation": "rank", "reason": "Only the order means something."}
    a, b = declared(indicators=[entry | rank]).members
    assert (b.importance, b.core, b.normalisation) == (3, True, "rank")
    assert (b.goalposts.scores_0, b.goalposts.scores_100) == ("max", "min")
    assert (a.importance, a.normalisation) == (1, "goalposts")


def test_context_is_not_scored_by_an_entry_either():
    (problem,) = inconsistencies(declared(indicators=[{"id": "c", "importance": 1}]))
    assert problem.startswith("framework.toml: indicators c: is never scored by its own file")


def test_a_framework_file_puts_a_catalogue_together_anew(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "T"\n{WHOLE}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"component 'd' is not in framework\.toml"):
        load_framework(path, declared())
    whole = WHOLE.replace('"all"', '"d"')
    path.write_text(f'title = "T"\n{whole}', encoding="utf-8")
    found = load_framework(path, declared())
    assert [member.id for member in found.members] == ["a", "b"]
    assert found.sha256 != declared().sha256
