"""All errors that core raises. The pages translate them into the reader's language.

Every error carries its facts as attributes (`facts()`), so that callers need not parse a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar


class TrendLabError(Exception):
    """Base of all errors."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self._facts = facts

    @property
    def key(self) -> str:
        """The name under which the pages find the translation: DatasetError is "dataset", HomeGone "home_gone"."""
        words = re.findall("[A-Z][a-z]*", type(self).__name__.removeprefix("TrendLab"))
        return "_".join(words).lower().removesuffix("_error")

    def facts(self) -> dict[str, object]:
        """The values that belong in a message: field, limit, got, host, folder, ..."""
        return dict(self._facts)

    def __getattr__(self, name: str) -> object:
        facts = self.__dict__.get("_facts", {})
        if name in facts:
            return facts[name]
        raise AttributeError(name)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self._facts)


def _rebuild(kind: type[TrendLabError], message: str, facts: dict[str, object]) -> TrendLabError:
    error = kind.__new__(kind)
    TrendLabError.__init__(error, message, **facts)
    return error


class InvalidConfig(TrendLabError):
    """A setting of a run is out of range, not a number, or an unknown name; `limit` is in words."""

    def __init__(self, field: str, limit: str, got: object) -> None:
        super().__init__(f"{field} must be {limit}, got {got!r}.", field=field, limit=limit, got=got)


class InvalidSetting(TrendLabError):
    """The same for a setting of this installation, `TRENDLAB_*`; the app does not start."""

    def __init__(self, name: str, limit: str, got: object) -> None:
        super().__init__(f"{name}: {limit}, got {got!r}.", name=name, limit=limit, got=got)


class DatasetError(TrendLabError):
    """A data set could not be prepared."""

    def __init__(self, dataset: str, reason: str) -> None:
        super().__init__(f"{dataset} could not be prepared: {reason}.", dataset=dataset, reason=reason)


class DatasetGone(DatasetError):
    """A reader's own data set was deleted or is not on this machine."""

    def __init__(self, dataset: str) -> None:
        TrendLabError.__init__(self, f"The images of {dataset} no longer exist here.", dataset=dataset)


class DatasetChanged(DatasetError):
    """The run can be neither continued nor shown with the images that are here now."""

    def __init__(self, dataset: str) -> None:
        TrendLabError.__init__(
            self,
            f"The images of {dataset} are not those that this run was trained on. Train it again.",
            dataset=dataset,
        )


class DatasetUnavailable(DatasetError):
    """The files are missing and could not be downloaded."""

    def __init__(self, dataset: str, host: str, folder: str, reason: str) -> None:
        TrendLabError.__init__(
            self,
            f"{dataset} could not be downloaded from {host}: {reason}. Put its files into {folder}.",
            dataset=dataset,
            host=host,
            folder=folder,
            reason=reason,
        )


class DatasetCorrupt(DatasetError):
    def __init__(self, dataset: str, file: str, reason: str) -> None:
        TrendLabError.__init__(
            self,
            f"{dataset}: {file} is damaged ({reason}). Delete it and try again.",
            dataset=dataset,
            file=file,
            reason=reason,
        )


class OwnSetRefused(TrendLabError):
    """Nothing of the upload was kept, or nothing changed. `problem` is a key of PROBLEMS; the pages' translation is
    `errors.own_set_<problem>`, with the same facts."""

    PROBLEMS: ClassVar[Mapping[str, str]] = {
        "too_large": "A file may have at most {limit_mb:.0f} MB, this one has {got_mb:.1f} MB.",
        "no_kind": "A data set must be a ZIP of folders or a CSV of pixels, got {name!r}.",
        "damaged": "The file cannot be read: {reason}.",
        "encrypted": "The ZIP needs a password.",
        "unsafe": "The ZIP contains {name!r}, which points outside its folder or is a link.",
        "nested": "The ZIP contains another ZIP, {name!r}.",
        "too_many": "A data set may have at most {limit} files or rows, got {got} or more.",
        "unpacks_too_large": "Unpacked, a data set may have at most {limit_mb:.0f} MB.",
        "num_classes": "A data set must have {low} to {high} classes, got {got}.",
        "few_images": "Each class needs {limit} different images, {name!r} has {got}.",
        "row_length": "Line {line} has {got} values instead of {expected}.",
        "not_a_number": "Line {line} contains {got!r} instead of a number.",
        "out_of_range": "Line {line} contains {got:g}; pixels range from 0 to {high}.",
        "not_square": "{got} pixels do not make a square image.",
        "too_heavy": "Checking took more than {limit_s:.0f} s, or too much memory.",
        "busy": "One upload is checked at a time, and at most {limit} may wait.",
        "many_sets": "A reader may have at most {limit} data sets.",
        "no_room": "All data sets together may have at most {limit_mb:.0f} MB.",
        "in_use": "{n} runs are training on it.",
    }

    def __init__(self, problem: str, **facts: object) -> None:
        super().__init__(self.PROBLEMS[problem].format(**facts), problem=problem, **facts)

    @property
    def key(self) -> str:
        return f"own_set_{self.problem}"


