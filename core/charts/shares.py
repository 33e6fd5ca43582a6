"""A network's class probabilities, one bar per class."""

from __future__ import annotations

from collections.abc import Sequence

from core.charts.house import Figure, Mode, color, figure

ROW_PX = 26
AROUND_PX = 16


def class_shares(names: Sequence[str], shares: Sequence[float], answer: int, mode: Mode) -> Figure:
    """The answer's bar stands out by colour and bold text; every bar shows its percentage."""
    bold = [f"<b>{name}</b>" if at == answer else name for at, name in enumerate(names)]
    percent = [f"<b>{share:.1%}</b>" if at == answer else f"{share:.1%}" for at, share in enumerate(shares)]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(shares),
        "y": bold,
        "text": percent,
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [color("primary" if at == answer else "ghost", mode) for at in range(len(shares))]},
        "hoverinfo": "skip",
    }
    return figure(
        [bars], mode, ROW_PX * len(names) + AROUND_PX, bargap=0.3, showlegend=False,
        margin={"l": 8, "r": 12, "t": AROUND_PX // 2, "b": AROUND_PX // 2},
        xaxis={"range": [0, 1.14], "visible": False, "fixedrange": True},
        yaxis={"autorange": "reversed", "type": "category", "automargin": True, "showline": False, "ticks": "",
               "showgrid": False, "fixedrange": True},
    )  # fmt: skip
