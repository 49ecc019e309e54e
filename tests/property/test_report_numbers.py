"""Laws of written numbers: read back they are what was rounded, and zero has no sign."""

from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from urban_safety_monitor.report.numbers import MINUS, interval_text, number_text
from urban_safety_monitor.report.wording import LOCALES
from urban_safety_monitor.tables.csv_text import FORMULA_STARTS, guarded

LANGUAGES = st.sampled_from(sorted(LOCALES))
NUMBERS = st.floats(min_value=-1e7, max_value=1e7, allow_nan=False)


@given(value=NUMBERS, decimals=st.integers(0, 3), language=LANGUAGES)
def test_a_written_number_reads_back(value: float, decimals: int, language: str) -> None:
    text = number_text(value, decimals, language)
    assert float(parse_decimal(text.replace(MINUS, "-"), locale=LOCALES[language])) == round(
        value, decimals
    )


@given(value=NUMBERS, decimals=st.integers(0, 3), language=LANGUAGES)
def test_zero_has_no_sign_and_no_hyphen_stands_for_minus(
    value: float, decimals: int, language: str
) -> None:
    text = number_text(value, decimals, language)
    assert "-" not in text
    assert (MINUS in text) == (round(value, decimals) < 0)


@given(ends=st.tuples(NUMBERS, NUMBERS), decimals=st.integers(0, 3), language=LANGUAGES)
def test_an_interval_names_both_ends(
    ends: tuple[float, float], decimals: int, language: str
) -> None:
    text = interval_text(*ends, decimals, language)
    if ends[0] != ends[1]:
        # French writes thousands with a narrow blank, so only plain blanks part the words.
        assert all(number_text(end, decimals, language) in text.split(" ") for end in ends)


@given(text=st.text())
def test_a_guarded_text_never_starts_a_formula_and_loses_nothing(text: str) -> None:
    safe = str(guarded(text))
    assert not safe.startswith(FORMULA_STARTS)
    assert safe.removeprefix("'") == text or safe == text
