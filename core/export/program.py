"""The exact program of a run's settings, as a script or a notebook that runs without TrendLab."""

from __future__ import annotations

import json
from collections.abc import Sequence

from core.config import RunConfig
from core.content.words import DEFAULT_LANGUAGE, Words
from core.export.comments import comment
from core.export.prose import introduction, title_of
from core.export.sections import sections_of
from core.training.schedule import Change


def script(config: RunConfig, changes: Sequence[Change] = (), lang: str = DEFAULT_LANGUAGE) -> str:
    """Python source. Editors that support `# %%` run it section by section."""
    say = Words(lang)
    parts = [f"{comment(title_of(config, say))}\n#\n{comment(introduction(say))}"]
    for number, section in enumerate(sections_of(config, changes, lang), 1):
        prose = "\n#\n".join(comment(paragraph) for paragraph in section.prose)
        parts.append(f"# %% {number}. {section.title}\n{prose}\n\n{section.code}")
    return "\n\n\n".join(parts) + "\n"


def notebook(config: RunConfig, changes: Sequence[Change] = (), lang: str = DEFAULT_LANGUAGE) -> str:
    """The same sections as nbformat 4.5 JSON, each with a text cell and a code cell."""
    say = Words(lang)
    cells = [_cell("title", f"# {title_of(config, say)}\n\n{introduction(say)}")]
    for number, section in enumerate(sections_of(config, changes, lang), 1):
        prose = "\n\n".join(section.prose)
        cells.append(_cell(f"{section.name}-prose", f"## {number}. {section.title}\n\n{prose}"))
        cells.append(_cell(section.name, section.code) | {"cell_type": "code", "execution_count": None, "outputs": []})
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _cell(name: str, text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
