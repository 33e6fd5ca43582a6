"""Quotes pieces of core's files in a learner's program. Files are read, never imported, so torch is not needed.

Everything that a quoted piece needs from the same or another file of core is quoted with it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache

from core.catalog import parsed
from core.export.pieces import Import, Piece, pieces_of
from core.export.rewriting import decided, standing_alone, without_prose
from core.settings import PROJECT

CODE_LANGUAGE = "en"  # language of the comments in core's files


class Quotes:
    """Everything that one program quotes, without duplicates. `imports` are those that the quoted pieces need.

    `settings` resolve and replace `config`. Comments are kept if they are in the program's language; the names in
    `worded` get a comment `# @name` above.
    """

    def __init__(self, language: str, settings: object, worded: Collection[str]) -> None:
        self.imports: set[Import] = set()
        self._language, self._settings, self._worded = language, settings, worded
        self._quoted: set[tuple[str, str]] = set()

    def __call__(self, module: str, *names: str) -> list[Piece]:
        """These names of a module such as `core.models.mlp`, preceded by everything they need."""
        found = self._needed(module, names)
        return [*self.needs(read_pieces(module), found), *found]

    def needs(self, file: Iterable[Piece], found: Iterable[Piece]) -> list[Piece]:
        """What some pieces of a file need from core's other files. Raises ValueError if that cannot be quoted."""
        used = {name for piece in found for name in piece.names}
        ours = defaultdict[str, list[str]](list)
        for each in (each for piece in file for each in piece.imports if each.name in used):
            if each.module.split(".")[0] != "core":
                self.imports.add(each)
            elif each.part != each.name:
                raise ValueError(
                    f"{each.name} can only be quoted if it is imported from {each.module} by its own name."
                )
            else:
                ours[each.module].append(each.name)
        return [piece for module, names in ours.items() for piece in self(module, *names)]

    def docstring(self, module: str) -> str:
        """A file's docstring, if it is in the program's language."""
        return ast.get_docstring(parsed(_source(module))) or "" if self._language == CODE_LANGUAGE else ""

    def _needed(self, module: str, names: Sequence[str]) -> list[Piece]:
        """The needed pieces of a file that are not quoted yet, in its order."""
        given = {name: piece for piece in read_pieces(module) for name in piece.gives}
        found: dict[int, Piece] = {}
        open_names = list(names)
        while open_names:
            name = open_names.pop()
            if name in given and (module, name) not in self._quoted:
                self._quoted.add((module, name))
                piece = self._rewritten(given[name], f"# @{name}\n" if name in self._worded else "")
                found[piece.first_line] = piece
                open_names += piece.names
        return [found[line] for line in sorted(found)]

    def _rewritten(self, piece: Piece, heading: str) -> Piece:
        text = standing_alone(decided(piece.text, self._settings))
        return replace(piece, text=heading + (text if self._language == CODE_LANGUAGE else without_prose(text)))


@cache
def read_pieces(module: str) -> list[Piece]:
    """The statements of one of core's modules. Raises FileNotFoundError."""
    return pieces_of(_source(module))


@cache
def _source(module: str) -> str:
    path = PROJECT.joinpath(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return path.read_text(encoding="utf-8")