class ContentError(TrendLabError):
    """A file below `data/` that a page needs cannot be read: which, at which line, and why."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}.", file=file, line=line, problem=problem)


class PictureError(TrendLabError):
    """A picture file is refused; nothing of it was kept."""


class PictureTooLarge(PictureError):
    def __init__(self, limit_mb: float, got_mb: float) -> None:
        super().__init__(
            f"A picture file may have at most {limit_mb:.0f} MB, this one has {got_mb:.1f} MB.",
            limit_mb=limit_mb,
            got_mb=got_mb,
        )


class PictureUnknown(PictureError):
    def __init__(self) -> None:
        super().__init__("The file is not a PNG, JPEG or WebP picture, whatever its name says.")


class PictureTooManyPixels(PictureError):
    """In millions of pixels."""

    def __init__(self, limit_mp: float, got_mp: float) -> None:
        super().__init__(
            f"A picture may have at most {limit_mp:.0f} million pixels, this one has {got_mp:.1f} million.",
            limit_mp=limit_mp,
            got_mp=got_mp,
        )


class PictureTooSmall(PictureError):
    def __init__(self, limit_px: int, width_px: int, height_px: int) -> None:
        super().__init__(
            f"A picture must have at least {limit_px} pixels on each side, this one has {width_px} x {height_px}.",
            limit_px=limit_px,
            width_px=width_px,
            height_px=height_px,
        )


class PictureEmpty(PictureError):
    def __init__(self) -> None:
        super().__init__("No handwriting stands out from the paper.")


class PictureDamaged(PictureError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The picture file cannot be read completely: {reason}.", reason=reason)


class InspectionFailed(TrendLabError):
    """A worker could not inspect a published model; `reason` is the name of the error."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"{model} could not be inspected: {reason}.", model=model, reason=reason)


class NotInOnnx(TrendLabError):
    """An operation of a network that `core/interpret/onnx_file.py` does not support yet."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} has no line in OPERATIONS of core/interpret/onnx_file.py.", operation=operation)


class CheckpointError(TrendLabError):
    """The bytes are not a checkpoint of this engine."""


class RunError(TrendLabError):
    """Of one run, or of training as a whole."""


class RunNotFound(RunError):
    """No such run, or not the reader's."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"You have no run {run_id!r} here.", run_id=run_id)


class RunOutdated(RunError):
    """Further steps would differ from those of one uninterrupted run."""

    def __init__(self) -> None:
        super().__init__(
            "This run was trained by another version of TrendLab or on another kind of processor; nothing was changed. "
            "Start it again with the same settings."
        )


class RunRefused(RunError):
    """The settings are valid but too slow for this machine."""

    def __init__(self, step_s: float, limit_s: float) -> None:
        super().__init__(
            f"One step takes {step_s:.2f} s here; the limit is {limit_s:.2f} s. Choose a smaller batch size or model.",
            step_s=step_s,
            limit_s=limit_s,
        )


class TooMuchMemory(RunError):
    """The settings are valid but need more memory than a worker may use."""

    def __init__(self, needed_mb: int, limit_mb: int) -> None:
        super().__init__(
            f"A worker needs about {needed_mb} MB of memory for these settings; the limit is {limit_mb} MB. "
            "Choose a smaller batch size or model.",
            needed_mb=needed_mb,
            limit_mb=limit_mb,
        )


class WorkerDied(RunError):
    """The process that trained a slice ended by itself or was killed, `times` in a row."""

    def __init__(self, times: int = 1) -> None:
        super().__init__(
            f"The worker process died while it trained this run, {times} times in a row; often the memory is full. "
            "Choose a smaller batch size or model.",
            times=times,
        )


class TooManyRuns(RunError):
    """The limit per learner; nothing was started."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have {limit} active runs, which is the limit. Stop one or wait for one to finish.", limit=limit
        )


class QueueFull(RunError):
    """The limit for the whole class; nothing was started."""

    def __init__(self, queued_s: float, limit_s: float) -> None:
        super().__init__(
            f"This would put {queued_s:.0f} s of training in the queue; the limit is {limit_s:.0f} s. Try again later.",
            queued_s=queued_s,
            limit_s=limit_s,
        )


class NoWorkers(RunError):
    """An external cluster has no worker now; nothing was started."""

    def __init__(self) -> None:
        super().__init__("No worker is connected. Start one with `python -m core worker tcp://host:port`.")


class WorkersAway(RunError):
    """An external cluster has no worker now; what was started waits."""

    def __init__(self) -> None:
        super().__init__("No worker is connected now.")


class WorkersEnd(RunError):
    """The app has no worker, as its own cannot start; training waits."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The training process dies as soon as it starts: {reason}.", reason=reason)


class StoreError(TrendLabError):
    """Of the database or the home folder."""


class StoreInUse(StoreError):
    def __init__(self, home: str) -> None:
        super().__init__(
            f"Another TrendLab is already using {home}. Stop it, or set TRENDLAB_HOME to another folder.",
            home=home,
        )


class StoreUnavailable(StoreError):
    """The database is locked, full or unreachable; pending results are kept and written later."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The store cannot be written now: {reason}.", reason=reason)


class HomeUnwritable(StoreError):
    """The home folder, without which nothing runs, cannot be written."""

    def __init__(self, home: str, reason: str) -> None:
        super().__init__(
            f"{home} cannot be written: {reason}. Set TRENDLAB_HOME to another folder.", home=home, reason=reason
        )


class HomeGone(StoreError):
    """The home folder no longer exists; anything written now would be lost."""

    def __init__(self, home: str) -> None:
        super().__init__(f"{home} no longer exists. Restore it, or restart TrendLab.", home=home)


class StoreTooNew(StoreError):
    def __init__(self, found: str, known: str) -> None:
        super().__init__(
            f"The store has schema {found}, but this TrendLab supports only up to {known}. Update TrendLab.",
            found=found,
            known=known,
        )


def to_wire(error: TrendLabError) -> dict[str, object]:
    """An error as JSON, to be sent to another process."""
    return {"kind": type(error).__name__, "message": error.message, "facts": error.facts()}


def from_wire(wire: dict[str, object]) -> TrendLabError:
    """The error that `to_wire` serialised."""
    kind = globals().get(str(wire["kind"]), TrendLabError)
    facts = wire["facts"]
    assert isinstance(facts, dict)
    return _rebuild(kind, str(wire["message"]), facts)
