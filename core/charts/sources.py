"""Where plotted rows come from."""

from __future__ import annotations

from collections.abc import Iterable

from core.facts.tables import Row

EPOCH_AI = ("Epoch AI, Data on notable AI models", "https://epoch.ai/data/notable-ai-models")  # CC BY 4.0


def sources_of(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Each row's source once, with its link, in the rows' order."""
    return list(dict.fromkeys((str(row["source"]), str(row["source_url"])) for row in rows))
