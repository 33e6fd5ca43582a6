"""Renders a figure as SVG, without Plotly: lines, markers, filled bands and straight marks.

It supports what `core.charts.training` produces: scatter traces, labelled lines, corner annotations, and the log axis
of a run that diverged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from core.charts import house
from core.charts.house import Figure
from core.content.numbers import SUPERSCRIPTS

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 12, 42
ABOUT_TICKS = 6
TICK_STEPS = (1, 2, 5, 10)
HEADROOM = 1.05
TINY = 1e-12  # a loss of zero has no logarithm
DASHES = {"dash": "7 4", "dot": "2 3"}
SYMBOLS = {"circle": "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z", "diamond": "M0 -1.3L1.3 0L0 1.3L-1.3 0z"}
SAMPLE_WIDTH, SAMPLE_HEIGHT = 34, 12
TICK_PX, LABEL_GAP_PX = 4, 4

Range = tuple[float, float]


def figure_html(key: str, figure: Figure, alt: str) -> str:
    """The drawing with its title above and its legend below. `key` must be unique in a document."""
    plot = _Plot(figure)
    named = [trace for trace in plot.traces if trace.get("showlegend", True)]
    legend = "".join(f"<li>{_sample(trace)}{escape(trace['name'])}</li>" for trace in named)
    title = escape(figure["layout"]["title"]["text"])
    return f'<figure><figcaption>{title}</figcaption>{plot.svg(key, alt)}<ul class="legend">{legend}</ul></figure>'


class _Plot:
    """Maps the coordinates of a figure to the drawing."""

    def __init__(self, figure: Figure) -> None:
        self.layout = figure["layout"]
        self.traces = [trace for trace in figure["data"] if any(map(_is_number, trace["y"]))]
        self.has_powers = self.layout["yaxis"].get("type") == "log"
        self.x_range: Range = tuple(self.layout["xaxis"]["range"])
        self.y_range: Range = self._y_range(self.layout["yaxis"])  # exponents on a log axis

    def svg(self, key: str, alt: str) -> str:
        box = f'x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
        words = map(self._words, self.layout.get("annotations", []))
        drawn = "".join([*self._axes(), *map(self._mark, self.layout["shapes"])])
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">'
            f'<clipPath id="{key}"><rect {box}/></clipPath>{drawn}'
            f'<g clip-path="url(#{key})">{"".join(map(self._trace, self.traces))}</g>{"".join(words)}</svg>'
        )

    def _y_range(self, axis: Figure) -> Range:
        if "range" in axis:
            return tuple(axis["range"])
        known = [y for trace in self.traces for y in trace["y"] if _is_number(y)] or [1.0]
        if self.has_powers:
            exponents = [math.log10(y) for y in known if y > 0] or [0.0]
            return math.floor(min(exponents)), math.floor(max(exponents)) + 1
        return 0.0, min(max(known) * HEADROOM, axis["autorangeoptions"]["clipmax"])

    def _x(self, x: float) -> float:
        first, last = self.x_range
        return LEFT + (x - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def _y(self, y: float) -> float:
        return self._height(math.log10(max(y, TINY)) if self.has_powers else y)

    def _height(self, y: float) -> float:
        first, last = self.y_range
        return HEIGHT - BOTTOM - (y - first) / (last - first) * (HEIGHT - TOP - BOTTOM)

    def _axes(self) -> Iterator[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        border = house.color("border", "light")
        xaxis, yaxis = self.layout["xaxis"], self.layout["yaxis"]
        for tick in _ticks(self.y_range, yaxis.get("dtick")):
            y = self._height(tick)
            yield _line(LEFT, y, right, y, border)
            yield _text(LEFT - TICK_PX, y, self._tick_text(tick, yaxis), "end", "middle")
        ticks = xaxis.get("tickvals") or _ticks(self.x_range)
        for x, text in zip(map(self._x, ticks), xaxis.get("ticktext") or [f"{tick:g}" for tick in ticks], strict=True):
            yield _line(x, bottom, x, bottom + TICK_PX, border)
            yield _text(x, bottom + TICK_PX + LABEL_GAP_PX, text, "middle", "hanging")
        yield _line(LEFT, bottom, right, bottom, border)
        yield _line(LEFT, TOP, LEFT, bottom, border)
        title = xaxis["title"]["text"]
        yield _text((LEFT + right) / 2, HEIGHT - LABEL_GAP_PX, title, "middle", "auto")

    def _tick_text(self, tick: float, axis: Figure) -> str:
        if self.has_powers:
            return f"10{f'{tick:g}'.translate(SUPERSCRIPTS)}" if tick else "1"
        return f"{tick:.0%}" if "%" in axis["tickformat"] else f"{tick:g}"

    def _words(self, annotation: Figure) -> str:
        """Text whose upper left corner is given as shares of the plot's width and height."""
        x = LEFT + annotation["x"] * (WIDTH - LEFT - RIGHT)
        y = TOP + (1 - annotation["y"]) * (HEIGHT - TOP - BOTTOM)
        return _text(x, y, annotation["text"], "start", "hanging", house.color("ghost", "light"))

    def _mark(self, shape: Figure) -> str:
        """A horizontal or vertical line across the plot, with its label along it."""
        grey, right, bottom = shape["line"]["color"], WIDTH - RIGHT, HEIGHT - BOTTOM
        words = shape["label"]["text"]
        if shape.get("xref") == "paper":
            y = self._y(shape["y0"])
            label = _text(right, y - LABEL_GAP_PX, words, "end", "auto", grey)
            return _line(LEFT, y, right, y, grey, "dot") + label
        x, place = self._x(shape["x0"]), shape["label"].get("textposition", "middle")
        y = TOP if place == "end" else (TOP + bottom) / 2
        label = _text(x + LABEL_GAP_PX, y, words, place, "hanging", grey, turned=True)
        return _line(x, TOP, x, bottom, grey, "dot") + label

    def _trace(self, trace: Figure) -> str:
        runs = list(_unbroken(trace["x"], trace["y"]))
        drawn = ""
        if "fill" in trace:
            drawn += "".join(f'<path d="{self._path(run)}z" fill="{trace["fillcolor"]}"/>' for run in runs)
        elif "lines" in trace["mode"]:
            drawn += f'<path d="{"".join(map(self._path, runs))}" {_stroke(trace["line"])}/>'
        if "markers" in trace["mode"]:
            drawn += "".join(_marker(trace["marker"], self._x(x), self._y(y)) for run in runs for x, y in run)
        return drawn

    def _path(self, run: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self._x(x):.1f} {self._y(y):.1f}" for x, y in run)


