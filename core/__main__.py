"""The command line: `python -m core train | export | datasets | doctor | worker`."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from core import catalog
from core.config import RunConfig, limit_text
from core.content.numbers import half_up
from core.content.words import DEFAULT_LANGUAGE, languages
from core.errors import InvalidConfig, TrendLabError

ENDINGS = {".py": "script", ".ipynb": "notebook"}


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Returns 0 on success, 2 after an error, which is printed on standard error, 130 after Ctrl-C."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
        print(end="", flush=True)
    except TrendLabError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130  # the convention of shells
    except BrokenPipeError:  # the reader has closed the pipe, as `head` does
        _drop_the_rest()
    except OSError as problem:
        _drop_the_rest()
        print(f"error: {problem}", file=sys.stderr)
        return 2
    return 0


def _drop_the_rest() -> None:
    """Redirect standard output to nowhere, as Python flushes it once more at exit."""
    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="TrendLab on the command line.")
    commands = parser.add_subparsers(required=True, metavar="command")

    train = commands.add_parser("train", help="train one run in this process")
    _add_settings(train)
    train.add_argument("--json", action="store_true", help="print one JSON object per epoch")
    train.set_defaults(run=_train)

    export = commands.add_parser("export", help="write a program with these settings that runs without TrendLab")
    _add_settings(export)
    export.add_argument("--to", required=True, choices=("script", "notebook"), help="format of the program")
    export.add_argument("file", metavar="FILE", type=Path, help="file to write")
    export.add_argument("--lang", choices=languages(), default=DEFAULT_LANGUAGE, help="language of the comments")
    export.set_defaults(run=_export)

    datasets = commands.add_parser("datasets", help="list the data sets; prepare those named")
    datasets.add_argument("prepare", nargs="*", metavar="NAME", help="data set to prepare")
    datasets.set_defaults(run=_datasets)

    doctor = commands.add_parser("doctor", help="measure what this machine can do")
    doctor.set_defaults(run=_doctor)

    worker = commands.add_parser("worker", help="train for a Dask scheduler")
    worker.add_argument("scheduler", nargs="?", help="tcp://host:port; read from standard input if omitted")
    worker.set_defaults(run=_worker)
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    for field, about in RunConfig.model_fields.items():
        help_text = f"{limit_text(field)}; default {about.default}"
        parser.add_argument("--" + field.replace("_", "-"), default=argparse.SUPPRESS, metavar="VALUE", help=help_text)


def _config(chosen: argparse.Namespace) -> RunConfig:
    given = {field: getattr(chosen, field) for field in RunConfig.model_fields if hasattr(chosen, field)}
    return RunConfig.from_mapping(given)


def _export(chosen: argparse.Namespace) -> None:
    from core.export import program

    fitting = ENDINGS.get(chosen.file.suffix.lower(), chosen.to)
    if fitting != chosen.to:
        raise TrendLabError(f"{chosen.file} has the ending of a {fitting}: choose --to {fitting} or another name.")
    write = program.script if chosen.to == "script" else program.notebook
    text = write(_config(chosen), lang=chosen.lang)
    try:
        chosen.file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        raise TrendLabError(f"{chosen.file} cannot be written: {problem.strerror}.") from problem


def _train(chosen: argparse.Namespace) -> None:
    config = _config(chosen)
    from core.training.local import train_epochs

    for row in train_epochs(config):
        print(_json(row) if chosen.json else _sentence(row), flush=True)


def _json(row: dict[str, Any]) -> str:
    """JSON has only finite numbers: any other becomes null."""
    finite = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()}
    return json.dumps(finite, allow_nan=False)


def _sentence(row: dict[str, Any]) -> str:
    if row.get("finding") == "diverged":
        return f"diverged at step {row['step']}: the loss is no longer a number"
    return (
        f"epoch {row['epoch']}: training loss {row['train_loss']:.4f}, validation loss {row['val_loss']:.4f}, "
        f"validation accuracy {half_up(row['val_accuracy'], '.1%')}, {row['images_per_second']:.0f} images/s"
    )


def _datasets(chosen: argparse.Namespace) -> None:
    from core.datasets import ensure_prepared, is_prepared
    from core.datasets.prepared import read_meta

    for name in chosen.prepare:
        if name not in catalog.specs("datasets"):
            RunConfig(dataset=name)  # raises InvalidConfig with the known names
        ensure_prepared(name, partial(_show_progress, name))
    for name, spec in catalog.specs("datasets").items():
        ready = is_prepared(name)
        images = read_meta(name)["num_images"] if ready else spec["num_train"] + spec["num_validation"]
        print(f"{name:15} {'ready' if ready else 'absent':7} {images:6} images  {spec['label']['en']}")


def _show_progress(name: str, progress: float) -> None:
    print(f"{name}: {progress:.0%}", flush=True)


def _doctor(_chosen: argparse.Namespace) -> None:
    from core.training.doctor import examine

    for name, value in asdict(examine()).items():
        print(f"{name:30} {value}")


def _worker(chosen: argparse.Namespace) -> None:
    if chosen.scheduler and not re.fullmatch(r"\w+://.+:\d+", chosen.scheduler):
        raise InvalidConfig("scheduler", "like tcp://host:8786", chosen.scheduler)
    from core.runs import worker

    if chosen.scheduler:
        print(f"Training for {chosen.scheduler} once it is reachable; stop with Ctrl-C.", file=sys.stderr, flush=True)
    worker.main(chosen.scheduler)


if __name__ == "__main__":
    sys.exit(main())
