"""Rewrites source of core's files into standalone code: settings become fixed, progress reports are removed."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from core.catalog import parsed
from core.export.pieces import first_line

LEFT_OUT = ("config", "report", "_report")  # parameters that a program with fixed settings does not need
NOTE = re.compile(r" *# (?:noqa|type:).*")  # comments for tools
TEXTBOOK = re.compile(r"^( *\w+ = ).*  # textbook: (.+)$", re.MULTILINE)
WORD = re.compile(r"[a-z]{2}")  # shapes such as (N, 10) need no translation
INDENT = 4

Cut = tuple[int, int, str]  # start byte, end byte, replacement
Sibling = ast.expr | ast.arg | ast.keyword


def decided(text: str, settings: object) -> str:
    """Keep only the branch taken of each `if` that depends on nothing but `config`, the settings."""
    nodes = ast.walk(parsed(text))
    found = next((node for node in nodes if isinstance(node, ast.If) and _names(node.test) == {"config"}), None)
    if found is None:
        return text
    test = compile(ast.Expression(found.test), "<settings>", "eval")
    lines = text.splitlines()
    taken = _branch(lines, found, bool(eval(test, {"config": settings})))
    return decided("\n".join([*lines[: found.lineno - 1], *taken, *lines[found.end_lineno :]]), settings)


def standing_alone(text: str) -> str:
    """Remove `config` as an argument, so that `config.depth` becomes the constant `DEPTH`, and progress reports."""
    text = TEXTBOOK.sub(r"\1\2", NOTE.sub("", text))
    source = text.encode()
    for begin, end, instead in sorted(_cuts(text), reverse=True):
        source = source[:begin] + instead.encode() + source[end:]
    return source.decode()


def without_prose(text: str) -> str:
    """Remove comments and docstrings that contain words."""
    lines = text.splitlines()
    gone = {number for node in ast.walk(parsed(text)) for number in _docstring_lines(node)}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and WORD.search(token.string):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
            gone |= {row} if not lines[row - 1] else set()
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _branch(lines: Sequence[str], node: ast.If, holds: bool) -> list[str]:
    """The lines of one branch, at the indentation of the `if`."""
    body_end, end = node.body[-1].end_lineno or 0, node.end_lineno or 0
    if holds:
        return [line[INDENT:] for line in lines[_last_line(node.test) : body_end]]
    if not node.orelse:
        return []
    if lines[node.orelse[0].lineno - 1].lstrip().startswith("elif "):
        first = node.orelse[0].lineno - 1
        return [lines[first].replace("elif ", "if ", 1), *lines[first + 1 : end]]
    start = next(row for row in range(body_end, end) if lines[row].strip() == "else:") + 1
    return [line[INDENT:] for line in lines[start:end]]


def _cuts(text: str) -> Iterator[Cut]:
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def begin(node: Sibling) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end(node: Sibling) -> int:
        return starts[_last_line(node) - 1] + (node.end_col_offset or 0)

    def among(siblings: Sequence[Sibling]) -> Iterator[Cut]:
        """Remove each omitted argument together with its comma."""
        any_before = False
        for i, each in enumerate(siblings):
            if not _is_left_out(each):
                any_before = True
            elif any_before:
                yield end(siblings[i - 1]), end(each), ""
            else:
                yield begin(each), begin(siblings[i + 1]) if i + 1 < len(siblings) else end(each), ""

    for node in ast.walk(parsed(text)):
        if isinstance(node, ast.Attribute) and _is_left_out(node.value):
            yield begin(node), end(node), node.attr.upper()
        elif isinstance(node, ast.FunctionDef):
            yield from among(node.args.args)
        elif isinstance(node, ast.Call):
            yield from among([*node.args, *node.keywords])
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _is_left_out(node.value.func):
            yield starts[node.lineno - 1], starts[_last_line(node)], ""


def _is_left_out(node: Sibling) -> bool:
    named = node.value if isinstance(node, ast.keyword) else node
    name = named.id if isinstance(named, ast.Name) else named.arg if isinstance(named, ast.arg) else None
    return name in LEFT_OUT


def _docstring_lines(node: ast.AST) -> range:
    """The lines of a docstring with words and the blank lines below it; none if it is the whole body."""
    if not isinstance(node, ast.ClassDef | ast.FunctionDef) or len(node.body) < 2:
        return range(0)
    if not WORD.search(ast.get_docstring(node) or ""):
        return range(0)
    return range(node.body[0].lineno, first_line(node.body[1]))


def _last_line(node: ast.expr | ast.arg | ast.keyword | ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _names(node: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
