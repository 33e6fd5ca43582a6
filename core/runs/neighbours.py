"""Images arranged by their neighbours, in a short-lived process."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from core.errors import MapFailed
from core.runs.worker import worker_environment
from core.settings import PROJECT

LIMIT_S = 60.0
Points = NDArray[np.float32]


def arranged_by_neighbours(points: Points, limit_s: float = LIMIT_S) -> Points:
    """(images, features) to (images, 2). Raises MapFailed."""
    given = io.BytesIO()
    np.save(given, points)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.interpret.neighbours"],
            cwd=PROJECT, env=worker_environment(), input=given.getvalue(), capture_output=True, timeout=limit_s,
            check=True,
        )  # fmt: skip
        places: Points = np.load(io.BytesIO(done.stdout), allow_pickle=False)
    except subprocess.TimeoutExpired as problem:
        raise MapFailed(limit_s, "out of time") from problem
    except subprocess.CalledProcessError as problem:
        raise MapFailed(limit_s, f"exit code {problem.returncode}") from problem
    return places
