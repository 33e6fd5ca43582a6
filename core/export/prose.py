"""The text before the code in each section of a learner's program."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import version

from core import catalog
from core.config import NAMED_FIELDS, RunConfig
from core.content.words import Words
from core.export.chosen import module_of, quoted_file
from core.export.quotes import Quotes

AUGMENTATIONS = ("augment_crop", "augment_shift", "augment_flip")  # in the order of application
CHOSEN_IN = {"data": "dataset", "network": "model", "optimizer": "optimizer"}
# Packages whose modules have different names.
PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}


def title_of(config: RunConfig, say: Words) -> str:
    names = {
        field: say.of(catalog.spec_of(kind, getattr(config, field))["label"]) for field, kind in NAMED_FIELDS.items()
    }
    return say("export.title", **names)


def introduction(say: Words) -> str:
    return say("export.introduction", torch=version("torch"))


def prose_of(section: str, config: RunConfig, quote: Quotes, say: Words) -> Iterator[str]:
    """The paragraphs of a section."""
    if section in CHOSEN_IN:
        yield from _of_choice(CHOSEN_IN[section], config, quote, say)
    elif section == "libraries":
        yield say("export.prose.libraries", packages=" ".join(_packages(quote)))
    else:
        yield say(f"export.prose.{section}")
    if section == "epoch":
        yield from (say(f"export.prose.{field}") for field in AUGMENTATIONS if getattr(config, field))


def _of_choice(field: str, config: RunConfig, quote: Quotes, say: Words) -> Iterator[str]:
    spec = catalog.spec_of(NAMED_FIELDS[field], getattr(config, field))
    if field == "optimizer":
        yield say("export.prose.optimizer", name=say.of(spec["label"]))
    if "about" in spec:
        yield say.of(spec["about"])
    if field == "dataset" and catalog.is_own(config.dataset):
        yield say("export.own", file=f"{config.dataset}.npz")
        return
    yield from (re.sub(r"\s+", " ", text) for text in quote.docstring(module_of(config, field)).split("\n\n") if text)
    if spec.get("source"):
        yield say("export.source", url=spec["source"], licence=spec["licence"] or say("train.no_licence"))
    yield say("export.quoted", file=quoted_file(config, field))


def _packages(quote: Quotes) -> list[str]:
    roots = {each.module.split(".")[0] for each in quote.imports} - sys.stdlib_module_names
    return sorted(PACKAGES.get(root, root) for root in roots)
