"""Loading a catalogue folder: everything that is wrong with it, said at once."""

import pytest

from urban_safety_monitor.catalogue import load_catalogue, load_recipe
from urban_safety_monitor.errors import CatalogueError

FILES = {
    "framework.toml": """
title = "T"
[[components]]
id = "crime"
title = "Crime"
level = "domain"
""",
    "codebook.toml": """
[[variables]]
name = "robbery_12m"
kind = "code"
question = "Robbed?"
codes = { 1 = "Yes", 2 = "No" }
[[variables]]
name = "sex"
kind = "code"
question = "Sex?"
codes = { 1 = "Man", 2 = "Woman" }
[[variables]]
name = "age"
kind = "integer"
question = "Age?"
minimum = 15
maximum = 97
codes = { 98 = "Does not know" }
""",
    "disaggregations.toml": """
[[disaggregations]]
id = "sex"
title = "Sex"
categories = [
  { id = "man", title = "Men", when = { column = "sex", is_in = [1] } },
  { id = "woman", title = "Women", when = { column = "sex", is_in = [2] } },
]
""",
    "crime/robbed.toml": """
id = "robbed"
title = "Robbed"
component = "crime"
evidence = "objective_survey"
unit_of_measure = "percent"
definition = "Share of people robbed."
disaggregations = ["sex"]
measure = { kind = "proportion", of = { column = "robbery_12m", is_in = [1] } }
goalposts = { scores_0 = 20, scores_100 = 0, reason = "For a test." }
""",
    "checklists/city.toml": """
id = "city"
title = "City"
level = "city"
scored = true
[scales.level]
0 = "none"
4 = "all"
[[items]]
id = "C1"
question = "Is there a strategy?"
scale = "level"
evidence = "The strategy"
answered_by = "City"
""",
    "recipes/office.toml": """
id = "office"
title = "Office"
source = "The office"
files.main.has = ["CITY"]
indicators = "office"
columns.area.from = "CITY"
[[variables]]
name = "crime_code"
kind = "code"
question = "Which crime?"
codes = { 1 = "Robbery" }
[[disaggregations]]
id = "state"
title = "State"
column = "crime_code"
""",
    "published/office/crimes.toml": """
id = "crimes"
title = "Crimes"
component = "published"
evidence = "administrative"
unit_of_measure = "crimes"
definition = "Crimes."
disaggregations = ["state"]
measure = { kind = "total", of = { column = "crime_code", is_in = [1] } }
""",
}

ROBBED = FILES["crime/robbed.toml"]


@pytest.fixture
def written(tmp_path):
    """Writes the small catalogue with some files changed, added or (None) left out."""

    def write(**changed):
        for name, text in (FILES | changed).items():
            if text is not None:
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def problems(folder):
    with pytest.raises(CatalogueError) as raised:
        load_catalogue(folder)
    assert raised.value.exit_code == 10
    return raised.value.problems


def only(folder):
    (problem,) = problems(folder)
    return problem


def test_a_catalogue_that_holds(written):
    found = load_catalogue(written())
    assert list(found.indicators) == ["robbed"]
    assert list(found.codebook) == ["robbery_12m", "sex", "age"]
    assert list(found.checklists) == ["city"]
    assert found.domain_of("robbed").id == "crime"
    assert list(found.published["office"]) == ["crimes"]


def test_its_digest_follows_every_byte(written):
    digest = load_catalogue(written()).sha256
    assert load_catalogue(written()).sha256 == digest
    assert load_catalogue(written(**{"crime/robbed.toml": ROBBED + "\n"})).sha256 != digest


def test_all_problems_of_all_files_are_named_at_once(written):
    folder = written(
        **{
            "crime/robbed.toml": ROBBED.replace("[1] }", "[7] }"),
            "crime/broken.toml": "id = ",
            "crime/other_name.toml": ROBBED.replace('"robbed"', '"another"'),
            "crime/unknown_field.toml": ROBBED.replace('"robbed"', '"unknown_field"')
            + "importence = 2\n",
            "crime/unknown_column.toml": ROBBED.replace('"robbed"', '"unknown_column"').replace(
                '"robbery_12m"', '"robery_12m"'
            ),
            "crime/lost.toml": ROBBED.replace('"robbed"', '"lost"').replace(
                'component = "crime"', 'component = "crimes"'
            ),
            "else/robbed.toml": ROBBED,
            "recipes/office.toml": FILES["recipes/office.toml"].replace("CITY", ""),
            "checklists/city.toml": FILES["checklists/city.toml"].replace('"city"\n', '"town"\n'),
        }
    )
    found = problems(folder)
    expected = [
        "broken.toml: cannot be read as TOML",
        "crime/other_name.toml: id must be the file's name, 'other_name'",
        "crime/unknown_field.toml: importence: Extra inputs are not permitted",
        "Indicator: 'robbed' is declared twice",
        "no variable has the column 'robery_12m'; did you mean 'robbery_12m'?",
        "indicator lost: component 'crimes' is not in framework.toml",
        "checklists/city.toml: level",
    ]
    for said in expected:
        assert any(said in problem for problem in found), (said, found)


