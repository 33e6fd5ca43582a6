"""The files from which the data, the network and the optimizer of a program come."""

from __future__ import annotations

import ast

from core.catalog import is_own, parsed
from core.config import NAMED_FIELDS, RunConfig
from core.export.quotes import read_pieces


def module_of(config: RunConfig, field: str) -> str:
    """The file that the setting `dataset`, `model` or `optimizer` names."""
    return f"core.{NAMED_FIELDS[field]}.{getattr(config, field)}"


def official_name(config: RunConfig) -> str:
    """The torchvision class named in the data set's `SOURCE = Source(...)`; empty if there is none."""
    if is_own(config.dataset):
        return ""
    for piece in read_pieces(module_of(config, "dataset")):
        if "SOURCE" in piece.gives:
            call = next(node for node in ast.walk(parsed(piece.text)) if isinstance(node, ast.Call))
            return str(ast.literal_eval(call.args[1]))
    return ""


def quoted_file(config: RunConfig, field: str) -> str:
    """The path of the file that the program quotes: for torchvision data sets, the one that they share."""
    shared = field == "dataset" and official_name(config)
    return ("core.datasets.torchvision_source" if shared else module_of(config, field)).replace(".", "/") + ".py"
