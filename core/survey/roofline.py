"""The roofline model: an accelerator's speed by how often it uses each byte that it fetches (Williams et al. 2009)."""

from __future__ import annotations

from collections.abc import Mapping

from core.facts.tables import Row

# FLOP per byte of memory traffic with 16-bit numbers.
INTENSITIES: Mapping[str, float] = {
    "add": 1 / 6,  # one FLOP; two numbers read, one written
    "one_reader": 1.0,  # each 2-byte weight is read once for one multiply-add (2 FLOP)
    "many_readers": 64.0,  # the same weights serve 64 readers at once
    "large_product": 4096 / 3,  # n x n matrices: 2 n^3 FLOP, 3 n^2 numbers of 2 bytes
}


def flop_per_byte(row: Row) -> float:
    """A chip's ridge point: the 16-bit FLOP that it can do in the time it takes to fetch one byte."""
    return row.number("peak_tflops_16bit_dense") * 1e12 / (row.number("memory_bandwidth_gb_s") * 1e9)


def attainable_tflops(row: Row, intensity: float) -> float:
    """10^12 FLOP/s at `intensity` FLOP per byte: limited by the peak or by memory bandwidth."""
    return min(row.number("peak_tflops_16bit_dense"), intensity * row.number("memory_bandwidth_gb_s") / 1e3)
