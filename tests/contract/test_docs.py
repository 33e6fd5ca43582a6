"""The documents agree with the code: settings, addresses, commands, terms, links and the layout."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest
from starlette.routing import Mount, Route

from core.__main__ import _parser
from core.content.words import languages
from core.live.plotly_route import plotly_route
from core.live.routes import Api
from core.settings import PREFIX, PROJECT, Settings

README = (PROJECT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("[!.]*/**/*.md")])
LINK = re.compile(r"""\]\((?P<markdown>[^)\s]+)\)|(?:src|href)="(?P<html>[^"]+)\"""")


def table(heading: str) -> dict[str, str]:
    """The first two columns of the table below a heading of the README."""
    body = README.split(f"{heading}\n", 1)[1].split("\n#", 1)[0]
    rows = [line.strip("|").split("|") for line in body.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): row[1].strip().strip("`") for row in rows}


def test_the_settings_table_names_every_setting() -> None:
    assert list(table("### Settings")) == [PREFIX + name.upper() for name in Settings.model_fields]


def test_the_settings_table_gives_the_plain_defaults() -> None:
    plain = {name: f.default for name, f in Settings.model_fields.items() if type(f.default) in (int, float)}
    told = {name: float(table("### Settings")[PREFIX + name.upper()]) for name in plain}
    assert told == plain


def test_the_api_table_names_every_address() -> None:
    (mount,) = Api(lambda: pytest.fail("no request is made"), 1, 1).routes("")
    assert isinstance(mount, Mount)
    routes = [route for route in mount.routes if isinstance(route, Route)]
    told = [("POST" if "POST" in (route.methods or ()) else "GET", route.path) for route in routes]
    served = {f"{method} {mount.path}{path}" for method, path in told if path != plotly_route().path}
    assert {address.split("?")[0] for address in table("## HTTP API")} == served


def test_the_command_table_names_every_command() -> None:
    told = {command.removeprefix("python -m core ").split()[0] for command in table("## Command line")}
    assert told == set(_commands())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets
    commands = _commands()
    for command, rest in re.findall(r"python -m core ([a-z]+)([^`\n]*)", text):
        options = {option for action in commands[command]._actions for option in action.option_strings}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options, command
    for requirements in re.findall(r"requirements[a-z-]*\.txt", text):
        assert (PROJECT / requirements).is_file()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in (found["markdown"] or found["html"] for found in LINK.finditer(text)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, heading = link.partition("#")
        target = (document.parent / file) if file else document
        assert target.resolve().is_relative_to(PROJECT), f"{document.name} links to {link}"
        assert target.exists(), f"{document.name} links to {link}"
        if heading:
            assert heading in _anchors(target), f"{document.name} links to {link}"


def test_the_layout_in_the_readme_exists() -> None:
    tree = README.split("## Repository layout\n", 1)[1].split("```")[1]
    folders: list[str] = []
    for line in filter(None, tree.splitlines()):
        name = line.split()[0]
        folders[(len(line) - len(line.lstrip())) // 2 :] = [name]
        path = PROJECT.joinpath(*folders)
        assert path.is_dir() if name.endswith("/") else path.is_file(), path


@pytest.mark.parametrize(
    "field",
    [
        "epochs",
        "learning_rate",
        "dataset",
        "model",
        "optimizer",
        "momentum",
        "batch_size",
        "seed",
        "weight_decay",
        "precision",
    ],
)
def test_the_glossary_has_the_words_of_the_interface(field: str) -> None:
    text = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    terms = {row[0].lower(): row[1] for row in rows}
    english, chinese = (_words(language)["fields"][field]["label"] for language in ("en", "zh"))
    term = english.lower() if english.lower() in terms else english.lower().removesuffix("s")
    assert terms[term] == chinese


def test_every_row_of_the_glossary_is_whole() -> None:
    text = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    assert all(len(row) == 2 * len(languages()) and all(cell.strip() for cell in row) for row in rows)
    terms = [row[0].strip() for row in rows if row[0].strip() not in ("English", "---")]
    assert len(terms) == len(set(terms))


def _commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(found.choices)


def _words(language: str) -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((PROJECT / "data" / "i18n" / f"{language}.toml").read_text(encoding="utf-8"))


def _anchors(document: Path) -> set[str]:
    """The headings as a link names them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
