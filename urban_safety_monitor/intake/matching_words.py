"""How near the words of a column are to those of a question: its name, its title, its hints.

Words are compared without capitals, accents, signs, names of groups and numbers of questions, so
that "P4.1 ¿Qué tan segura…?" and "vida/safe_night" are read as they are meant.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from math import log, sqrt

from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.intake.exports import GROUPS
from urban_safety_monitor.intake.messages import LANGUAGES

NUMBERED = re.compile(r"^\W*(?:[A-Za-z]{0,3}\d+[A-Za-z]?(?:[._-]\d+)*)[\s.:)_-]+(?=\D)")
REPEATED = re.compile(r"[._]\d{1,2}$")
REMARK, ASIDE = re.compile(r"\[[^\]]*\]"), re.compile(r"\([^)]*\)")
HINT = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|\b[A-Z]{4,}\b")
SHORTEST_CUT = 25
"""A text cut off sooner says too little to be told from others that begin like it."""
REMEMBERED = 1024
"""Names and questions whose words are kept at hand; no answers are among them."""
CUT_TOGETHER = 3
"""So many texts end at the same letter only where a program cut them."""
ALIKE = 0.75
"""From here on two names are taken for spellings of one another."""

USUAL = {
    "area": "city ciudad municipio municipality cve_mun",
    "period": "round ronda wave trimestre quarter periodo",
    "interview_date": "fecha date fecha_entrevista",
    "district": "distrito district ward delegacion alcaldia",
    "stratum": "estrato strata strat",
    "psu": "upm conglomerado cluster segmento ea",
    "household": "hogar household id_hogar hhid folio_hogar",
    "person": "persona respondent id_persona folio pid",
    "weight_person": "ponderador factor factor_persona peso weight wgt fexp factor_expansion",
    "weight_household": "factor_hogar fac_hog ponderador_hogar hhweight weight_household",
    "urban_rural": "ambito area rururb urbano_rural",
    "sex": "sexo gender genero",
    "age": "edad years",
    "mode": "modalidad",
    "interviewer_sex": "sexo_entrevistador sexo_encuestador",
    "tenure": "tenencia",
    "income_group": "ingreso income",
}
"""By canonical column, the names survey offices often give it: a reason to suggest, no more."""


def folded(text: str) -> str:
    """The text's words in small letters without accents or signs, one blank between them."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain))


def squeezed(name: str) -> str:
    """A name without anything between its words: SafeNight, safe-night and SAFE_NIGHT are one."""
    return folded(name).replace(" ", "")


def last_part(name: str) -> str:
    """A name without the groups before it, as KoboToolbox and ODK write them."""
    return GROUPS.split(name)[-1]


def phrasings(question: str) -> Iterator[str]:
    """A question's words, also without remarks for the interviewer and asides in brackets."""
    for text in (question, REMARK.sub("", question), ASIDE.sub("", REMARK.sub("", question))):
        yield folded(text)


def readings(text: str) -> list[str]:
    """What a column's text may say: behind names of groups, without numbers around it."""
    ends = [text, *(text[m.end() :] for m in re.finditer("/", text))]
    bare = [REPEATED.sub("", NUMBERED.sub("", end)) for end in ends]
    return list(dict.fromkeys(words for words in map(folded, [*ends, *bare]) if words))


class Wording:
    """The words of all questions, to find which of them a column's words belong to."""

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        """Take down names, phrasings and hints of the variables, by their question's name."""
        self.names = {squeezed(name): name for name in variables}
        self.spelled = {
            name: SequenceMatcher(b=squeezed(name), autojunk=False) for name in variables
        }
        self.whole: dict[str, set[str]] = {}
        self.texts: dict[str, list[frozenset[str]]] = {}
        self.hints: dict[str, set[str]] = {}
        for name, variable in variables.items():
            asked = [variable.question.in_language(language) for language in LANGUAGES]
            for phrasing in {words for text in asked for words in phrasings(text)}:
                self.whole.setdefault(phrasing, set()).add(name)
            self.texts[name] = [_words(REMARK.sub("", text)) for text in asked]
            usual = USUAL.get(variable.canonical, "").split()
            found = {*HINT.findall(variable.mapping), *usual, variable.canonical} - {name}
            self.hints[name] = {squeezed(hint) for hint in found}
        self.rarity = _rarity([words for pair in self.texts.values() for words in pair])
        self.rarest = max(self.rarity.values(), default=1.0)

    def asked_by(self, text: str) -> set[str]:
        """Questions whose words these are, all of them."""
        return set().union(*(self.whole.get(words, set()) for words in readings(text)))

    def begun_by(self, text: str) -> set[str]:
        """Questions that begin with these words, the last of which may be cut off."""
        return {
            name
            for words in readings(text)
            if len(words) >= SHORTEST_CUT
            for whole, names in self.whole.items()
            if whole.startswith(words) and whole != words
            for name in names
        }

    def hinted(self, name: str, question: str) -> bool:
        """Whether survey offices are known to call the question so."""
        return not self.hints[question].isdisjoint(_spellings(name))

    def spelling(self, name: str, question: str) -> float:
        """0 to 1: how alike two names are; 0 below `ALIKE`."""
        return max(_ratio(self.spelled[question], given) for given in _spellings(name))

    def meaning(self, text: str, question: str) -> float:
        """0 to 1: the share of rare words that a text and a question have in common."""
        given, named = _words(text), _words(question)
        return max(self._common(given, words) for words in (*self.texts[question], named))

    def _common(self, one: frozenset[str], other: frozenset[str]) -> float:
        if one.isdisjoint(other):
            return 0.0
        shared, first, second = map(self._size, (one & other, one, other))
        return shared / sqrt(first * second)

    def _size(self, words: frozenset[str]) -> float:
        return sum(self.rarity.get(word, self.rarest) ** 2 for word in words)


def cut_texts(texts: Iterable[str]) -> set[str]:
    """Texts that a program cut off: as long as the longest, where some are exactly that.

    Numbers that tell equal texts apart do not count; a blank at the cut may be lost.
    """
    bare = {text: len(REPEATED.sub("", text)) for text in texts}
    longest = max(bare.values(), default=0)
    if sum(length == longest for length in bare.values()) < CUT_TOGETHER:
        return set()
    return {text for text, length in bare.items() if length >= longest - 1}


def _ratio(ours: SequenceMatcher[str], given: str) -> float:
    ours.set_seq1(given)
    if min(ours.real_quick_ratio(), ours.quick_ratio()) < ALIKE:
        return 0.0
    ratio = ours.ratio()
    return ratio if ratio >= ALIKE else 0.0


@lru_cache(REMEMBERED)
def _spellings(name: str) -> frozenset[str]:
    return frozenset((squeezed(name), squeezed(last_part(name))))


@lru_cache(REMEMBERED)
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in folded(text).split() if len(word) > 1)


def _rarity(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weight of each word: the fewer questions have it, the more it says."""
    found = Counter(word for words in texts for word in words)
    return {word: log(1 + len(texts) / times) for word, times in found.items()}
