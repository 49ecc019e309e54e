"""An indicator: what is measured, for whom, on which scale, with which source."""

from datetime import date
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.measures import Measure, SurveyMeasure

IDENTIFIER = r"^[a-z][a-z0-9_]*$"


class Text(BaseModel):
    """A text in one or more languages; English is always there."""

    model_config = ConfigDict(frozen=True, extra="allow")

    en: str

    @model_validator(mode="before")
    @classmethod
    def _plain_text_is_english(cls, given: Any) -> Any:
        return {"en": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _only_texts(self) -> Self:
        for language, words in (self.model_extra or {}).items():
            if len(language) not in (2, 3) or not isinstance(words, str):
                raise ValueError(f"{language!r} is not a language code with a text")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A plain text stands for an English one."""
        return {"anyOf": [{"type": "string"}, handler.resolve_ref_schema(handler(core))]}

    def in_language(self, language: str) -> str:
        """The text in this language, else in English."""
        return str((self.model_extra or {}).get(language, self.en))


class Status(StrEnum):
    """Whether an indicator is scored, and with how much importance."""

    CORE = "core"
    EXTENDED = "extended"
    CONTEXT = "context"


class Evidence(StrEnum):
    """The class of evidence an indicator rests on; classes are always shown apart."""

    OBJECTIVE_SURVEY = "objective_survey"
    SUBJECTIVE_SURVEY = "subjective_survey"
    ADMINISTRATIVE = "administrative"
    POLICY = "policy"


class Theme(StrEnum):
    """Themes of UN-Habitat's Urban Safety Monitor."""

    CRIME = "crime"
    COMMUNITY = "community"
    LOCAL_GOVERNANCE = "local_governance"


class Goalposts(Declaration):
    """The values that score 0 and 100 (OECD/JRC handbook: min-max with fixed goalposts).

    Their order carries the direction. "min" and "max" stand for the smallest and largest value
    observed among the areas compared: an index of that kind moves when another area joins.
    """

    scores_0: float | Literal["min", "max"]
    scores_100: float | Literal["min", "max"]
    scale: Literal["linear", "log"] = "linear"
    reason: Text
    provisional: bool = False

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.scores_0 == self.scores_100:
            raise ValueError("scores_0 and scores_100 must differ")
        for post in (self.scores_0, self.scores_100):
            if self.scale == "log" and (isinstance(post, str) or post <= 0):
                raise ValueError("a log scale needs goalposts above 0")
        return self

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value scores higher."""
        match self.scores_0, self.scores_100:
            case "min", _:
                return True
            case _, "min":
                return False
            case "max", _:
                return False
            case _, "max":
                return True
            case bad, good:
                return float(good) > float(bad)


class Reference(Declaration):
    """A source of the definition, with the codes other frameworks know it by."""

    title: str
    sdg: str | None = None
    iccs: str | None = None
    url: str | None = None


class Example(Declaration):
    """A worked case: a few records with the value and standard error computed by hand."""

    name: str
    working: str = ""
    rows: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=12)
    value: float | None
    standard_error: float | None = None


class Indicator(Declaration):
    """One file of the catalogue.

    `margin` is the largest difference that does not matter, in the unit of measure: values shown
    to be nearer than that are the same, which a difference that is not clear does not show.
    """

    id: str = Field(pattern=IDENTIFIER)
    title: Text
    component: str
    status: Status = Status.CORE
    evidence: Evidence
    theme: Theme | None = None
    unit_of_measure: Text
    definition: Text
    statement: Text | None = None
    measure: Measure
    goalposts: Goalposts | None = None
    margin: float | None = Field(default=None, gt=0)
    disaggregations: tuple[str, ...] = ()
    sensitive: bool = False
    missing_rule: Text | None = None
    frameworks: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: Text | None = None
    version: int = 1
    since: date | None = None
    supersedes: str | None = None
    examples: tuple[Example, ...] = ()

    @field_validator("statement")
    @classmethod
    def _names_the_value(cls, statement: Text | None) -> Text | None:
        for words in statement.model_dump().values() if statement else ():
            if "{value}" not in words:
                raise ValueError("a statement has {value} where the figure goes")
        return statement

    @model_validator(mode="after")
    def _context_is_not_scored(self) -> Self:
        if self.status is Status.CONTEXT and self.goalposts:
            raise ValueError("a context indicator is shown, never scored: it has no goalposts")
        return self

    @property
    def scored(self) -> bool:
        """Whether the indicator enters a score."""
        return self.goalposts is not None

    @property
    def from_survey(self) -> bool:
        """Whether the indicator is estimated from persons' records."""
        return isinstance(self.measure, SurveyMeasure)

    @property
    def survey_measure(self) -> SurveyMeasure:
        """The measure of an indicator that is estimated from persons' records."""
        assert isinstance(self.measure, SurveyMeasure), f"{self.id} is not from a survey"
        return self.measure
