"""A large text file made ready for the database: its digest and encoding, and a copy in UTF-8 where it needs one."""

import codecs
import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from riskcore.errors import FileRefused
from riskcore.ingest.bulk.records import NotPlain
from riskcore.ingest.bulk.watch import Watch
from riskcore.ingest.decoding import find_encoding, refuse_other_kinds

_CHUNK = 1 << 22
_HEAD, _SLICE = 1 << 18, 1 << 17  # bytes of the sample: of the beginning, and of the middle and the end
_BETWEEN_FIGURES = re.compile(rb"_(?<=\d_)\d")  # found by the underscore, which is rare
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Source:
    """A text in UTF-8 that the database may read; `sha256` and `encoding` are the file's own.

    `line_ends`: how many there are. `underscores`: whether there are any between figures below the first line, which
    casts pass over.
    """

    path: Path
    sha256: str
    encoding: str
    line_ends: int
    underscores: bool
    sample: bytes

    @property
    def head(self) -> str:
        """The beginning of the text, in whole lines."""
        return self.sample[:_HEAD].decode("utf-8-sig", "ignore").rpartition("\n")[0] + "\n"


def open_source(path: Path, private: Path, watch: Watch) -> Source:
    """Pass over all bytes of a file once; FileRefused where it is no text, or in no encoding that fits.

    NotPlain where its lines end in several ways. The text stands in `private`, under a name of ours: linked where it
    is UTF-8, else transcoded.
    """
    before = path.stat()
    with path.open("rb") as file:
        shown, codec = _encoding(file, before.st_size)
        private.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = private / f"{len(list(private.iterdir())) + 1}.csv"
        is_copied = codec not in {"utf-8", "utf-8-sig"} or not _linked(path, target)
        counted = _Counted()
        # The digest takes as long as all else.
        with target.open("wb") if is_copied else Path(os.devnull).open("wb") as copy, ThreadPoolExecutor(1) as beside:
            for piece in _pieces(file, codec, before.st_size, counted, beside, watch):
                if is_copied:
                    copy.write(piece)
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise FileRefused("file_changed")
    return Source(target, counted.digest.hexdigest(), shown, counted.line_ends, counted.underscores, _sample(target))


class _Counted:
    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.line_ends = 0
        self.underscores = False


def _encoding(file: BinaryIO, size: int) -> tuple[str, str]:
    """Encoding and codec by the beginning of the file, its middle and its end, cut where lines end."""
    head = file.read(_CHUNK)
    refuse_other_kinds(head)
    if head.startswith(_BOMS[1:]) or b"\0" in head[:_HEAD]:
        return find_encoding(head[: len(head) // 2 * 2])
    cut = head[: head.rfind(b"\n") + 1] or head
    for place in (size // 2, max(0, size - _CHUNK)):
        file.seek(place)
        cut += file.read(_CHUNK).partition(b"\n")[2].rpartition(b"\n")[0] + b"\n"
    file.seek(0)
    return find_encoding(cut)


def _linked(path: Path, target: Path) -> bool:
    """Whether the file could be given a second name, which leads nowhere else as a symbolic one might."""
    with suppress(OSError):
        os.link(path.resolve(), target)
        return True
    return False


def _pieces(
    file: BinaryIO, codec: str, size: int, counted: _Counted, beside: ThreadPoolExecutor, watch: Watch
) -> Iterator[bytes]:
    """The text in UTF-8, piece by piece; FileRefused at bytes that the encoding does not have, and at NUL."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)("strict")
    is_utf8 = codec in {"utf-8", "utf-8-sig"}
    returns, last, digested = 0, None, beside.submit(lambda: None)
    while piece := file.read(_CHUNK):
        watch.tick(file.tell() / size)
        digested.result()
        digested = beside.submit(counted.digest.update, piece)
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            raise FileRefused("file_encoding") from error
        piece = piece if is_utf8 else text.encode()
        if b"\0" in piece:
            line = counted.line_ends + piece[: piece.index(b"\0")].count(b"\n") + 1
            raise FileRefused("file_nul", line=line)
        below = (piece.partition(b"\n")[2],) if last is None else (last + piece[:2], piece)
        last = piece[-2:]
        counted.underscores = counted.underscores or any(b"_" in b and _BETWEEN_FIGURES.search(b) for b in below)
        counted.line_ends += _count(piece, b"\n")
        returns += _count(piece, b"\r") if b"\r" in piece else 0
        yield piece
    digested.result()
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefused("file_encoding") from error
    if returns not in {0, counted.line_ends}:
        raise NotPlain


def _count(piece: bytes, one: bytes) -> int:
    """How often a byte stands in a piece, which Python's own count takes three times as long for."""
    return int(np.count_nonzero(np.frombuffer(piece, np.uint8) == one[0]))


def _sample(path: Path) -> bytes:
    """Whole lines of the beginning, the middle and the end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        sample = file.read(_HEAD)
        sample = sample[: sample.rfind(b"\n") + 1]
        for place in (size // 2, max(len(sample), size - _SLICE)):
            file.seek(place)
            lines = file.read(_SLICE).partition(b"\n")[2]
            sample += lines if place + _SLICE >= size else lines[: lines.rfind(b"\n") + 1]
    return sample