def _ticks(span: Range, step: float | None = None) -> list[float]:
    first, last = span
    if step is None:
        rough = (last - first) / ABOUT_TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(each for each in TICK_STEPS if each * power >= rough)
    return [round(number * step, 10) for number in range(math.ceil(first / step), math.floor(last / step) + 1)]


def _unbroken(xs: Sequence[float], ys: Sequence[float | None]) -> Iterator[list[tuple[float, float]]]:
    """The segments of a curve between missing points."""
    run: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        if y is not None and math.isfinite(y):
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_number(y: float | None) -> bool:
    return y is not None and math.isfinite(y)


def _sample(trace: Figure) -> str:
    """The legend's sample of a trace."""
    middle, drawn = SAMPLE_HEIGHT / 2, ""
    if "lines" in trace["mode"]:
        drawn = f'<path d="M0 {middle}H{SAMPLE_WIDTH}" {_stroke(trace["line"])}/>'
    if "markers" in trace["mode"]:
        drawn += _marker(trace["marker"], SAMPLE_WIDTH / 2, middle)
    size = f'width="{SAMPLE_WIDTH}" height="{SAMPLE_HEIGHT}" viewBox="0 0 {SAMPLE_WIDTH} {SAMPLE_HEIGHT}"'
    return f'<svg {size} aria-hidden="true">{drawn}</svg>'


def _stroke(line: Figure) -> str:
    dash = DASHES.get(line.get("dash", "solid"))
    return f'fill="none" stroke="{line["color"]}" stroke-width="{line["width"]}"' + (
        f' stroke-dasharray="{dash}"' if dash else ""
    )


def _marker(marker: Figure, x: float, y: float) -> str:
    size = marker["size"] / 2
    return (
        f'<path transform="translate({x:.1f} {y:.1f}) scale({size:g})" d="{SYMBOLS[marker.get("symbol", "circle")]}" '
        f'fill="{marker["color"]}"/>'
    )


def _line(x0: float, y0: float, x1: float, y1: float, color: str, dash: str = "") -> str:
    how: dict[str, Any] = {"color": color, "width": 1, "dash": dash}
    return f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" {_stroke(how)}/>'


def _text(x: float, y: float, words: str, anchor: str, baseline: str, color: str = "", *, turned: bool = False) -> str:
    fill = color or house.color("text", "light")
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}"{turn} text-anchor="{anchor}" dominant-baseline="{baseline}" '
        f'font-size="{house.SMALL_PX}" fill="{fill}">{escape(words)}</text>'
    )
