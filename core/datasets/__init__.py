"""The data sets, one file each: a literal `SPEC` and `load(report) -> (images, labels)`.

`load` runs once, in a separate process (`core.datasets.prepare`); training only maps the prepared arrays.
Images are uint8 of shape (N, 24, 24, C) with C 1 or 3, labels int64 of shape (N,) from 0 to 9.
"""

from core.datasets.prepared import PreparedData, ensure_prepared, is_prepared, open_prepared

__all__ = ["PreparedData", "ensure_prepared", "is_prepared", "open_prepared"]