def test_a_broken_framework_does_not_hide_other_problems(written):
    found = problems(
        written(
            **{
                "framework.toml": 'title = "T"\ncomponents = 3\n',
                "crime/robbed.toml": ROBBED + "importence = 2\n",
                "codebook.toml": "[[variables",
            }
        )
    )
    said = "\n".join(found)
    assert "framework.toml: components" in said
    assert "crime/robbed.toml: importence" in said
    assert "codebook.toml: cannot be read as TOML" in said


def test_a_missing_framework_is_named(written):
    found = problems(written(**{"framework.toml": None}))
    assert any(problem.startswith("framework.toml: missing in") for problem in found)


def test_an_unknown_code_is_named_with_the_known_ones(written):
    folder = written(**{"crime/robbed.toml": ROBBED.replace("[1] }", "[1, 7] }")})
    assert only(folder) == ("indicator robbed: robbery_12m has no code 7; codes are 1, 2")


@pytest.mark.parametrize(("code", "known"), [(15, True), (97, True), (98, True), (14, False)])
def test_numbers_within_bounds_are_codes_too(written, code, known):
    text = ROBBED.replace('"robbery_12m", is_in = [1]', f'"age", is_in = [{code}]')
    folder = written(**{"crime/robbed.toml": text})
    if known:
        assert load_catalogue(folder).indicators
    else:
        assert "age has no code 14" in only(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["sex"]', '["sexe"]', "indicator robbed: disaggregation 'sexe' is not declared"),
        ('"objective_survey"', '"hearsay"', "crime/robbed.toml: evidence"),
        ("scores_100 = 0,", "scores_100 = 20,", "scores_0 and scores_100 must differ"),
        ("is_in = [1]", "is_in = []", "crime/robbed.toml: measure.proportion.of.is_in"),
        ("is_in = [1]", "at_leest = 1", "crime/robbed.toml: measure.proportion.of"),
        ('kind = "proportion"', 'kind = "share"', "crime/robbed.toml: measure"),
        ('title = "Robbed"', 'title.es = "Robado"', "crime/robbed.toml: title.en"),
    ],
)
def test_what_an_indicators_file_may_get_wrong(written, old, new, said):
    assert old in ROBBED
    assert said in only(written(**{"crime/robbed.toml": ROBBED.replace(old, new)}))


CHECKED = ROBBED.split("disaggregations")[0]


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ('{ kind = "checklist", checklist = "town", items = ["C1"] }', "checklist 'town' is not"),
        ('{ kind = "checklist", checklist = "city", items = ["C1", "C2"] }', "item 'C2' is not in"),
    ],
)
def test_checklists_and_their_items_must_be_declared(written, measure, said):
    text = CHECKED + f"measure = {measure}\n"
    assert said in only(written(**{"crime/robbed.toml": text}))


GAP = """
measure = { kind = "gap", disaggregation = "%s", category = "%s", minus = "%s",
            of = { column = "robbery_12m", is_in = [1] } }
""".replace("\n            ", " ")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("sexe", "man", "woman"), "disaggregation 'sexe' is not declared"),
        (("sex", "man", "wemen"), "disaggregation sex has no category 'wemen'"),
        (("sex", "men", "woman"), "disaggregation sex has no category 'men'"),
    ],
)
def test_a_gap_is_between_groups_that_are_declared(written, names, said):
    assert said in only(written(**{"crime/robbed.toml": CHECKED + GAP % names}))
    assert load_catalogue(
        written(**{"crime/robbed.toml": CHECKED + GAP % ("sex", "man", "woman")})
    ).indicators


@pytest.mark.parametrize(
    "text",
    [
        'variables = "none"\n',
        "variables = 3\n",
        '[variables]\nname = "sex"\n',
        "variables = [1, 2]\n",
        '[[variable]]\nname = "sex"\n',
    ],
)
def test_a_codebook_that_is_no_list_of_variables_is_said_to_be_none(written, text):
    found = problems(written(**{"codebook.toml": text}))
    assert any(problem.startswith("codebook.toml") for problem in found), found


