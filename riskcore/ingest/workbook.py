"""A workbook as one upload per sheet, read by a process of its own under limits: what kills it, kills nothing else."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_text
from riskcore.ingest.excel.child import BOOK, RESULT, rows_of
from riskcore.ingest.excel.merging import Row, spread
from riskcore.ingest.headings import CELL_MOST, COLUMNS_MOST
from riskcore.ingest.upload import Upload, from_rows

SECONDS_MOST = 60
_SHEET_NAME_MOST = 60
_START = "import sys; sys.path.append(sys.argv[1]); from excel.child import main; main(*sys.argv[2:])"
_NOTES = (
    "opening.headings_joined",
    "opening.hidden_rows",
    "opening.hidden_columns",
    "opening.merged_down",
    "opening.merged_once",
    "opening.unvalued",
)
_AT_ONCE = BoundedSemaphore(2)  # each may take as much memory as its limit

Sheets = tuple[tuple[Upload, ...], tuple[tuple[str, FileRefused], ...], tuple[Phrase, ...]]


def read_workbook(data: bytes, name: str) -> Sheets:
    """The visible sheets that hold a table, those that are refused by name, and what is said of the others.

    FileRefused where the workbook as a whole cannot be read.
    """
    uploads: list[Upload] = []
    refused: list[tuple[str, FileRefused]] = []
    empty: list[str] = []
    with TemporaryDirectory(prefix="workbook-") as made:
        folder = Path(made)
        (folder / BOOK).write_bytes(data)
        sheets = _run(folder)
        for place, about in enumerate(sheets):
            if about["is_hidden"]:
                continue
            digest = hashlib.sha256(data)
            digest.update(b"\0" + about["name"].encode("utf-8", "replace"))
            try:
                uploads.append(_upload(about, folder / rows_of(place), name, digest.hexdigest()))
            except FileRefused as error:
                if error.key in {"errors.file_empty", "errors.file_only_headings"}:
                    empty.append(about["name"])
                else:
                    refused.append((clean_text(about["name"], _SHEET_NAME_MOST), error))
    hidden = [about["name"] for about in sheets if about["is_hidden"]]
    notes = []
    if hidden:
        notes.append(Phrase("opening.sheets_hidden", {"sheets": _listed(hidden)}))
    if empty:
        notes.append(Phrase("opening.sheets_empty", {"sheets": _listed(empty)}))
    if not uploads and not refused:
        raise FileRefused("workbook_empty")
    return tuple(uploads), tuple(refused), tuple(notes)


def _listed(names: list[str]) -> str:
    shown = ", ".join(clean_text(name, _SHEET_NAME_MOST) for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} … ({len(names)})"


def _run(folder: Path) -> list[dict[str, Any]]:
    """What the child found per sheet; FileRefused where it refuses the workbook, is too slow or does not survive."""
    command = [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", _START, str(Path(__file__).parent), str(folder)]
    with (
        _AT_ONCE,
        subprocess.Popen(
            [*command, str(COLUMNS_MOST), str(CELL_MOST)],
            cwd=folder,
            env={key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as child,
    ):
        try:
            status = child.wait(SECONDS_MOST)
        except subprocess.TimeoutExpired:
            raise FileRefused("workbook_slow", seconds=SECONDS_MOST) from None
        finally:
            _kill(child)
    if status:
        raise FileRefused("workbook_unread")
    found = json.loads((folder / RESULT).read_text("utf-8"))
    if "refused" in found:
        raise _refusal(found)
    sheets: list[dict[str, Any]] = found["sheets"]
    return sheets


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a child with all that it started, if it still runs."""
    if child.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _refusal(found: dict[str, Any]) -> FileRefused:
    key, slots = found["refused"]
    return FileRefused(key, **slots)


def _upload(about: dict[str, Any], path: Path, name: str, sha256: str) -> Upload:
    """The upload that a sheet makes, with what is to be said of how it was read."""
    if "refused" in about:
        raise _refusal(about)
    columns = {column: place for place, column in enumerate(sorted(about["columns"]))}
    order = [columns[column] for column in about["columns"]]
    tally = Counter({key: about[key] for key in ("hidden_rows", "hidden_columns", "unvalued")})
    upload = from_rows(
        spread(_rows(path, order), about["merges"], columns, tally),
        name=name,
        sha256=sha256,
        encoding="Excel",
        delimiter="",
        sheet=clean_text(about["name"], _SHEET_NAME_MOST),
        width=len(order),
    )
    notes = tuple(Phrase(key, {"n": count}) for key in _NOTES if (count := tally[key.removeprefix("opening.")]))
    return replace(upload, notes=(*notes, *upload.notes))


def _rows(path: Path, order: list[int]) -> Iterator[Row]:
    """The rows as the child wrote them, their cells brought into the order of the sheet's columns."""
    with path.open(encoding="utf-8") as file:
        for written in file:
            line, texts = json.loads(written)
            row = [""] * len(order)
            for place, text in zip(order, texts, strict=False):
                row[place] = text
            yield line, row
