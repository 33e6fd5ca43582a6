"""The recipes of CONTRIBUTING.md work when followed to the letter in a copy of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.catalog import KINDS, specs
from core.content.words import languages
from core.settings import PROJECT
from tests.waiting import until

TREE = ("core", "pages", "data", ".streamlit", "app.py")
LEFT_OUT = shutil.ignore_patterns("secrets.toml")
SECTION = re.compile(r"^### (?P<title>.+?)\n(?P<body>.+?)(?=^###? |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^ *```(?P<language>\w+)\n(?P<code>.*?)^ *```$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"# (?P<file>[\w./]+\.\w+)(: (?P<where>.+))?\n")
GERMAN_TITLE = re.compile(r'(?<=\n)(title = ")Train a CNN')
PLACES = re.compile(r"\{(\w*)\}")

# Prints what a reader sees: the new page, the choices of the Train page, and that page in the new language.
VISIT = """
import json, sys
import psutil
from streamlit.testing.v1 import AppTest

def main():
    sys.argv = ["app.py"]
    try:
        print(json.dumps(visit(AppTest.from_file("app.py", default_timeout=60).run())))
    finally:
        from core.ui.services import close_services
        close_services()

def visit(at):
    at.switch_page("pages/about.py").run()
    seen = {"about": [each.value for each in at.markdown]}
    errors = list(at.exception)
    at.query_params["level"] = "expert"
    at.switch_page("pages/train.py").run()
    seen["choices"] = {name: at.selectbox(key=f"{name}_0").options for name in ("dataset", "model", "optimizer")}
    for name, value in (("dataset", "stripes"), ("model", "tiny"), ("optimizer", "adamax")):
        at.selectbox(key=f"{name}_0").set_value(value)
    at.run()
    seen["chosen"] = {name: at.selectbox(key=f"{name}_0").value for name in ("dataset", "model", "optimizer")}
    errors += at.exception
    at.segmented_control(key="lang").set_value("de").run()
    seen["title"] = at.title[0].value
    seen["errors"] = [error.message for error in [*errors, *at.exception]]
    seen["workers"] = [child.pid for child in psutil.Process().children(recursive=True)]
    return seen

if __name__ == "__main__":
    main()
"""


# Prints whether each choice is listed, and whether the data set's numbers are those of its split.
TOLD = """
import json, sys
from core import catalog, config
from core.datasets.prepared import open_prepared

chosen = json.loads(sys.argv[1])
data, spec = open_prepared(chosen["dataset"]), catalog.specs("datasets")[chosen["dataset"]]
print(json.dumps({
    "listed": [[name in catalog.specs(f"{field}s"), name in config.choices(field)] for field, name in chosen.items()],
    "split": [data.num_train == spec["num_train"], data.num_validation == spec["num_validation"]],
}))
"""


class Lab:
    """A copy of the repository with its own home folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self._home = folder, home
        for name in TREE:
            source = PROJECT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, folder / name, **({"ignore": LEFT_OUT} if source.is_dir() else {}))

    def files(self) -> dict[str, bytes]:
        """Every file's content, except compiled Python."""
        paths = [path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}

    def follow(self, title: str) -> None:
        """Follow a recipe: write its files, add its lines, run its commands."""
        for block in BLOCK.finditer(recipes()[title]):
            code = textwrap.dedent(block["code"])
            if block["language"] == "sh":
                subprocess.run(["sh", "-ec", code], cwd=self.folder, check=True)
            elif marker := MARKER.match(code):
                self._write(self.folder / marker["file"], marker["where"], code, code[marker.end() :])

    def run(self, *command: str) -> str:
        """The output of a Python command in the copy."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("TRENDLAB_", "PYTEST_"))}
        environment |= {"TRENDLAB_HOME": str(self._home), "TRENDLAB_WORKERS": "1"}
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=90,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _write(self, path: Path, where: str | None, code: str, addition: str) -> None:
        if where is None:
            assert not path.exists(), f"{path} exists already"
            path.write_text(code, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        changed = f"{text}\n{addition}" if where == "at the end" else _added(text, where.removeprefix("in "), addition)
        path.write_text(changed, encoding="utf-8")


def recipes() -> dict[str, str]:
    """The recipes of CONTRIBUTING.md by title."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return {section["title"]: section["body"] for section in SECTION.finditer(text)}


def written_files() -> list[str]:
    """The complete files in the recipes."""
    blocks = (block for text in recipes().values() for block in BLOCK.finditer(text))
    heads = (MARKER.match(textwrap.dedent(block["code"])) for block in blocks)
    return [head["file"] for head in heads if head and not head["where"]]


