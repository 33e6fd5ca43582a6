"""The text of an exported program: complete, simple, in one language, with nothing that the settings do not need."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import nbformat
import pytest

from core import catalog
from core.__main__ import main
from core.config import RunConfig
from core.content.plain import columns
from core.content.words import languages
from core.export.program import notebook, script
from core.training.schedule import Change

CHANGES: list[Change] = [(5, "learning_rate", 0.1)]
EVERYTHING: dict[str, Any] = {
    "schedule": "cosine", "precision": "bfloat16", "augment_shift": True, "augment_flip": True, "augment_crop": True,
    "train_share": 0.5, "same_steps": True, "label_noise": 0.2, "val_shift": 2,
}  # fmt: skip
HAN = re.compile(r"[\u3400-\u9fff]")
KINDS = {"model": "models", "optimizer": "optimizers", "dataset": "datasets"}
# Each choice once, and all settings at once, by name.
CHOSEN: dict[str, tuple[RunConfig, list[Change]]] = {
    f"{field}_{name}": (RunConfig(**{field: name}), []) for field, kind in KINDS.items() for name in catalog.specs(kind)
} | {f"everything_{way}": (RunConfig(**EVERYTHING | {"schedule": way}), CHANGES) for way in ("step", "cosine")}


@cache
def program_of(name: str, lang: str) -> str:
    config, changes = CHOSEN[name]
    return script(config, changes, lang)


def plain() -> str:
    return program_of("model_seed_cnn", "en")


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CHOSEN)
def test_a_program_needs_no_trendlab_and_has_no_gaps(name: str, lang: str) -> None:
    program = program_of(name, lang)
    tree = ast.parse(program)
    roots = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    roots += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert "core" not in {str(root).split(".")[0] for root in roots}
    assert "config" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not re.search(r"# @|@\w+\[|textbook|OFFICIAL|noqa|type: ignore", program)
    given = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    given += [
        t.id for node in tree.body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)
    ]
    twice = {name for name, times in Counter(given).items() if times > 1}
    assert twice <= {"train_part", "val_pixels"}  # cut and moved, where the settings say so


def test_programs_are_clean(tmp_path: Path) -> None:
    """No undefined names, no unused imports, imports in the usual order, no long lines."""
    for name, lang in product(CHOSEN, languages()):
        (tmp_path / f"{name}_{lang}.py").write_text(program_of(name, lang), encoding="utf-8")
    command = ["-m", "ruff", "check", "--isolated", "--no-cache", "--line-length=120", "--select=E,W,F,I", tmp_path]
    command += ["--config", "lint.isort.lines-after-imports=2"]
    checked = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def remarks(program: str) -> list[str]:
    """Comments, with those on adjacent lines joined, and docstrings."""
    found: list[str] = []
    last_row = -1
    for token in tokenize.generate_tokens(io.StringIO(program).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] == last_row + 1:
                found[-1] += token.string
            else:
                found.append(token.string)
            last_row = token.start[0]
    blocks = [n for n in ast.walk(ast.parse(program)) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return found + [ast.get_docstring(block) or "" for block in blocks]


@pytest.mark.parametrize("lang", languages())
def test_a_program_speaks_one_language(lang: str) -> None:
    for name in CHOSEN:
        in_words = [remark for remark in remarks(program_of(name, lang)) if re.search("[a-z]{2}", remark)]
        assert in_words, name
        assert {bool(HAN.search(remark)) for remark in in_words} == {lang == "zh"}, name


@pytest.mark.parametrize("lang", languages())
def test_comments_are_not_too_wide(lang: str) -> None:
    """The exporter's own; the quoted ones keep the width of the files that they come from."""
    for name in CHOSEN:
        for line in program_of(name, lang).splitlines():
            assert columns(line) <= (88 if line.lstrip().startswith("#") and HAN.search(line) else 120), name


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"augment_crop": True}, ["augmented", "MIN_CROP"]),
        ({"augment_shift": True}, ["augmented", "MAX_SHIFT"]),
        ({"augment_flip": True}, ["augmented", "[:, ::-1]"]),
        ({"schedule": "step"}, ["learning_rate_at", "STEP_DROPS"]),
        ({"schedule": "cosine"}, ["learning_rate_at", "math.cos"]),
        ({"precision": "bfloat16"}, ["autocast"]),
        ({"label_noise": 0.1}, ["LABEL_NOISE", "LABEL_NOISE_SEED"]),
        ({"train_share": 0.5}, ["TRAIN_SHARE"]),
        ({"train_share": 0.5, "same_steps": True}, ["TRAIN_SHARE", "num_looks"]),
        ({"val_shift": 1}, ["VAL_SHIFT"]),
        ({"dataset": "mnist"}, ["torchvision", "resize"]),
    ],
    ids=str,
)
def test_only_what_the_settings_need(setting: dict[str, Any], words: list[str]) -> None:
    asked = script(RunConfig(**setting))
    assert [word for word in words if word in plain()] == []
    assert [word for word in words if word not in asked] == []


def test_rates_changed_on_the_way_are_in_the_program() -> None:
    assert "RATE_CHANGES = ((5, 0.1),)" in script(RunConfig(), CHANGES)
    assert "RATE_CHANGES" not in plain()


def test_every_setting_changes_the_program() -> None:
    """This includes settings added later, which must get a value here."""
    others = EVERYTHING | {
        "dataset": "shapes", "model": "mlp", "optimizer": "adam", "epochs": 2, "learning_rate": 0.5, "momentum": 0.5,
        "batch_size": 7, "weight_decay": 0.5, "seed": 9, "depth": 3,
    }  # fmt: skip
    assert others.keys() == RunConfig.model_fields.keys()
    for field, value in others.items():
        config = RunConfig(train_share=0.5) if field == "same_steps" else _using(field)
        changes = script(config.replaced(**{field: value})) != script(config)
        assert changes == config.uses(field), field


def _using(field: str) -> RunConfig:
    """The default settings with the first model that reads the field, if any does."""
    model = next((name for name, spec in catalog.specs("models").items() if field in spec["uses"]), "seed_cnn")
    return RunConfig(model=model)


@pytest.mark.parametrize("lang", languages())
def test_a_notebook_is_valid_and_says_the_same(lang: str) -> None:
    config = RunConfig(**EVERYTHING)
    content = nbformat.reads(notebook(config, CHANGES, lang), as_version=4)
    nbformat.validate(content)
    assert (content.nbformat, content.nbformat_minor) == (4, 5)
    assert [cell.cell_type for cell in content.cells] == ["markdown", *["markdown", "code"] * 8]
    program = script(config, CHANGES, lang)
    code = [cell.source for cell in content.cells if cell.cell_type == "code"]
    assert all(each in program for each in code)
    assert sum(map(len, code)) < len(program)
    flat = re.sub(r"[#\s]", "", program)
    prose = [cell.source for cell in content.cells if cell.cell_type == "markdown"]
    assert all(re.sub(r"[#\s]", "", each) in flat for each in prose)


def test_the_textbooks_order_stands_in_the_program() -> None:
    assert "x = F.max_pool2d(F.relu(self.conv1(images)), 2)\n" in plain()
    assert "F.relu(F.max_pool2d" not in plain()


def test_the_command_writes_what_the_functions_give(tmp_path: Path) -> None:
    asked = ["--model", "mlp", "--learning-rate", "0.01", "--schedule", "cosine"]
    config = RunConfig(model="mlp", learning_rate=0.01, schedule="cosine")
    for kind, write in (("script", script), ("notebook", notebook)):
        for lang in languages():
            path = tmp_path / f"{kind}-{lang}"
            assert main(["export", *asked, "--to", kind, str(path), "--lang", lang]) == 0
            assert path.read_text(encoding="utf-8") == write(config, lang=lang)
    assert json.loads(path.read_bytes())["nbformat"] == 4


def test_the_command_needs_no_torch(tmp_path: Path) -> None:
    program = "import sys, core.__main__\ncore.__main__.main(sys.argv[1:])\n"
    program += "print({'torch', 'sklearn', 'torchvision'} & {name.split('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", program, "export", "--to", "script", str(tmp_path / "program.py")]
    assert subprocess.check_output(command, text=True).strip() == "set()"
