"""Interface text: `data/i18n/<language>.toml`, and a page's own in `data/i18n/<language>/<page>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from core.content.numbers import half_up, power_text
from core.errors import TrendLabError
from core.settings import PROJECT

FOLDER = PROJECT / "data" / "i18n"
DEFAULT_LANGUAGE = "en"
SMALL, MILLION = 1e-5, 1e6


class Words:
    """All texts of one language: `words("train.pause")`, with `{name}` placeholders filled in."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = texts(language)

    def __call__(self, key: str, **facts: object) -> str:
        filled = {name: _ProseNumber(fact) if isinstance(fact, float) else fact for name, fact in facts.items()}
        return self._texts[key].format(**filled)

    def by_prefix(self, prefix: str) -> dict[str, str]:
        """The unfilled texts below a prefix, by the rest of their keys."""
        return {key[len(prefix) + 1 :]: text for key, text in self._texts.items() if key.startswith(prefix + ".")}

    def of(self, by_language: Mapping[str, Any]) -> Any:
        """This language's entry of a `{"en": ..., "zh": ...}`, as in a `SPEC`; else the English one."""
        return by_language.get(self.language, by_language[DEFAULT_LANGUAGE])

    def error(self, error: TrendLabError) -> str:
        """What went wrong and what to do next."""
        key = f"errors.{error.key}"
        return self(key if key in self._texts else "errors.error", message=error.message, **error.facts())


class _ProseNumber(float):
    """A number that is formatted for prose: 1.3 × 10¹³ for 1.3e+13, and plain digits up to a million."""

    def __format__(self, spec: str) -> str:
        text = half_up(float(self), spec) if spec.endswith(("f", "%")) else float.__format__(self, spec)
        if "e" not in text and abs(self) < MILLION:
            return text
        if SMALL <= abs(self) < MILLION:
            return f"{Decimal(text):f}"
        return power_text(float(self))


@cache
def languages() -> Mapping[str, str]:
    """Code and name of each available language, the default first."""
    codes = sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda code: (code != DEFAULT_LANGUAGE, code))
    return {code: texts(code)["language.name"] for code in codes}


@cache
def texts(language: str) -> Mapping[str, str]:
    """The texts of a language by flat key."""
    files = [FOLDER / f"{language}.toml", *sorted((FOLDER / language).glob("*.toml"))]
    return dict(pair for file in files for pair in _flatten(tomllib.loads(file.read_text(encoding="utf-8"))))


def preferred_language(locale: str | None) -> str:
    """The language for a browser's locale, such as `zh-CN`."""
    code = (locale or "").lower().split("-")[0]
    return code if code in languages() else DEFAULT_LANGUAGE


def language_tag(language: str) -> str:
    """The language tag of a standalone document, by which browsers choose a Han font."""
    return {"zh": "zh-Hans"}.get(language, language)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        pairs += _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return pairs
