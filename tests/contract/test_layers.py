"""Imports go one way, heavy libraries have one place each, and the app process never imports torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from core.settings import PROJECT

LEAVES = {"core", "core.config", "core.catalog", "core.errors", "core.settings"}
NETWORKS = LEAVES | {"core.models", "core.datasets", "core.optimizers"}
TRAINING = NETWORKS | {"core.training", "core.interpret"}
SERVICES = TRAINING | {
    "core.diagnosis",
    "core.live",
    "core.runs",
    "core.content",
    "core.charts",
    "core.export",
    "core.facts",
    "core.survey",
    "core.report",
}

# The other parts that each part may import.
MAY_IMPORT = {
    "pages": {"core.ui"},
    "app": {"core.ui", "core.live", "core.settings"},
    "core.__main__": SERVICES,
    "core.ui": SERVICES,
    "core.live": TRAINING | {"core.runs", "core.export"},
    "core.export": TRAINING | {"core.runs", "core.content"},
    "core.diagnosis": LEAVES | {"core.training", "core.runs"},
    "core.report": TRAINING | {"core.runs", "core.content", "core.charts", "core.diagnosis"},
    "core.runs": TRAINING,
    "core.content": TRAINING | {"core.facts", "core.survey"},
    "core.charts": TRAINING | {"core.content", "core.facts", "core.survey"},
    "core.survey": LEAVES | {"core.facts"},
    "core.facts": LEAVES,
    "core.training": NETWORKS,
    "core.interpret": NETWORKS | {"core.training"},
    "core.models": LEAVES,
    "core.datasets": LEAVES,
    "core.optimizers": LEAVES,
    "core.config": {"core.catalog", "core.errors", "core"},
    "core.catalog": {"core.settings"},
    "core.errors": set(),
    "core.settings": {"core.errors"},
    "core": set(),
}

# The other folders that each folder of `core/ui` may import; all may import the files directly in `core/ui`.
WITHIN_UI = {
    "": set(),
    "lab": set(),
    "understand": {"lab"},
    "compare": {"lab", "understand"},
    "runs": {"lab"},
    "topics": {"lab"},
}

# The only places that may import libraries that are heavy or have no place in pure functions.
ONLY_IN = {
    "streamlit": ("app.py", "pages/", "core/ui/"),
    "distributed": ("core/runs/cluster.py", "core/runs/worker.py"),
    "dask": ("core/runs/cluster.py", "core/runs/worker.py"),
    "sqlalchemy": ("core/runs/",),
    "alembic": ("core/runs/",),
    "torch": (
        "core/training/",
        "core/models/",
        "core/optimizers/",
        "core/datasets/",
        "core/interpret/",
        "core/runs/worker.py",
    ),
    "torchvision": ("core/datasets/",),
    "captum": ("core/interpret/captum_import.py",),
    "onnx": ("core/interpret/",),
    "safetensors": ("core/interpret/",),
    "sklearn": ("core/datasets/",),
    "plotly": ("core/charts/",),
    "starlette": ("app.py", "core/live/"),
    "pandas": (),
}
# Streamlit functions that need pandas; use `core/ui/tables.py` instead.
BRINGS_PANDAS = {"dataframe", "data_editor", "table", "line_chart", "bar_chart", "area_chart", "scatter_chart"}

FILES = sorted([PROJECT / "app.py", *PROJECT.glob("pages/**/*.py"), *PROJECT.glob("core/**/*.py")])


def name_of(file: Path) -> str:
    return str(file.relative_to(PROJECT))


def part_of(module: str) -> str:
    """The layer that a module belongs to: `core.runs.store` to `core.runs`."""
    names = module.split(".")
    return ".".join(names[:2] if names[0] == "core" else names[:1])


def folder_of(name: str) -> str:
    """The folder of a file in `core/ui`: `lab` for `core/ui/lab/page.py`, none for `core/ui/shell.py`."""
    parts = name.split("/")[2:]
    return parts[0] if len(parts) > 1 else ""


@cache
def nodes_of(file: Path) -> list[ast.AST]:
    """The file's whole syntax."""
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def imported(file: Path) -> list[tuple[str, int]]:
    """Every module that a file imports, at its top or inside a function, and the line."""
    return list(_imported(file))


