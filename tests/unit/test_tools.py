"""The list of tools, and the programs shown beside it."""

from __future__ import annotations

import ast
import io
import runpy
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import torch

from core.content.examples import FOLDER, TWINS, first_lines, program
from core.content.words import languages
from core.errors import ContentError
from core.facts.tables import table
from core.survey.layers import cnn_parameters, convolution, linear

TOOLS = table("tools")
NAMED = (
    "PyTorch", "TensorFlow", "Keras", "Hugging Face Transformers", "spaCy", "OpenCV", "Pillow (PIL)",
    "ImageNet (ILSVRC 2012)", "IMDB reviews", "WikiText-2", "WikiText-103", "arXiv", "Google Scholar", "Medium",
)  # fmt: skip
PROGRAMS = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.py"))


def test_the_surveys_tools_come_first() -> None:
    assert [row["name"] for row in TOOLS.values()][: len(NAMED)] == list(NAMED)
    assert [row["name"] for row in TOOLS.values() if row["from_survey"] == "yes"] == list(NAMED)


def test_a_tool_is_told_in_both_languages_and_no_date_is_shown() -> None:
    for row in TOOLS.values():
        assert row["level"] in ("beginner", "advanced")
        assert row["checked"] in ("yes", "memory")
        for column in ("what_for", "licence", "size"):
            assert all(row.text(column, language) for language in languages()), row["key"]
        assert row["what_for_zh"]
        assert row["size_zh"]
        assert "first_release" not in row


def test_each_library_has_its_first_lines() -> None:
    libraries = {key for key, row in TOOLS.items() if row["category"] in ("framework", "nlp_library", "vision_library")}
    assert libraries <= set(first_lines()) <= set(TOOLS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_python_and_short(name: str) -> None:
    source = program(name)
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imported
    assert len(source.splitlines()) <= (12 if "/" in name else 36)


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        program("nothing", tmp_path)
    assert caught.value.facts()["file"] == "tools/nothing.py"


def test_the_survey_s_network_has_as_many_parameters_in_both_frameworks() -> None:
    assert cnn_parameters() == 307_006
    assert keras_parameters(program(TWINS["Keras"])) == 307_006
    with torch.random.fork_rng(), redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(str(FOLDER / "cnn_pytorch.py"), run_name="__main__")
    count, loss = printed.getvalue().split()
    assert int(count) == 307_006
    assert 2.2 < float(loss) < 2.4


def keras_parameters(source: str) -> int:
    """The layers of a Keras program, counted as they stand in its source: Keras itself is not needed."""
    total, height, width, channels, features = 0, 0, 0, 0, 0
    for call in next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.List)).elts:
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        numbers = [ast.literal_eval(each) for each in call.args]
        if call.func.attr == "Input":
            height, width, channels = numbers[0]
        elif call.func.attr == "Conv2D":
            assert "padding='same'" in ast.unparse(call)
            total += convolution(channels, numbers[0], numbers[1])
            channels = numbers[0]
        elif call.func.attr == "MaxPooling2D":
            height, width = height // numbers[0], width // numbers[0]
        elif call.func.attr == "Flatten":
            features = height * width * channels
        elif call.func.attr == "Dense":
            total += linear(features, numbers[0])
            features = numbers[0]
        else:
            assert call.func.attr == "ReLU"
    return total
