"""Words for what the tables hold as keys, in each language the program speaks.

English is the source; `locale/<language>/*.po` holds the translations and is read as it stands,
so no step turns it into a binary file. A sentence is always a whole template of its language.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from urban_safety_monitor.errors import DataError

LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "locale"

LOCALES = {
    "en": Locale("en", "GB"),
    "es": Locale("es", "MX"),
    "fr": Locale("fr", "FR"),
    "pt": Locale("pt", "BR"),
    "ar": Locale("ar"),
}
"""Spanish is Mexico's: a decimal point, and a comma between thousands."""

SOURCE = "en"

Translator = gettext.NullTranslations


def message(text: str) -> str:
    """Mark a text as one to translate where it is only looked up later."""
    return text


def locale_of(language: str) -> Locale:
    """CLDR's rules for a language.

    Raises:
        DataError: the program does not speak the language.
    """
    if language not in LOCALES:
        raise DataError(f"language {language!r}: known are {', '.join(LOCALES)}")
    return LOCALES[language]


@cache
def translator(language: str) -> Translator:
    """The translations of a language, with `gettext` and `ngettext`.

    Raises:
        DataError: the program does not speak the language.
    """
    compiled = BytesIO()
    write_mo(compiled, _catalogue_of(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def completeness(language: str) -> float:
    """The share of texts a language has; what it lacks is shown in English.

    The texts are those of the fullest translation: a test holds it against the program itself.
    """
    if language == SOURCE:
        return 1.0
    everything = max((_texts_of(name) for name in LOCALES if name != SOURCE), key=len)
    return len(_texts_of(language) & everything) / len(everything)


def own_name(language: str) -> str:
    """What a language calls itself."""
    name = LOCALES[language].language_name or language
    return name[:1].upper() + name[1:]


def direction(language: str) -> str:
    """Which way a language is written: ltr or rtl."""
    return str(LOCALES[language].text_direction)


def _catalogue_of(language: str) -> Catalog:
    locale = locale_of(language)
    merged = Catalog(locale=locale)
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=locale):
                merged[entry.id] = entry
    return merged


@cache
def _texts_of(language: str) -> frozenset[str]:
    """The first form of each text that is translated."""
    return frozenset(
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in _catalogue_of(language)
        if entry.id and entry.string
    )


SYMBOLS = {
    "better": "▲",
    "worse": "▼",
    "similar": "●",
    "higher": "◆",
    "lower": "◇",
}

STATUS_WORDS = {
    "better": message("Better"),
    "worse": message("Worse"),
    "similar": message("Similar"),
    "higher": message("Higher"),
    "lower": message("Lower"),
    "not_comparable": message("Not comparable"),
    "no_status": message("No comparison"),
}

NO_STATUS_WORDS = {
    "withheld": message("Withheld"),
    "not_collected": message("Not collected"),
    "low_reliability": message("Too uncertain"),
}

FLAG_OF_STATUS = {"p": "p", "r": "r", "b": "b", "d": "d", "u": "u", "x": "x", "m": "z"}
"""The letter shown for an `obs_status`; Eurostat writes m for what cannot exist, readers see z."""

FLAG_OF_REASON = {
    "withheld": "c",
    "not_collected": "x",
    "low_reliability": "u",
    "definition_differs": "d",
    "series_break": "b",
}

FLAGS = {
    "p": message("provisional"),
    "r": message("corrected since first published"),
    "b": message("break: not comparable with earlier rounds"),
    "d": message("not comparable with other cities: the definition differs"),
    "u": message("low reliability"),
    "c": message("withheld to protect people"),
    "x": message("not asked or not collected"),
    "z": message("cannot exist here"),
}

REASONS = {
    "difference_clear": message("The difference is larger than chance would explain."),
    "difference_not_clear": message("The survey cannot tell this apart from the benchmark."),
    "definition_differs": message("The question or the definition differs."),
    "series_break": message("The method changed since the last round."),
    "low_reliability": message("Too uncertain to compare."),
    "withheld": message("Withheld to protect people: too few answers."),
    "not_collected": message("Not asked or not collected in this round."),
    "too_few_areas": message("Too few cities can be compared."),
    "no_earlier_round": message("There is no earlier round to compare with."),
    "no_target": message("No target has been set."),
    "context": message("Shown for context: more is neither better nor worse."),
}

BENCHMARKS = {
    "country_median": message("the country median"),
    "peers": message("the median of similar cities"),
    "previous": message("the last round"),
    "target": message("the target"),
    "rest": message("the rest of the city"),
}

MODES = {
    "face_to_face": message("face to face"),
    "telephone": message("by telephone"),
    "web": message("on the web"),
}

EVIDENCE = {
    "objective_survey": message("What people experienced (survey)"),
    "subjective_survey": message("What people feel and think (survey)"),
    "administrative": message("What authorities recorded"),
    "policy": message("What the city has put in place"),
}

ROLES = {
    "core": message("core"),
    "extended": message("extended"),
    "context": message("context, not scored"),
}

CONTEXT = {
    "population": message("{value} residents"),
    "population_density": message("{value} residents per square kilometre"),
    "informal_housing": message("{value}% of households in informal housing"),
}


def worded(table: Mapping[str, str], key: str, language: str) -> str:
    """The words for a key in a language; the key itself where none are known."""
    return translator(language).gettext(table[key]) if key in table else key


def demonstration_text(demonstration: bool, language: str) -> str:
    """The mark every page, picture and file carries that shows demonstration data."""
    if not demonstration:
        return ""
    return translator(language).gettext("Demonstration data, not a description of any real city")
