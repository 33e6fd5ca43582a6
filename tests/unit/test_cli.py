"""The command line: one JSON object per line, and one-line errors."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.config import RunConfig, limit_text
from core.settings import PROJECT, get_settings
from core.training import local, train_slice
from core.ui.services import api

ASKED = ("--model", "mlp", "--epochs", "2", "--batch-size", "128", "--learning-rate", "0.01")


def test_train_prints_an_epoch_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *ASKED, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    config = RunConfig(model="mlp", epochs=2, batch_size=128, learning_rate=0.01)
    evaluations = train_slice(config, None, 10**9).evaluations
    assert [row["epoch"] for row in rows] == [1, 2]
    assert [row["val_accuracy"] for row in rows] == pytest.approx([e.val_accuracy for e in evaluations])
    assert [row["train_loss"] for row in rows] == pytest.approx([e.train_loss for e in evaluations])
    assert all(row["images_per_second"] > 0 for row in rows)


def test_a_run_that_diverges_is_valid_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--learning-rate", "10", "--seed", "1", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["finding"] == "diverged"
    assert last["step"] > 0
    num_images = last["images_per_second"] * last["elapsed_s"]
    assert num_images == pytest.approx(last["step"] * RunConfig().batch_size, rel=0.2)


def test_a_measurement_that_is_no_number_is_null(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "train_epochs", lambda _: [{"epoch": 4, "val_loss": math.nan, "logit_spread": math.inf}])
    assert main(["train", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"epoch": 4, "val_loss": None, "logit_spread": None}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--epochs", "0"), ("epochs", "1 to 50", "0")),
        (("--epochs", "many"), ("epochs", "1 to 50", "many")),
        (("--learning-rate", "nan"), ("learning_rate", "0.00001 to 10", "nan")),
        (("--learning-rate", "1e9"), ("learning_rate", "0.00001 to 10", "1e9")),
        (("--dataset", "cats"), ("dataset", "digits", "cats")),
        (("--optimizer", "sgd2"), ("optimizer", "adamw", "sgd2")),
        (("--precision", "int8"), ("precision", "bfloat16", "int8")),
    ],
)
def test_what_cannot_be_is_named_with_its_limit(
    arguments: tuple[str, str], told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *arguments, "--json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert all(word in output.err for word in told)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--model", "cats"), ("model", "mlp", "cats")),
        (("--epochs", "51"), ("epochs", "1 to 50", "51")),
        ((), ("nowhere/program.py cannot be written", "No such file")),
        (("--to", "notebook"), ("program.py has the ending of a script", "--to script")),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_line(
    arguments: tuple[str, str], told: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "program.py"
    assert main(["export", "--to", "script", *arguments, str(file)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert all(word in output.err for word in told)


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    """As with `head -1`, which closes the pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "core", "datasets"]
    ended = subprocess.run(command, cwd=PROJECT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_below_its_output_is_said_in_one_line() -> None:
    command = [sys.executable, "-m", "core", "datasets"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, cwd=PROJECT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "error: [Errno 28] No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes the output")
def test_a_command_whose_output_is_closed_ends_without_an_error() -> None:
    command = ["sh", "-c", f'"{sys.executable}" -m core datasets >&-']
    ended = subprocess.run(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_ctrl_c_ends_it_quietly() -> None:
    command = [sys.executable, "-m", "core", "train", "--model", "mlp", "--epochs", "50"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as training:
        assert training.stdout
        assert training.stdout.readline().startswith("epoch 1:")
        training.send_signal(signal.SIGINT)
        _, told = training.communicate(timeout=30)
    assert (training.returncode, told) == (130, "")


@pytest.mark.parametrize("address", ["host", "host:8786", "tcp://host", "tcp://:8786x"])
def test_a_schedulers_address_that_cannot_be_is_said_in_one_line(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worker", address]) == 2
    told = capsys.readouterr().err
    assert told == f"error: scheduler must be like tcp://host:8786, got {address!r}.\n"


def test_the_help_names_the_limits_and_the_default_of_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "--epochs VALUE a whole number from 1 to 50; default 10" in told
    for field, about in RunConfig.model_fields.items():
        assert f"--{field.replace('_', '-')} VALUE {limit_text(field)}; default {about.default}" in told


def test_an_unknown_data_set_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "cats"]) == 2
    assert "cats" in capsys.readouterr().err


def test_the_doctor_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    facts = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert float(facts["matmul_gflops"]) > 0
    assert float(facts["images_per_second_in_steps"]) > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS", "many"),
        ("WORKERS", "0"),
        ("MAX_STREAMS", "x"),
        ("MAX_STEP_S", "nan"),
        ("MAX_QUEUED_CORE_S", "0"),
        ("MAX_STORAGE_BYTES", "-1"),
    ],
)
def test_an_installations_bad_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"TRENDLAB_{name}", value)
    get_settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        api()
    assert f"error: TRENDLAB_{name}: " in str(ended.value)
    assert value in str(ended.value)


def test_an_installations_bad_setting_ends_it_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRENDLAB_WORKERS", "many")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port=0"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode != 0
    assert "error: TRENDLAB_WORKERS: " in ended.stderr + ended.stdout
    assert "many" in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout
