"""MNIST: the 60,000 training digits of LeCun, Cortes and Burges, 28x28 resized to 24x24, one channel.

The official 10,000 test digits are not used: no validation accuracy here is an "MNIST test accuracy".
"""

from __future__ import annotations

from core.datasets.prepared import Progress
from core.datasets.torchvision_source import Arrays, Source, load_source

SOURCE = Source("mnist", "MNIST", "MNIST/raw", download_bytes=11_594_722)

SPEC = {
    "order": 3,
    "label": {"en": "MNIST digits (60\u202f000)", "zh": "MNIST手写数字（6万张）"},
    "about": {
        "en": "The best-known benchmark of handwritten digits, from 1998. A 12 MB download.",
        "zh": "1998年发布，最有名的手写数字基准数据集，需下载12 MB。",
    },
    "source": "https://yann.lecun.com/exdb/mnist/",
    "licence": "CC BY-SA 3.0",
    "num_train": 48_000,
    "num_validation": 12_000,
    "classes": {
        "en": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        "zh": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
}


def load(report: Progress) -> Arrays:
    """Raises DatasetUnavailable or DatasetCorrupt."""
    return load_source(SOURCE, report)
