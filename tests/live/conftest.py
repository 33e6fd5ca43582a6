"""A service that trains in a thread, served over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.serving import Site, serve
from tests.parts import ThreadCluster, open_service


@pytest.fixture
def cluster() -> ThreadCluster:
    return ThreadCluster()


@pytest.fixture
def site(home_with_digits: Path, cluster: ThreadCluster) -> Iterator[Site]:
    with open_service(home_with_digits, cluster) as (service, _), serve(service) as served:
        yield served
