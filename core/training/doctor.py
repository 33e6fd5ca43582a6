"""What this machine can do, measured in a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import torch

from core.config import RunConfig
from core.training.slice import train_slice

MATRIX_SIZE = 1024
TRIALS = 3
STEPS = 4  # few, as learners may wait while a worker measures


@dataclass(frozen=True)
class Examination:
    """`matmul_gflops` is the peak of a float32 matrix product on one core; speeds are for the default network.

    `images_per_second_in_steps` counts one core's training steps alone; the speed of a run includes measurements.
    """

    torch: str
    cpu_capability: str
    cores: int
    matmul_gflops: float
    images_per_second_in_steps: float
    bfloat16_speedup: float


def examine() -> Examination:
    return Examination(
        torch=torch.__version__,
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        cores=torch.get_num_threads(),
        matmul_gflops=round(matmul_gflops(), 1),
        images_per_second_in_steps=round(images_per_second_in_steps("float32"), 1),
        bfloat16_speedup=round(bfloat16_speedup(), 2),
    )


def matmul_gflops() -> float:
    """The best of a few products of square float32 matrices on one thread, in 1e9 FLOP/s."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    a, b = torch.randn(MATRIX_SIZE, MATRIX_SIZE), torch.randn(MATRIX_SIZE, MATRIX_SIZE)
    best_s = min(_seconds(lambda: a @ b) for _ in range(TRIALS * 2))
    torch.set_num_threads(threads)
    return 2 * MATRIX_SIZE**3 / best_s / 1e9


def images_per_second_in_steps(precision: str, batch_size: int = 128) -> float:
    """Speed of one worker's steps, measured inside slices; the median of a few."""
    config = RunConfig(precision=precision, batch_size=batch_size)
    checkpoint = train_slice(config, None, 2).checkpoint
    slices = [train_slice(config, checkpoint, STEPS) for _ in range(TRIALS)]
    return STEPS * batch_size / median(piece.train_s for piece in slices)


def bfloat16_speedup() -> float:
    """The speed of bfloat16 relative to float32; above 1 where it pays."""
    return images_per_second_in_steps("bfloat16") / images_per_second_in_steps("float32")


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
