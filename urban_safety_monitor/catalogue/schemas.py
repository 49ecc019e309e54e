"""JSON Schemas of the catalogue's files, so that an editor completes and checks them.

`python -m urban_safety_monitor.catalogue.schemas` rewrites `indicators/schemas/`.
"""

import json
from pathlib import Path

from pydantic import BaseModel, create_model

from urban_safety_monitor.catalogue.checklist import ChecklistForm
from urban_safety_monitor.catalogue.codebook import Disaggregation, Variable
from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.framework import Framework
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.catalogue.recipe import Recipe

FILES: dict[str, type[BaseModel]] = {
    "checklist": ChecklistForm,
    "codebook": create_model("Codebook", __base__=Declaration, variables=tuple[Variable, ...]),
    "disaggregations": create_model(
        "Disaggregations", __base__=Declaration, disaggregations=tuple[Disaggregation, ...]
    ),
    "framework": Framework,
    "indicator": Indicator,
    "recipe": Recipe,
}


def schema_texts() -> dict[str, str]:
    """The schema of each kind of file, as the text of its JSON file."""
    return {
        f"{name}.json": json.dumps(model.model_json_schema(), indent=1, ensure_ascii=False) + "\n"
        for name, model in FILES.items()
    }


if __name__ == "__main__":
    folder: Path = shipped("indicators") / "schemas"
    folder.mkdir(exist_ok=True)
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")
