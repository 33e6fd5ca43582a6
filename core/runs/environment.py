"""What two machines must share to compute the same bits: the engine, torch, and the CPU's vector instructions."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from core.training import ENGINE_REVISION

# The instruction sets that torch selects its kernels by.
VECTOR_FLAGS = (
    "sse4_1",
    "avx",
    "avx2",
    "fma",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_bf16",
    "asimd",
    "sve",
    "bf16",
)


@cache
def environment() -> str:
    """A short readable identifier of how this process computes."""
    return f"engine {ENGINE_REVISION}, torch {version('torch')}, {platform.machine()} {_vector_flags()}"


def _vector_flags() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    flags = next((line.split(":")[1].split() for line in lines if line.startswith(("flags", "Features"))), [])
    return "+".join(flag for flag in VECTOR_FLAGS if flag in flags) or "plain"
