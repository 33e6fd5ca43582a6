"""Numbers as written in each language."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

THIN_SPACE = "\u202f"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SCALES = {
    "en": ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")),
    "zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
}


def number_text(value: float, how: str = "", language: str = "en", significant: int | None = None) -> str:
    """`how` is a number of decimals, `count` (such as 3 million), `power` (of ten), or empty for the shortest form. The
    number is first rounded to `significant` digits."""
    if significant:
        value = float(f"{value:.{significant}g}")
    if how == "count":
        return _count(value, language)
    if how == "power":
        return power_text(value)
    if how.isdigit():
        return half_up(value, f",.{how}f").replace(",", THIN_SPACE)
    if how:
        raise ValueError(f"{how!r} is no way to write a number")
    is_plain = value == 0 or 1e-4 <= abs(value) < 1e15
    return f"{value:,.15g}".replace(",", THIN_SPACE) if is_plain else power_text(value)


def half_up(value: float, how: str) -> str:
    """A number in a format such as `.1%` or `.2f`, rounded half up like in browsers: Python would write 62.5 as 62, but
    63.5 as 64. Never gives -0."""
    if not math.isfinite(value):
        return format(value, how)
    with localcontext(rounding=ROUND_HALF_UP):
        return f"{Decimal(100 * value):z{how[:-1]}f}%" if how.endswith("%") else format(Decimal(value), f"z{how}")


def digits(value: float) -> str:
    """At most six significant digits, without exponent: 0.00002."""
    return f"{Decimal(f'{value:g}'):f}"


def power_text(value: float, digits: int = 2) -> str:
    """For example 3.1 × 10²³, with `digits` significant digits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def _count(value: float, language: str) -> str:
    rounded = float(f"{value:.4g}")  # first, as rounding may reach the next unit
    for scale, word in SCALES.get(language, SCALES["en"]):
        if abs(rounded) >= scale:
            return f"{rounded / scale:.15g}{word}"
    return number_text(value)
