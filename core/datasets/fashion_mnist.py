"""Fashion-MNIST: the 60,000 training pictures of Zalando's articles, 28x28 resized to 24x24, one channel.

The official 10,000 test pictures are not used.
"""

from __future__ import annotations

from core.datasets.prepared import Progress
from core.datasets.torchvision_source import Arrays, Source, load_source

SOURCE = Source("fashion_mnist", "FashionMNIST", "FashionMNIST/raw", download_bytes=30_878_645)

SPEC = {
    "order": 4,
    "label": {"en": "Fashion-MNIST (60\u202f000)", "zh": "Fashion-MNIST服饰（6万张）"},
    "about": {
        "en": "Clothes, shoes and bags in grey: like MNIST, but harder. A 31 MB download.",
        "zh": "衣服、鞋子和包的灰度图，格式与MNIST相同但更难，需下载31 MB。",
    },
    "source": "https://github.com/zalandoresearch/fashion-mnist",
    "licence": "MIT",
    "num_train": 48_000,
    "num_validation": 12_000,
    "classes": {
        "en": [
            "T-shirt/top",
            "trouser",
            "pullover",
            "dress",
            "coat",
            "sandal",
            "shirt",
            "sneaker",
            "bag",
            "ankle boot",
        ],
        "zh": ["T恤", "裤子", "套头衫", "连衣裙", "外套", "凉鞋", "衬衫", "运动鞋", "包", "短靴"],
    },
}


def load(report: Progress) -> Arrays:
    """Raises DatasetUnavailable or DatasetCorrupt."""
    return load_source(SOURCE, report)
