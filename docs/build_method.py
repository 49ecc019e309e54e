"""Write the pages of docs/method/ that come from the catalogue and from the kernels.

    python docs/build_method.py

One page for each domain says what every indicator measures, among whom, by which formula, with
which goalposts and references, and shows its worked examples. One page names every kernel of
`urban_safety_monitor.statistics` with its formula and source, as the code itself says them.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from urban_safety_monitor.catalogue import Catalogue, load_catalogue  # noqa: E402
from urban_safety_monitor.catalogue import conditions as c  # noqa: E402
from urban_safety_monitor.catalogue import measures as m  # noqa: E402
from urban_safety_monitor.catalogue.codebook import Variable  # noqa: E402
from urban_safety_monitor.catalogue.framework import Component  # noqa: E402
from urban_safety_monitor.catalogue.indicator import Example, Goalposts, Indicator  # noqa: E402

FOLDER = ROOT / "docs" / "method"
MADE = (
    "<!-- Made by docs/build_method.py: change the declaration or the docstring, not this page. -->"
)
SECTIONS = ("Args:", "Returns:", "Attributes:", "Raises:", "Yields:")


def pages() -> dict[Path, str]:
    """Every generated page: its path below docs/method/, and its text."""
    catalogue = load_catalogue()
    domains = [one for one in catalogue.components.values() if one.level == "domain"]
    made = {Path("indicators") / f"{d.id}.md": domain_page(catalogue, d) for d in domains}
    return made | {Path("kernels.md"): kernels_page()}


def page(parts: Iterable[str]) -> str:
    """Paragraphs under each other."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


# Indicators


def domain_page(catalogue: Catalogue, domain: Component) -> str:
    """All indicators of one domain."""
    indicators = [i for i in catalogue.indicators.values() if catalogue.domain_of(i.id) == domain]
    listed = [f"- [{i.title.en}](#{anchor(i.title.en)}) (`{i.id}`, {i.status})" for i in indicators]
    question = domain.question.en if domain.question else ""
    sections = [part for i in indicators for part in indicator_section(catalogue, i)]
    return page([f"# {domain.title.en}", MADE, question, "\n".join(listed), *sections])


