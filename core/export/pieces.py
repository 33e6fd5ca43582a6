"""Splits Python source into statements with their comments, to be selected, rewritten and reassembled."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.catalog import parsed


@dataclass(frozen=True)
class Import:
    """One imported name: `from module import part` or, without `part`, `import module`."""

    name: str
    module: str
    part: str = ""  # `Tensor`, `randn as noise`
    alias: str = ""


@dataclass(frozen=True)
class Piece:
    """A top-level statement; lines count from 1. `gives` are the names that it defines."""

    text: str
    first_line: int
    last_line: int
    gives: tuple[str, ...]
    imports: tuple[Import, ...]
    is_block: bool  # a function or a class

    @property
    def names(self) -> set[str]:
        """The names that it uses or defines."""
        return {node.id for node in ast.walk(parsed(self.text)) if isinstance(node, ast.Name)}


def pieces_of(source: str) -> list[Piece]:
    """All top-level statements except the docstring."""
    lines = source.splitlines()
    return [_piece(lines, node) for node in parsed(source).body if not _is_text(node)]


def laid_out(pieces: Iterable[Piece]) -> str:
    """Two blank lines around functions and classes, at most one elsewhere."""
    text, last = "", None
    for piece in pieces:
        if last:
            apart = piece.first_line != last.last_line + 1
            text += "\n\n\n" if piece.is_block or last.is_block else "\n\n" if apart else "\n"
        text, last = text + piece.text, piece
    return text


def import_lines(imports: Iterable[Import]) -> str:
    """Import statements, the standard library first, in the usual order."""
    plain, parts = set[str](), defaultdict[str, set[str]](set)
    for each in imports:
        if each.part:
            parts[each.module].add(each.part)
        else:
            plain.add(f"{each.module} as {each.alias}" if each.alias else each.module)
    lines = [f"import {module}" for module in sorted(plain)]
    lines += [f"from {module} import {', '.join(sorted(parts[module]))}" for module in sorted(parts, key=str.lower)]
    own = [line for line in lines if _root(line) in sys.stdlib_module_names]
    groups = [own, [line for line in lines if line not in own]]
    return "\n\n".join("\n".join(group) for group in groups if group)


def first_line(node: ast.stmt) -> int:
    """The first line of a statement including its decorators, counted from 1."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def looks_ahead(source: str) -> bool:
    """Whether an annotation names a class before its definition, so that annotations must be evaluated lazily."""
    body = parsed(source).body
    classes = [node.name if isinstance(node, ast.ClassDef) else "" for node in body]
    return any(_annotations(node) & set(classes[i:]) for i, node in enumerate(body))


def _annotations(node: ast.stmt) -> set[str]:
    """The names in the annotations of all functions within."""
    functions = [each for each in ast.walk(node) if isinstance(each, ast.FunctionDef)]
    hints = [each.returns for each in functions]
    hints += [arg.annotation for each in functions for arg in ast.walk(each.args) if isinstance(arg, ast.arg)]
    return {name.id for each in hints if each for name in ast.walk(each) if isinstance(name, ast.Name)}


def _root(line: str) -> str:
    return line.split()[1].split(".")[0]


def _piece(lines: list[str], node: ast.stmt) -> Piece:
    is_block = isinstance(node, ast.FunctionDef | ast.ClassDef)
    first = first_line(node)
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    last = node.end_lineno or node.lineno
    text = "\n".join(lines[first - 1 : last])
    return Piece(text, first, last, tuple(_gives(node)), tuple(_imports(node)), is_block)


def _gives(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _imports(node: ast.stmt) -> Iterator[Import]:
    if isinstance(node, ast.If):  # for example `if TYPE_CHECKING:`
        yield from (each for within in node.body for each in _imports(within))
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield Import(alias.asname or alias.name, str(node.module), part=ast.unparse(alias))
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.asname or alias.name.split(".")[0], alias.name, alias=alias.asname or "")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