def _added(text: str, anchor: str, addition: str) -> str:
    """Add an entry to the bracket that ends the anchor, or a line below it if it is a TOML table."""
    assert anchor in text, f"the recipe's place {anchor!r} is gone"
    start = text.index(anchor) + len(anchor)
    if anchor.endswith("]"):
        return f"{text[:start]}\n{addition.strip()}{text[start:]}"
    end = _closing(text, start)
    inside = text[start:end].rstrip().removesuffix(",")
    return f"{text[:start]}{inside}, {addition.strip()}{text[end:]}"


def _closing(text: str, start: int) -> int:
    depth = 1
    for position in range(start, len(text)):
        depth += {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise AssertionError("the bracket never closes")


@pytest.fixture
def lab(tmp_path: Path, prepared_digits: Path) -> Lab:
    if followed := [file for file in (*written_files(), "data/i18n/de.toml") if (PROJECT / file).exists()]:
        pytest.skip(f"this tree has followed the recipes already: {', '.join(followed)}")
    (tmp_path / "tree").mkdir()
    shutil.copytree(prepared_digits / "datasets", tmp_path / "home" / "datasets")
    return Lab(tmp_path / "tree", tmp_path / "home")


ONE_FILE = {
    "Add a model": ("models", "tiny"),
    "Add an optimizer": ("optimizers", "adamax"),
    "Add a data set": ("datasets", "stripes"),
}


def test_a_file_each_makes_new_choices_that_train_together(lab: Lab) -> None:
    for title, (kind, name) in ONE_FILE.items():
        before = lab.files()
        lab.follow(title)
        after = lab.files()
        assert after.keys() - before.keys() == {f"core/{kind}/{name}.py"}
        assert {path for path in before if before[path] != after[path]} == set()

    chosen = {kind.removesuffix("s"): name for kind, name in ONE_FILE.values()}
    settings = [text for field, name in {**chosen, "epochs": "1"}.items() for text in (f"--{field}", name)]
    lab.run("-m", "core", "datasets", chosen["dataset"])
    rows = [json.loads(line) for line in lab.run("-m", "core", "train", *settings, "--json").splitlines()]
    assert [row["epoch"] for row in rows] == [1]
    assert rows[0]["train_loss"] < 3
    told = json.loads(lab.run("-c", TOLD, json.dumps(chosen)))
    assert told == {"listed": [[True, True]] * len(chosen), "split": [True, True]}

    program = str(lab.folder.parent / "program.py")
    lab.run("-m", "core", "export", *settings, "--to", "script", program)
    result = [float(line.split()[-1]) for line in lab.run(program).splitlines()[-3:]]
    assert result == [rows[0]["train_loss"], rows[0]["val_loss"], rows[0]["val_accuracy"]]


def test_every_spec_is_worded_in_every_language() -> None:
    for kind in KINDS:
        for name, spec in specs(kind).items():
            told = [value.keys() for value in spec.values() if isinstance(value, dict)]
            assert all(each == languages().keys() for each in told), f"{kind}/{name}"


def test_all_that_the_recipes_add_stands_on_the_pages(lab: Lab) -> None:
    for title in (*ONE_FILE, "Add a page", "Add a language"):
        lab.follow(title)
    german = lab.folder / "data" / "i18n" / "de.toml"
    german.write_text(GERMAN_TITLE.sub(r"\g<1>Ein Netz trainieren", german.read_text("utf-8")), encoding="utf-8")
    check_parity(german.parent)

    seen = json.loads(lab.run("-c", VISIT).splitlines()[-1])
    assert seen["errors"] == []
    assert "This TrendLab belongs to our class." in seen["about"]
    assert "Tiny CNN" in seen["choices"]["model"]
    assert "Adamax" in seen["choices"]["optimizer"]
    assert "Stripes (600)" in seen["choices"]["dataset"]
    assert seen["chosen"] == {"dataset": "stripes", "model": "tiny", "optimizer": "adamax"}
    assert seen["title"] == "Ein Netz trainieren"
    assert seen["workers"], "the app started no worker of its own"
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in seen["workers"]))


def check_parity(folder: Path) -> None:
    """All languages have the same keys and placeholders."""
    languages = {path.stem: dict(_flat(tomllib.loads(path.read_text("utf-8")))) for path in folder.glob("*.toml")}
    for words in languages.values():
        assert words.keys() == languages["en"].keys()
        for key, text in words.items():
            assert set(PLACES.findall(text)) == set(PLACES.findall(languages["en"][key])), key


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def test_recipes_keep_to_the_rules_of_the_house(lab: Lab) -> None:
    for title in (*ONE_FILE, "Add a page"):
        lab.follow(title)
    shutil.copy2(PROJECT / "pyproject.toml", lab.folder)
    for check in (("format", "--check"), ("check",)):
        lab.run("-m", "ruff", *check, "--no-cache", *written_files())
