"""How fast a slice trains, compared with a tutorial's loop and with a core's peak."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean, median

from core.runs.environment import environment
from core.runs.worker import worker_environment
from tests.bench.children import Child
from tests.bench.homes import tell, with_long_digits
from tests.bench.table import Figure, NotMeasured, Outcome, middle

WORKERS = 2
TUTORIALS = tuple({"threads": threads, "workers": workers} for threads in (1, 2) for workers in (0, 2))
COMPARED_STEPS = 100
WARM_S = 1.0
PRECISIONS = ("float32", "bfloat16")
ACCURACY_SEEDS = 5
ACCURACY_SETTINGS = {"batch_size": 128, "learning_rate": 0.05, "epochs": 10}
PEAK_BATCH, PEAK_STEPS = 128, 60

Outcomes = dict[str, Outcome]


def speed_float32(home: Path, quick: bool) -> Outcomes:
    """Images per second of two workers together, and of the best tutorial configuration on the whole host."""
    with _both_sides(home) as (tutorial, ours):
        ours_losses = ours[0].ask(do="slice_losses", batch_size=32, steps=COMPARED_STEPS)
        their_losses = tutorial.ask(do="tutorial_losses", batch_size=32, steps=COMPARED_STEPS)
        apart = max(abs(a - b) / abs(b) for a, b in zip(ours_losses, their_losses, strict=True))
        speed = _race(tutorial, ours, batch_size=32, precision="float32", quick=quick)
    return {
        "speed_float32": speed,
        "same_losses": Figure(apart, f"over {COMPARED_STEPS} steps, same order and weights"),
    }


def speed_bfloat16(home: Path, quick: bool) -> Outcomes:
    if not _has_bfloat16():
        return {"speed_bfloat16": NotMeasured("this CPU has no bfloat16 instructions")}
    with _both_sides(home) as (tutorial, ours):
        return {"speed_bfloat16": _race(tutorial, ours, batch_size=128, precision="bfloat16", quick=quick)}


def bfloat16_accuracy(home: Path, quick: bool) -> Outcomes:
    """Accuracy on the real digits in both precisions, with the same seeds."""
    if not _has_bfloat16():
        return {"bfloat16_accuracy": NotMeasured("this CPU has no bfloat16 instructions")}
    seeds = range(2 if quick else ACCURACY_SEEDS)
    with _children(2, _environment(home)) as children, ThreadPoolExecutor(2) as pool:
        results = pool.map(_accuracies, children, PRECISIONS, [seeds, seeds])
        reached = dict(zip(PRECISIONS, results, strict=True))
    lost = [a - b for a, b in zip(reached["float32"], reached["bfloat16"], strict=True)]
    text = ", ".join(f"{fmean(values):.2f} % in {precision}" for precision, values in reached.items())
    return {"bfloat16_accuracy": Figure(fmean(lost), f"{min(lost):.2f} to {max(lost):.2f}, n={len(lost)}", text)}


def matrix_peak(home: Path, quick: bool) -> Outcomes:
    """Each slice's speed relative to matrix products measured just before and after it, in the same process."""
    with _children(1, _environment(with_long_digits(home))) as (child,):
        ask = {"do": "peak_share", "batch_size": PEAK_BATCH, "steps": PEAK_STEPS}
        child.ask(**ask)
        rounds = [child.ask(**ask) for _ in range(_rounds(quick))]
    peak = median(each["matmul"] for each in rounds)
    shares = [100 * each["slice"] / each["matmul"] for each in rounds]
    return {"matrix_peak": middle(shares, f"the product at {peak:.0f} GFLOP/s")}


def _race(tutorial: Child, ours: list[Child], *, batch_size: int, precision: str, quick: bool) -> Figure:
    """All sides take turns in rounds; the best tutorial configuration is the one with the highest median."""
    seconds = 1.0 if quick else 2.0
    _ours(ours, batch_size, precision, WARM_S)
    for how in TUTORIALS:
        _theirs(tutorial, batch_size, WARM_S, how)
    our_speeds, their_speeds = [], []
    for number in range(_rounds(quick)):
        tell(f"  {precision}, round {number + 1}")
        our_speeds.append(_ours(ours, batch_size, precision, seconds))
        their_speeds.append([_theirs(tutorial, batch_size, seconds, how) for how in TUTORIALS])
    medians = [median(speeds) for speeds in zip(*their_speeds, strict=True)]
    best = medians.index(max(medians))
    ratios = [mine / theirs[best] for mine, theirs in zip(our_speeds, their_speeds, strict=True)]
    how = TUTORIALS[best]
    note = f"{median(our_speeds):.0f} images/s against {medians[best]:.0f}"
    return middle(ratios, f"{note} with {how['threads']} threads, {how['workers']} loader workers")


def _ours(children: list[Child], batch_size: int, precision: str, seconds: float) -> float:
    """Both workers train at the same time; their speeds add up."""
    for child in children:
        child.tell(do="slices", batch_size=batch_size, precision=precision, seconds=seconds)
    return sum(_speed(child.hear()) for child in children)


def _theirs(tutorial: Child, batch_size: int, seconds: float, how: Mapping[str, int]) -> float:
    return _speed(tutorial.ask(do="tutorial", batch_size=batch_size, seconds=seconds, **how))


def _speed(block: Mapping[str, float]) -> float:
    return block["images"] / block["seconds"]


def _accuracies(child: Child, precision: str, seeds: range) -> list[float]:
    return [child.ask(do="accuracy", seed=seed, precision=precision, **ACCURACY_SETTINGS) for seed in seeds]


@contextmanager
def _both_sides(home: Path) -> Iterator[tuple[Child, list[Child]]]:
    """The tutorial runs in an everyday environment, our slices in that of a worker."""
    long_home = with_long_digits(home)
    plain = os.environ | {"TRENDLAB_HOME": str(long_home)}
    with Child("loops", env=plain) as tutorial, _children(WORKERS, _environment(long_home)) as ours:
        yield tutorial, ours


@contextmanager
def _children(number: int, env: Mapping[str, str]) -> Iterator[list[Child]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Child("loops", env=env)) for _ in range(number)]


def _environment(home: Path) -> dict[str, str]:
    return worker_environment() | {"TRENDLAB_HOME": str(home)}


def _rounds(quick: bool) -> int:
    return 2 if quick else 6


def _has_bfloat16() -> bool:
    return "bf16" in environment()
