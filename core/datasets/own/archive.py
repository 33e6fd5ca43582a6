"""Reads a ZIP whose folders are classes: one entry after the other, in memory, within limits."""

from __future__ import annotations

import stat
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.datasets.decoding import MAX_BYTES, decode_picture
from core.datasets.own.gathered import Gathered, plain_name
from core.datasets.own.limits import MAX_FILES, MAX_UNPACKED_BYTES, SIDE
from core.datasets.prepared import Progress
from core.errors import OwnSetRefused, PictureError

PACKED = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".xz", ".bz2"})
OF_SYSTEMS = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
SPLITS = frozenset(
    {"train", "training", "training_set", "test", "testing", "test_set", "val", "valid", "validation", "validation_set"}
    | {"训练", "训练集", "测试", "测试集", "验证", "验证集"}
)
UTF8_NAME, ENCRYPTED = 0x800, 0x1  # bits of an entry's flags
FROM_WINDOWS = 0  # an entry's system
BAD_ENTRY = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)


@dataclass(frozen=True)
class _Entry:
    info: ZipInfo
    parts: tuple[str, ...]  # of the path

    @property
    def path(self) -> str:
        return "/".join(self.parts)


def read_archive(path: Path, report: Progress) -> Gathered:
    """Raises OwnSetRefused for malicious or unsuitable archives. Files other than pictures are left out and listed."""
    found = Gathered()
    try:
        with ZipFile(path) as archive:
            entries = _arranged(list(_entries(archive)), found)
            _read(archive, entries, found, report)
    except BadZipFile as problem:
        raise OwnSetRefused("damaged", reason=str(problem)) from problem
    return found


def square(image: Image.Image) -> NDArray[np.uint8]:
    """The centre square of a picture in RGB, (24, 24, 3), as for a picture that a reader later shows a network."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    middle = image.crop((left, top, left + side, top + side))
    return np.asarray(middle.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.uint8)


def _entries(archive: ZipFile) -> Iterator[_Entry]:
    infos = archive.infolist()
    if len(infos) > MAX_FILES:
        raise OwnSetRefused("too_many", limit=MAX_FILES, got=len(infos))
    if sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:  # `open` reads no more than that of any entry
        raise OwnSetRefused("unpacks_too_large", limit_mb=MAX_UNPACKED_BYTES / 2**20)
    for info, name in zip(infos, _names(infos), strict=True):
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if name.startswith("/") or ".." in parts or name[1:3] == ":/" or stat.S_ISLNK(info.external_attr >> 16):
            raise OwnSetRefused("unsafe", name=plain_name(name))
        if name.endswith("/") or not parts or any(part[0] == "." or part.lower() in OF_SYSTEMS for part in parts):
            continue
        if info.flag_bits & ENCRYPTED:
            raise OwnSetRefused("encrypted")
        if Path(parts[-1]).suffix.lower() in PACKED:
            raise OwnSetRefused("nested", name=plain_name(parts[-1]))
        yield _Entry(info, parts)


def _names(infos: list[ZipInfo]) -> list[str]:
    """The entries' paths. Names without the UTF-8 flag are often UTF-8 all the same, or from a Chinese Windows: one
    encoding for all of them, as a short Chinese name may by itself look like UTF-8."""
    of_windows = ("gb2312",) if all(info.create_system == FROM_WINDOWS for info in infos) else ()
    names = [info.filename for info in infos]
    for encoding in (*of_windows, "utf-8", "gb18030"):
        with suppress(UnicodeError):
            names = [
                info.filename if info.flag_bits & UTF8_NAME else info.filename.encode("cp437").decode(encoding)
                for info in infos
            ]
            break
    return [unicodedata.normalize("NFC", name).replace("\\", "/") for name in names]


def _arranged(entries: list[_Entry], found: Gathered) -> list[_Entry]:
    """Entries in class folders, after removing common top folders and merging training and test folders."""
    while _is_deep(entries):
        tops = {each.parts[0].lower() for each in entries if len(each.parts) > 1}
        if len(tops) > 1 and not tops <= SPLITS:
            break
        if len(tops) > 1 and "splits_joined" not in found.notes:
            found.notes.append("splits_joined")
        entries = [replace(each, parts=each.parts[1:]) if len(each.parts) > 1 else each for each in entries]
    if outside := [each.path for each in entries if len(each.parts) == 1]:
        found.left_out["outside"] = outside
    return sorted((each for each in entries if len(each.parts) > 1), key=lambda each: each.parts)


def _is_deep(entries: list[_Entry]) -> bool:
    return any(len(each.parts) > 2 for each in entries)


def _read(archive: ZipFile, entries: list[_Entry], found: Gathered, report: Progress) -> None:
    for number, entry in enumerate(entries):
        report(number / len(entries))
        try:
            with archive.open(entry.info) as file:
                content = file.read(MAX_BYTES + 1)
            picture = decode_picture(content)
        except BAD_ENTRY:
            found.left_out["picture_damaged"].append(entry.path)
        except PictureError as problem:
            found.left_out[problem.key].append(entry.path)
        else:
            found.add(entry.parts[0], square(picture.image), entry.path)
