"""The benchmark table: `python -m tests.bench [--only NAME...] [--quick] [--json FILE]`, or `make bench`.

Ratios are measured in one run on one machine, with the sides taking turns. Anything else that runs on the machine
affects the figures; clients and the browser run on it too.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Collection
from importlib import import_module
from pathlib import Path

from tests.bench.goals import GOALS, Goal
from tests.bench.homes import bench_home, tell
from tests.bench.table import Broken, Outcome, is_met, machine, render, write_json

GROUPS = {
    "speed_float32": "engine",
    "speed_bfloat16": "engine",
    "bfloat16_accuracy": "engine",
    "matrix_peak": "engine",
    "training_share": "whole_class",
    "first_points": "latency",
    "first_points_slow": "latency",
    "delays": "delays",
    "event_bytes": "event_bytes",
    "snapshots": "snapshots",
    "reruns": "pages",
    "looks": "lab",
    "explanations": "explanations",
    "drawing": "drawing",
    "survey": "survey",
    "scrub": "scrub",
    "activations": "inside",
    "heavy_request": "inside",
    "first_visit": "first_visit",
    "first_start": "pages",
}


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns 1 if a goal was missed or a measurement failed."""
    chosen = _parser().parse_args(arguments)
    if chosen.list:
        print("\n".join(f"{goal.name:24} {goal.what} ({goal.sense} {goal.limit:g} {goal.unit})" for goal in GOALS))
        return 0
    goals = [goal for goal in GOALS if not chosen.only or goal.name in chosen.only]
    print(machine(), flush=True)
    outcomes = measure(goals, chosen.quick)
    print(render(goals, outcomes))
    if chosen.json:
        write_json(chosen.json, goals, outcomes)
    return int(any(is_met(goal, outcomes[goal.name]) is False for goal in goals))


def measure(goals: Collection[Goal], quick: bool) -> dict[str, Outcome]:
    """Measure one group after the other, so that measurements do not disturb each other."""
    outcomes: dict[str, Outcome] = {}
    with bench_home() as home:
        for group in dict.fromkeys(goal.group for goal in goals):
            tell(f"{time.strftime('%H:%M:%S')} {group}")
            try:
                outcomes |= getattr(import_module(f"tests.bench.{GROUPS[group]}"), group)(home, quick)
            except Exception as problem:  # one failed measurement must not prevent the others
                traceback.print_exc()
                reason = f"{type(problem).__name__}: {problem}".splitlines()[0]
                outcomes |= {goal.name: Broken(reason) for goal in goals if goal.group == group}
            tell(render([goal for goal in goals if goal.group == group], outcomes))  # kept if a later one never ends
    return outcomes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Goals beside figures.")
    names = [goal.name for goal in GOALS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help="measure these rows")
    parser.add_argument("--list", action="store_true", help="name the rows and their goals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: a look, not a figure")
    return parser


if __name__ == "__main__":
    sys.exit(main())
