"""scikit-learn's 1,797 handwritten digits, each pixel repeated three times in each direction: 8x8 becomes 24x24."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from core.datasets.prepared import Progress

SPEC = {
    "order": 1,
    "label": {"en": "Handwritten digits (1\u202f797)", "zh": "手写数字（1797张）"},
    "about": {
        "en": "Real digits by 13 people, the same in training and validation, so new writers are harder; no download.",
        "zh": "13个人写下的真实数字，训练和验证用的都出自他们之手，换成别人写的会更难认。随程序附带，不用下载。",
    },
    "source": "https://archive.ics.uci.edu/dataset/80",
    "licence": "CC BY 4.0",
    "num_train": 1_437,
    "num_validation": 360,
    "classes": {
        "en": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        "zh": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
}


def load(_report: Progress) -> tuple[np.ndarray, np.ndarray]:
    digits = load_digits()
    pixels = np.rint(digits.images * (255 / 16)).astype(np.uint8)
    images = pixels.repeat(3, axis=1).repeat(3, axis=2)[..., None]
    return images, digits.target
