"""Pieces of core's files are quoted as standalone code, and texts are wrapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import RunConfig
from core.content.plain import columns
from core.export import quotes
from core.export.comments import wrapped
from core.export.pieces import looks_ahead
from core.export.quotes import Quotes
from core.export.rewriting import decided, standing_alone, without_prose

# A model with everything that a file of core/models may contain.
HELPER = '''"""Shared."""

from typing import TYPE_CHECKING

import torch.nn as nn

from core.models import WIDTH

if TYPE_CHECKING:
    from torch import Tensor

UNUSED = 1


# Above.
class Block(nn.Module):  # noqa: N801
    """A block: (N, 10)."""

    def forward(self, x: Tensor) -> Tensor:
        return x * WIDTH  # wide
'''
MODEL = '''"""A model."""

from core.config import RunConfig
from core.models.helper import Block

SPEC = {"uses": ["depth"]}


def _blocks(config: RunConfig, width: int) -> list[Block]:
    if config.depth > 3:
        # Deep.
        return [Block()] * config.depth
    elif config.depth > 2:
        return [Block()]
    else:
        return []


def build(config: RunConfig) -> list[Block]:
    return _blocks(config, width=len("层")) or _blocks(config=config, width=2)
'''


@pytest.fixture
def a_model_of_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "core" / "models"
    folder.mkdir(parents=True)
    for name, text in {"__init__": "WIDTH = 2\n", "helper": HELPER, "both": MODEL}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(quotes, "PROJECT", tmp_path)
    for cached in (quotes.read_pieces, quotes._source):
        cached.cache_clear()
    yield
    for cached in (quotes.read_pieces, quotes._source):
        cached.cache_clear()


@pytest.mark.usefixtures("a_model_of_two_files")
def test_a_model_brings_its_helpers_along() -> None:
    quote = Quotes("en", RunConfig(depth=4), ["Block"])
    told = [piece.text for piece in quote("core.models.both", "build")]
    assert told == [
        "WIDTH = 2",
        HELPER[HELPER.index("# Above.") :]
        .strip()
        .replace("# Above.", "# @Block\n# Above.")
        .replace("  # noqa: N801", ""),
        "def _blocks(width: int) -> list[Block]:\n    # Deep.\n    return [Block()] * DEPTH",
        'def build() -> list[Block]:\n    return _blocks(width=len("层")) or _blocks(width=2)',
    ]
    assert {(each.module, each.part, each.alias) for each in quote.imports} == {
        ("torch", "Tensor", ""),
        ("torch.nn", "", "nn"),
    }
    assert quote("core.models.helper", "Block") == []  # it stands there already
    assert quote.docstring("core.models.both") == "A model."


@pytest.mark.usefixtures("a_model_of_two_files")
def test_in_another_language_no_english_words_are_quoted() -> None:
    quote = Quotes("zh", RunConfig(depth=3), [])
    told = "\n".join(piece.text for piece in quote("core.models.both", "build"))
    assert "#" not in told
    assert '"""' not in told
    assert "return [Block()]\n" in told
    assert quote.docstring("core.models.both") == ""


@pytest.mark.parametrize(("depth", "body"), [(4, "    a = 1\n    b = 2"), (3, "    c = 3"), (2, "    d = 4")])
def test_an_if_about_settings_is_decided(depth: int, body: str) -> None:
    text = "def f(x):\n    if config.depth > 3:\n        a = 1\n        b = 2\n    elif config.depth == 3:\n"
    text += "        c = 3\n    else:\n        d = 4\n    if x and config.depth:\n        e = 5"
    assert decided(text, RunConfig(depth=depth)) == f"def f(x):\n{body}\n    if x and config.depth:\n        e = 5"


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("f(config)", "f()"),
        ("f(a, config, b)", "f(a, b)"),
        ("f(config, a)", "f(a)"),
        ("f(config, report)", "f()"),
        ("f(a=config.depth, c=config)", "f(a=DEPTH)"),
        ("def f(config: RunConfig) -> int:\n    report(0.5)\n    return 1", "def f() -> int:\n    return 1"),
        ("def f(a: int, _report: Progress):\n    return a", "def f(a: int):\n    return a"),
        ("x = a(b)  # textbook: b(a)", "x = b(a)"),
        ("x = '÷' * config.seed  # type: ignore[misc]", "x = '÷' * SEED"),
    ],
)
def test_source_stands_alone(text: str, alone: str) -> None:
    assert standing_alone(text) == alone


@pytest.mark.parametrize(
    ("source", "ahead"),
    [
        ("class A:\n    def f(self) -> A: ...", True),
        ("def f(x: list[A]): ...\nclass A: ...", True),
        ("class A: ...\ndef f() -> A: ...", False),
    ],
)
def test_annotations_may_look_ahead(source: str, ahead: bool) -> None:
    assert looks_ahead(source) == ahead


def test_prose_goes_and_shapes_stay() -> None:
    text = 'class A:\n    """Words.\n\n    More.\n    """\n\n    x = "# no comment"  # (N, 10)\n    y = 1  # words\n'
    assert without_prose(text) == 'class A:\n    x = "# no comment"  # (N, 10)\n    y = 1'


@pytest.mark.parametrize(
    "text", ["学习率，" * 40, "a few plain words " * 20, "用`pip install torch`安装（一次），" * 9]
)
def test_texts_are_wrapped(text: str) -> None:
    lines = wrapped(text, 40)
    assert max(map(columns, lines)) <= 40
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in "，。）" or line[-1] == "（"]
