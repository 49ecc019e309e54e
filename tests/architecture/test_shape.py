"""Small modules, short functions, little nesting: the limits CONTRIBUTING.md names."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

Function = ast.FunctionDef | ast.AsyncFunctionDef
NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


@pytest.fixture(scope="module")
def sources(root: Path) -> dict[str, str]:
    """Text of every module that is not empty, by its path."""
    modules = sorted((root / "urban_safety_monitor").rglob("*.py"))
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in modules}
    return {path: text for path, text in texts.items() if text.strip()}


@pytest.fixture(scope="module")
def functions(sources: dict[str, str]) -> dict[str, Function]:
    """Every function and method, by path, line and name."""
    return {
        f"{path}:{node.lineno} {node.name}": node
        for path, text in sources.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    }


def body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def inside(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node one level further in; an `elif` stands on its `if`'s level."""
    for part in ast.iter_child_nodes(node):
        if isinstance(node, ast.If) and isinstance(part, ast.If) and node.orelse == [part]:
            yield from inside(part)
        else:
            yield part


def depth(node: ast.AST) -> int:
    """How many blocks deep the deepest statement under a node stands; inner functions apart."""
    if isinstance(node, Function | ast.ClassDef | ast.Lambda):
        return 0
    return max(map(depth, inside(node)), default=0) + isinstance(node, NESTING)


def positional(function: Function) -> int:
    named = [*function.args.posonlyargs, *function.args.args]
    return len([argument for argument in named if argument.arg not in ("self", "cls")])


def test_modules_are_small(sources: dict[str, str]) -> None:
    lengths = {path: text.count("\n") for path, text in sources.items()}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}
    assert median(lengths.values()) < 120


def test_functions_are_short(functions: dict[str, Function]) -> None:
    lengths = {where: body_lines(function) for where, function in functions.items()}
    longest = sorted(lengths.items(), key=lambda entry: -entry[1])[:10]
    assert median(lengths.values()) < 10
    assert quantiles(lengths.values(), n=20)[-1] < 30, longest


def test_functions_nest_at_most_three_deep(functions: dict[str, Function]) -> None:
    deep = {w: max(map(depth, function.body)) for w, function in functions.items()}
    assert {where: levels for where, levels in deep.items() if levels > 3} == {}


def test_functions_take_at_most_five_positional_arguments(functions: dict[str, Function]) -> None:
    taken = {where: positional(function) for where, function in functions.items()}
    assert {where: number for where, number in taken.items() if number > 5} == {}


@pytest.mark.parametrize(
    ("body", "levels"),
    [
        ("pass", 0),
        ("if a:\n  pass\nelif b:\n  pass\nelif c:\n  pass\nelse:\n  pass", 1),
        ("for a in b:\n  if a:\n    with a:\n      pass", 3),
        ("try:\n  pass\nexcept E:\n  while a:\n    pass", 2),
        ("match a:\n  case 1:\n    if a:\n      pass", 2),
        ("def inner():\n  if a:\n    pass", 0),
    ],
)
def test_depth_counts_blocks(body: str, levels: int) -> None:
    assert max(map(depth, ast.parse(body).body)) == levels