def _imported(file: Path) -> Iterator[tuple[str, int]]:
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)}:{node.lineno} imports relatively"
            if node.module == "core":
                yield from ((f"core.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield str(node.module), node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield first_text(node.args[0]).rstrip("."), node.lineno


def first_text(node: ast.expr) -> str:
    """The constant beginning of a string, which names the package of a dynamic import."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    assert isinstance(first, ast.Constant), f"line {node.lineno} imports what cannot be read from the source"
    return str(first.value)


def test_every_part_has_a_rule() -> None:
    parts = {part_of(name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", ".")) for file in FILES}
    assert parts <= MAY_IMPORT.keys()


def test_every_library_that_is_imported_is_pinned() -> None:
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0].lower() for line in lines if "==" in line}
    packages = packages_distributions()
    names = {module.partition(".")[0] for file in FILES for module, _ in imported(file)}
    for name in names - sys.stdlib_module_names - {"core"}:
        assert {each.lower() for each in packages[name]} & pinned, name


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_point_one_way(file: Path) -> None:
    part = part_of(name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    for module, line in imported(file):
        target = part_of(module)
        if target.split(".")[0] in ("core", "pages", "app", "tests") and target != part:
            allowed = ", ".join(sorted(MAY_IMPORT[part])) or "nothing of the project"
            assert target in MAY_IMPORT[part], f"{name_of(file)}:{line} imports {module}; {part} may import {allowed}"


def test_the_folders_of_the_pages_are_the_ones_with_a_rule() -> None:
    assert {folder_of(name_of(file)) for file in FILES if name_of(file).startswith("core/ui/")} == WITHIN_UI.keys()


@pytest.mark.parametrize("file", [file for file in FILES if name_of(file).startswith("core/ui/")], ids=name_of)
def test_the_folders_of_the_pages_import_one_way(file: Path) -> None:
    folder = folder_of(name_of(file))
    for module, line in imported(file):
        target = folder_of(module.replace(".", "/") + ".py") if module.startswith("core.ui.") else ""
        allowed = {"", folder} | WITHIN_UI[folder]
        assert target in allowed, f"{name_of(file)}:{line} imports {module}; {folder or 'core/ui'} may not"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_place(library: str) -> None:
    places = ONLY_IN[library]
    strays = [
        f"{name_of(file)}:{line}"
        for file in FILES
        for module, line in imported(file)
        if module.split(".")[0] == library and not name_of(file).startswith(places)
    ]
    assert strays == [], f"{library} belongs to {', '.join(places)}"


def test_no_page_brings_pandas_into_the_pages_process() -> None:
    """It would take a third of the memory that the process may use."""
    strays = [
        f"{name_of(file)}:{node.lineno}"
        for file in FILES
        for node in nodes_of(file)
        if isinstance(node, ast.Attribute) and node.attr in BRINGS_PANDAS and ast.unparse(node.value) == "st"
    ]
    assert strays == []


def test_the_pages_process_never_imports_what_trains() -> None:
    parts = ("ui", "live", "runs", "content", "charts", "export", "diagnosis", "facts", "survey", "report")
    modules = [
        name_of(file).removesuffix(".py").replace("/", ".")
        for file in FILES
        if name_of(file).startswith(tuple(f"core/{part}/" for part in parts))
        and file.name not in ("__init__.py", "script.py")  # the script draws a page
        and "migrations" not in file.parts
    ]
    program = "import importlib, sys\n"
    program += f"for name in {['app', *modules]}: importlib.import_module(name)\n"
    program += (
        "print(*{name.split('.')[0] for name in sys.modules} & {'torch', 'torchvision', 'sklearn', 'scipy', 'onnx'})"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_what_trains_knows_no_pages_no_cluster_and_no_database() -> None:
    unwanted = {"streamlit", "distributed", "dask", "sqlalchemy", "starlette", "plotly", "pandas", "sklearn"}
    program = "import sys, core.training.slice, core.training.local, core.training.doctor\n"
    program += f"print(*{{name.split('.')[0] for name in sys.modules}} & {unwanted})"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