def test_variables_that_do_not_hold_are_named(written):
    text = FILES["codebook.toml"] + '[[variables]]\nname = "Height"\nkind = "metres"\n'
    found = problems(written(**{"codebook.toml": text}))
    assert [problem.split(": ")[:2] for problem in found] == [
        ["codebook.toml, variables Height", "name"],
        ["codebook.toml, variables Height", "kind"],
        ["codebook.toml, variables Height", "question"],
    ]


def test_a_variable_declared_twice_is_named(written):
    text = FILES["codebook.toml"] + '[[variables]]\nname = "sex"\nkind = "code"\nquestion = "?"\n'
    assert only(written(**{"codebook.toml": text})) == "codebook.toml: 'sex' is declared twice"


def test_groups_are_by_categories_or_by_a_column(written):
    text = '[[disaggregations]]\nid = "sex"\ntitle = "Sex"\n'
    found = only(written(**{"disaggregations.toml": text}))
    assert found == "disaggregation sex: give either categories or column"


def test_a_component_needs_its_parent(written):
    text = FILES["framework.toml"] + 'parent = "overall"\n'
    said = only(written(**{"framework.toml": text}))
    assert said == "framework.toml: crime: parent 'overall' is not declared"


def test_no_folder_no_catalogue(tmp_path):
    assert "no such folder" in only(tmp_path / "nowhere")


def test_a_folder_that_looks_like_a_file_is_named(written):
    folder = written()
    (folder / "crime" / "folder.toml").mkdir()
    assert "folder.toml: cannot be read as TOML" in only(folder)


def test_a_file_that_is_not_text_is_named(written):
    folder = written()
    (folder / "crime" / "robbed.toml").write_bytes(b"id = '\xff'")
    assert "robbed.toml: cannot be read as TOML" in only(folder)


def test_an_empty_file_declares_nothing_and_is_named(written):
    assert only(written(**{"crime/empty.toml": "# to do\n"})) == (
        "crime/empty.toml: declares nothing"
    )


def test_a_recipe_brings_its_own_variables_groups_and_definitions(written):
    plain = load_catalogue(written())
    recipe, extended = load_recipe("office", plain)
    assert recipe.id == "office"
    assert "crime_code" in extended.columns
    assert "state" in extended.disaggregations
    assert list(extended.indicators) == ["robbed", "crimes"]
    assert extended.domain_of("crimes") is None
    assert list(plain.indicators) == ["robbed"]
    assert "crime_code" not in plain.columns


def test_what_a_recipe_brings_must_hold_too(written):
    folder = written(
        **{
            "published/office/crimes.toml": FILES["published/office/crimes.toml"].replace(
                "crime_code", "crime_kode"
            )
        }
    )
    plain = load_catalogue(folder)
    with pytest.raises(CatalogueError, match="'crime_kode'; did you mean 'crime_code'"):
        load_recipe("office", plain)


def test_a_recipe_that_brings_what_is_not_there(written):
    text = FILES["recipes/office.toml"].replace('indicators = "office"', 'indicators = "bureau"')
    plain = load_catalogue(written(**{"recipes/office.toml": text}))
    with pytest.raises(CatalogueError, match="'bureau' is no folder of published"):
        load_recipe("office", plain)


def test_an_unknown_recipe_is_answered_with_the_known_ones(written):
    with pytest.raises(CatalogueError, match=r"'offise': not known; known are office, or give a"):
        load_recipe("offise", load_catalogue(written()))


def test_a_recipe_may_be_a_file_of_ones_own(written, tmp_path):
    plain = load_catalogue(written(**{"recipes/office.toml": None}))
    own = tmp_path / "my recipe.toml"
    own.write_text(FILES["recipes/office.toml"])
    recipe, extended = load_recipe(str(own), plain)
    assert recipe.id == "office"
    assert "crimes" in extended.indicators


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read as TOML"),
        ("", "mine.toml: declares nothing"),
        ("id = 3", "title: Field required"),
    ],
)
def test_a_recipe_file_that_does_not_hold_is_named(written, tmp_path, text, said):
    own = tmp_path / "mine.recipe"
    own = own.with_suffix(".toml") if text is None else tmp_path / "recipes" / "mine.toml"
    plain = load_catalogue(written())
    if text is not None:
        own.write_text(text)
    with pytest.raises(CatalogueError, match=said):
        load_recipe(str(own), plain)
