"""CIFAR-10: the 50,000 training photographs of Krizhevsky, Nair and Hinton, 32x32 resized to 24x24, in colour.

The official 10,000 test photographs are not used.
"""

from __future__ import annotations

from core.datasets.prepared import Progress
from core.datasets.torchvision_source import Arrays, Source, load_source

SOURCE = Source("cifar10", "CIFAR10", "cifar-10-batches-py", download_bytes=170_498_071)

SPEC = {
    "order": 5,
    "label": {"en": "CIFAR-10 photographs (50\u202f000)", "zh": "CIFAR-10照片（5万张）"},
    "about": {
        "en": "Small colour photographs of vehicles and animals: the hardest here. A 170 MB download.",
        "zh": "交通工具和动物的彩色小照片，是这里最难的数据集，需下载170 MB。",
    },
    "source": "https://www.cs.toronto.edu/~kriz/cifar.html",
    "licence": "",
    "num_train": 40_000,
    "num_validation": 10_000,
    "classes": {
        "en": ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        "zh": ["飞机", "汽车", "鸟", "猫", "鹿", "狗", "青蛙", "马", "船", "卡车"],
    },
}


def load(report: Progress) -> Arrays:
    """Raises DatasetUnavailable or DatasetCorrupt."""
    return load_source(SOURCE, report)