def anchor(title: str) -> str:
    """The name a heading is linked by."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def indicator_section(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    """Definition, universe, formula, goalposts, references and worked examples."""
    yield f"## {indicator.title.en}"
    part = catalogue.components[indicator.component].title.en
    evidence = indicator.evidence.replace("_", " ")
    kept = "; sensitive" if indicator.sensitive else ""
    yield (
        f"`{indicator.id}`, version {indicator.version}, in {indicator.unit_of_measure.en}. Part "
        f"of *{part}*; {indicator.status}; {evidence}{kept}."
    )
    yield plain(indicator.definition.en)
    if indicator.missing_rule:
        yield f"**Missing answers.** {plain(indicator.missing_rule.en)}"
    yield "**Formula.**"
    yield "```text\n" + "\n".join(formula(indicator)) + "\n```"
    if indicator.from_survey:
        yield "\n".join(answers_used(catalogue, indicator))
    yield goalposts(indicator.goalposts)
    if indicator.notes:
        yield f"**Notes.** {plain(indicator.notes.en)}"
    yield "**References.**"
    yield "\n".join(references(indicator))
    for example in indicator.examples:
        yield from example_of(example)


def plain(text: str) -> str:
    """A text on one line; signs Markdown would read stand for themselves, outside code."""
    pieces = re.split(r"(`[^`]*`)", " ".join(text.split()))
    signs = r"([*<>|]|(?<!\w)_|_(?!\w))"
    return "".join(p if p.startswith("`") else re.sub(signs, r"\\\1", p) for p in pieces)


def formula(indicator: Indicator) -> Iterator[str]:
    """What is divided by what, and what its letters stand for."""
    match indicator.measure:
        case m.Proportion() | m.Gap() as share:
            value = f"{share.times:g} x sum of {share.weight} over U and A / the same over U"
            if isinstance(share, m.Gap):
                value = f"value of {share.category} less value of {share.minus} ({value})"
            yield value
            yield from where(share.among, A=condition(share.of))
        case m.Mean() as mean:
            yield f"{mean.times:g} x sum of {mean.weight} x A over U / sum of {mean.weight} over U"
            yield from where(mean.among, A=quantity(mean.of))
        case m.Total() as total:
            yield f"{total.times:g} x sum of {total.weight} x A over U"
            yield from where(total.among, A=quantity(total.of))
        case m.Ratio() as ratio:
            over = ratio.weight_of or ratio.weight
            yield (f"{ratio.times:g} x sum of {over} x A over U / sum of {ratio.weight} x B over U")
            yield from where(ratio.among, A=quantity(ratio.of), B=quantity(ratio.per))
        case m.Average() as average:
            yield f"mean of {len(average.components)} shares, each"
            yield f"{average.times:g} x sum of {average.weight} over U and A / the same over U"
            for part in average.components:
                yield from where(part.among, A=condition(part.of))
        case measure:
            yield recorded(measure)


def recorded(measure: m.Rate | m.RecordedShare | m.RecordedValue | m.Checklist) -> str:
    """The formula of what is not estimated from persons."""
    match measure:
        case m.Rate():
            counted = f"{measure.per:g} x {measure.events} / {measure.residents}"
            return f"{counted}, events as a Poisson count"
        case m.RecordedShare():
            return f"{measure.times:g} x {measure.events} / {measure.among}"
        case m.RecordedValue():
            return f"{measure.times:g} x {measure.series}, with its holder's standard error"
    return (
        f"mean of items {', '.join(measure.items)} of checklist {measure.checklist} over assessors"
    )


def where(among: Sequence[c.Declaration], **parts: str) -> Iterator[str]:
    """What the letters of a formula stand for."""
    yield f"U, the universe: {' and '.join(map(condition, among)) or 'everybody'}"
    yield from (f"{letter}, what counts: {text}" for letter, text in parts.items())


def condition(part: c.Declaration) -> str:
    """A condition as one reads it aloud."""
    match part:
        case c.IsIn():
            return f"{part.column} {codes(part.is_in)}"
        case c.Between():
            return bounded(part.column, part.at_least, part.at_most)
        case c.CountBetween():
            return bounded(count(part.count_of, part.is_in), part.at_least, part.at_most)
        case c.AllOf():
            return f"({' and '.join(map(condition, part.all_of))})"
        case c.AnyOf():
            return f"({' or '.join(map(condition, part.any_of))})"
        case c.NoneOf():
            return f"not ({' or '.join(map(condition, part.none_of))})"
    raise TypeError(f"not a condition: {part!r}")


def quantity(part: c.Declaration) -> str:
    """A number per record."""
    match part:
        case c.Value():
            return f"{part.value_of} x {part.times:g}" if part.times != 1 else part.value_of
        case c.Count():
            return count(part.number_of, part.is_in)
        case c.Share():
            above, below = count(part.share_of, part.is_in), count(part.share_of, part.out_of)
            return f"{part.times:g} x {above} / {below}"
        case c.CappedSum():
            unknown = (
                f", {codes(part.unknown)} as {part.unknown_counts_as:g}" if part.unknown else ""
            )
            return f"sum of {', '.join(part.sum_of)} (each at most {part.each_at_most:g}{unknown})"
    return f"1 if {condition(part)}, else 0"


def codes(listed: Sequence[c.Code]) -> str:
    """Equal to a code, or in a list of codes."""
    return f"= {listed[0]}" if len(listed) == 1 else f"in {{{', '.join(map(str, listed))}}}"


def count(columns: Sequence[str], listed: Sequence[c.Code]) -> str:
    """How many columns hold one of the codes."""
    return f"number of [{', '.join(columns)}] {codes(listed)}"


def bounded(number: str, low: float | None, high: float | None) -> str:
    """A number within bounds."""
    bounds = [f"{number} >= {low:g}"] if low is not None else []
    return " and ".join([*bounds, *([f"{number} <= {high:g}"] if high is not None else [])])


def answers_used(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    """The questions behind the columns, and what the codes mean that the formula names."""
    used: dict[str, set[str]] = {}
    for part in m.parts_of(indicator.survey_measure):
        for column, listed in part.codes_used():
            used.setdefault(column, set()).update(map(str, listed))
    yield "| column | question | codes |"
    yield "| --- | --- | --- |"
    for column, listed in used.items():
        variable = catalogue.columns.get(column)
        question = plain(variable.question.en) if variable else ""
        meanings = "; ".join(meaning(variable, code) for code in sorted(listed, key=len_then_text))
        yield f"| `{column}` | {question} | {meanings} |"


def len_then_text(code: str) -> tuple[int, str]:
    """Numbers in their order."""
    return len(code), code


def meaning(variable: Variable | None, code: str) -> str:
    """A code with what it means."""
    label = variable.codes.get(code) if variable else None
    return f"{code} {plain(label.en)}" if label else code


def goalposts(posts: Goalposts | None) -> str:
    """Which values score 0 and 100, and why these."""
    if posts is None:
        return "**Goalposts.** None: shown, never scored."
    scale = " on a logarithmic scale" if posts.scale == "log" else ""
    first = " These are provisional." if posts.provisional else ""
    ends = f"{post(posts.scores_0)} scores 0 and {post(posts.scores_100)} scores 100{scale}."
    return f"**Goalposts.** {ends}{first} {plain(posts.reason.en)}"


def post(value: float | str) -> str:
    """A goalpost as a number, or as what stands for it."""
    return f"The {value}imum observed" if isinstance(value, str) else f"{value:,g}"


def references(indicator: Indicator) -> Iterator[str]:
    """Sources, with the codes other frameworks know them by."""
    for reference in indicator.references:
        known = [f"SDG {reference.sdg}"] if reference.sdg else []
        known += [f"ICCS {reference.iccs}"] if reference.iccs else []
        title = plain(reference.title)
        linked = f"[{title}]({reference.url})" if reference.url else title
        yield f"- {linked} ({', '.join(known)})" if known else f"- {linked}"


def example_of(example: Example) -> Iterator[str]:
    """A worked case: its records, the working, the result."""
    yield f"**Example: {plain(example.name)}.**"
    columns = list(dict.fromkeys(name for row in example.rows for name in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[str(row.get(name, "")) for name in columns] for row in example.rows]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if example.working:
        yield "```text\n" + example.working.strip() + "\n```"
    error = example.standard_error
    shown = "no value" if example.value is None else f"value {example.value:,.10g}"
    yield f"Result: {shown}{'' if error is None else f', standard error {error:,.10g}'}."


# Kernels


def kernels_page() -> str:
    """Every module of `statistics`: what it says of itself, and its public functions."""
    parts = [
        "# Kernels",
        MADE,
        "Every formula lives in one module of `urban_safety_monitor/statistics`: arrays in, arrays "
        "out. Each names its source. What follows is what the code says of itself.",
    ]
    modules = sorted((ROOT / "urban_safety_monitor" / "statistics").glob("[!_]*.py"))
    parts.append("\n".join(f"- [{path.stem}](#{path.stem})" for path in modules))
    for path in modules:
        module = ast.parse(path.read_text(encoding="utf-8"))
        parts += [f"## {path.stem}", *told(ast.get_docstring(module) or "")]
        for node in module.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                parts += [f"### {called(node)}", *told(ast.get_docstring(node) or "")]
    return page(parts)


def called(node: ast.FunctionDef | ast.ClassDef) -> str:
    """The name with its arguments."""
    if isinstance(node, ast.ClassDef):
        return f"`{node.name}`"
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return f"`{node.name}({', '.join(argument.arg for argument in given)})`"


def told(docstring: str) -> Iterator[str]:
    """A docstring as Markdown: paragraphs, and its sections as lists."""
    for paragraph in docstring.split("\n\n"):
        first, *rest = paragraph.splitlines()
        if first in SECTIONS:
            yield f"**{first.rstrip(':')}**"
            yield "\n".join(entries(rest))
        else:
            yield plain(paragraph)


def entries(lines: Sequence[str]) -> Iterator[str]:
    """One line per argument; its further lines, which stand further in, join it."""
    entry: list[str] = []
    margin = len(lines[0]) - len(lines[0].lstrip())
    for line in lines:
        if entry and len(line) - len(line.lstrip()) == margin:
            yield "- " + plain(" ".join(entry))
            entry = []
        entry.append(line.strip())
    yield "- " + plain(" ".join(entry))


def main() -> None:
    """Write the pages; those of domains that are gone are removed."""
    made = pages()
    for old in (FOLDER / "indicators").glob("*.md"):
        if old.relative_to(FOLDER) not in made:
            old.unlink()
    for path, text in made.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8")
    print(f"Wrote {len(made)} pages to {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
