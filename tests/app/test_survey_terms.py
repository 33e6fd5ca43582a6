"""Every term of the survey appears on its page, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]

# Terms of the survey by the page that covers them, in English and Chinese.
TERMS = {
    "home": [
        ("large AI model", "AI大模型"),
        ("deep neural network", "深度神经网络"), ("Language models", "自然语言处理模型"),
        ("Vision models", "计算机视觉模型"), ("Scale and its limits", "规模的扩展与瓶颈"),
        ("Interpretability and privacy", "可解释性与隐私保护"), ("comput", "算力"), ("data", "数据"),
    ],
    "deep": [
        ("DNN", "DNN"), ("deeper", "更深"), ("optimizer", "优化"), ("speech", "语音"), ("images", "看图"),
        ("language", "语言"), ("layers", "层"),
    ],
    "language": [
        ("NLP", "NLP"), ("LLM", "LLM"), ("GPT-3", "GPT-3"), ("BERT", "BERT"), ("Larger scale", "模型规模"),
        ("re-train", "预训练"), ("ine-tun", "微调"), ("achine translation", "机器翻译"), ("ummari", "摘要"),
        ("entiment analysis", "情感分析"),
    ],
    "vision": [
        ("CNN", "CNN"), ("ResNet", "ResNet"), ("VGG", "VGG"), ("bject detection", "目标检测"),
        ("bject recognition", "物体识别"), ("utonomous driving", "自动驾驶"),
    ],
    "scale": [("bottleneck", "瓶颈"), ("ompute", "算力"), ("emory", "内存")],
    "privacy": [("nterpretability", "可解释性"), ("rivacy", "隐私")],
    "train": [("CNN", "卷积网络"), ("earning rate", "学习率"), ("poch", "轮次")],
    "applications": [
        ("achine translation", "机器翻译"), ("ummari", "文本摘要"), ("entiment analysis", "情感分析"),
        ("bject detection", "目标检测"), ("ecognition", "物体识别"), ("utonomous driving", "自动驾驶"),
        ("oice command", "语音命令"), ("peech synthesis", "语音合成"), ("iagnosis", "疾病诊断"),
        ("rug d", "药物开发"), ("isk assessment", "风险评估"), ("nvestment strateg", "投资策略"),
    ],
    "tools": [
        (name, name) for name in (
            "PyTorch", "TensorFlow", "Keras", "Hugging Face Transformers", "spaCy", "OpenCV", "PIL", "ImageNet", "IMDB",
            "WikiText", "arXiv", "Google Scholar", "Medium",
        )
    ],
    "outlook": [
        ("arger scale", "更大"), ("ptimizers", "优化"), ("pplications", "应用"), ("ottleneck", "瓶颈"),
        ("nterpretability", "可解释性"), ("rivacy", "私密"),
    ],
    "questions": [
        ("What is a large AI model?", "什么是AI大模型？"), ("perform better", "更好"), ("trained?", "训练"),
        ("Where can large AI models be used?", "应用"), ("future trends", "发展趋势"),
    ],
}  # fmt: skip
ALL_FIELDS = {"applications": {"sector": "all"}}


def written(element: Any) -> Iterator[str]:
    """All text of an element: texts, labels and choices."""
    for name in ("value", "label", "body"):
        if isinstance(found := getattr(element, name, None), str):
            yield found
    for child in getattr(element, "children", {}).values():
        yield from written(child)
    yield from (str(option) for option in getattr(element, "options", []))


@pytest.mark.parametrize("page", TERMS)
@pytest.mark.parametrize("place", [0, 1], ids=["en", "zh"])
def test_every_term_of_the_survey_stands_on_its_page(open_page: Open, page: str, place: int) -> None:
    app = open_page(page, lang=("en", "zh")[place], **ALL_FIELDS.get(page, {}))
    told = " ".join(text for root in (app.main, app.sidebar) for text in written(root))
    assert [pair[place] for pair in TERMS[page] if pair[place] not in told] == []
