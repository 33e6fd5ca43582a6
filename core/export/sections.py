"""A learner's program as sections of prose and code, made from `data/export/program.py` and the settings of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import SimpleNamespace

from core.catalog import is_own
from core.config import RunConfig
from core.content.words import Words
from core.export.chosen import module_of, official_name
from core.export.comments import worded
from core.export.pieces import Piece, import_lines, laid_out, looks_ahead, pieces_of
from core.export.prose import prose_of
from core.export.quotes import Quotes
from core.export.rewriting import decided, standing_alone
from core.settings import PROJECT
from core.training.schedule import Change

TEMPLATE = PROJECT / "data" / "export" / "program.py"
SECTION = re.compile(r"^# %% (\w+)\n", re.MULTILINE)
WORDED = ("as_floats", "augmented", "resize")  # functions of core that get a translated comment


@dataclass(frozen=True)
class Section:
    """`name` is that in the template, or `libraries` or `settings`; prose is a list of paragraphs."""

    name: str
    title: str
    prose: tuple[str, ...]
    code: str


def sections_of(config: RunConfig, changes: Sequence[Change], language: str) -> list[Section]:
    """The program of a run with these changes on the way, in order."""
    say = Words(language)
    settings = SimpleNamespace(
        **config.model_dump(),
        official=official_name(config),
        num_classes=config.num_classes,
        own=is_own(config.dataset),
        rate_changes=tuple((step, value) for step, field, value in changes if field == "learning_rate"),
    )
    quote = Quotes(language, settings, WORDED)
    codes = {name: worded(laid_out(pieces), say) for name, pieces in _filled(config, settings, quote)}
    codes = {"settings": constants(settings, "\n".join(codes.values()), say), **codes}
    codes = {"libraries": _libraries(quote, codes), **codes}
    return [
        Section(name, say(f"export.titles.{name}"), tuple(prose_of(name, config, quote, say)), code)
        for name, code in codes.items()
    ]


def _filled(config: RunConfig, settings: SimpleNamespace, quote: Quotes) -> Iterator[tuple[str, list[Piece]]]:
    """The template's sections with what they need from core's files."""
    head, *parts = SECTION.split(standing_alone(decided(_template(), settings)).replace("OFFICIAL", settings.official))
    imports = pieces_of(head)
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        pieces = pieces_of(text)
        yield name, [*_chosen(name, config, settings, quote), *quote.needs(imports, pieces), *pieces]


def _chosen(section: str, config: RunConfig, settings: SimpleNamespace, quote: Quotes) -> list[Piece]:
    """What the files of the data set, the model and the optimizer contribute."""
    if section == "network":
        return network_pieces(config, quote)
    if section == "optimizer":
        return _renamed(quote(module_of(config, "optimizer"), "build"), "build_optimizer")
    if section == "data" and not settings.official and not settings.own:
        return quote(module_of(config, "dataset"), "load")
    return []


def network_pieces(config: RunConfig, quote: Quotes) -> list[Piece]:
    """The network's classes, and `build_model()`."""
    return _renamed(quote(module_of(config, "model"), "build"), "build_model")


def _renamed(pieces: list[Piece], name: str) -> list[Piece]:
    return [
        replace(piece, text=piece.text.replace("def build(", f"def {name}(", 1)) if piece.gives == ("build",) else piece
        for piece in pieces
    ]


def constants(settings: SimpleNamespace, code: str, say: Words) -> str:
    """Constants for the settings that the code reads."""
    used = set(re.findall(r"\b[A-Z_]+\b", code))
    comments = say.by_prefix("export.settings")
    return "\n".join(
        f"{name.upper()} = {value!r}" + (f"  # {comments[name]}" if name in comments else "")
        for name, value in vars(settings).items()
        if name.upper() in used
    )


def _libraries(quote: Quotes, codes: dict[str, str]) -> str:
    code = "\n".join(codes.values())
    future = ["from __future__ import annotations"] if looks_ahead(code) else []
    return "\n\n".join([*future, import_lines(quote.imports)])


@cache
def _template() -> str:
    return TEMPLATE.read_text(encoding="utf-8")
