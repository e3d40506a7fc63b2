"""The process that reads one workbook: a file in, rows of texts out, and no way to hurt who asked for it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .package import Book, Package, Sheet, Unreadable, read_book
from .sheet import read_sheet

BOOK, RESULT = "book", "result.json"  # names of files in the folder that both processes know
MEMORY_MOST = 1_500_000_000  # bytes
OUTPUT_MOST = 2_000_000_000  # bytes of one file
CPU_MOST = 60  # seconds


def rows_of(place: int) -> str:
    """The name of the file with the rows of the sheet at `place`: per line a number and texts, as JSON."""
    return f"{place}.rows"


def main(folder: str, columns_most: str, cell_most: str) -> None:
    """Read the workbook in a folder; what was found, or why it is not read, goes beside it."""
    bound()
    inside = Path(folder)
    try:
        package = Package(inside / BOOK)
        book = read_book(package, int(cell_most))
        found: dict[str, Any] = {
            "sheets": [
                _sheet(package, book, sheet, inside / rows_of(place), int(columns_most), int(cell_most))
                for place, sheet in enumerate(book.sheets)
            ]
        }
    except Unreadable as reason:
        found = {"refused": [reason.key, reason.slots]}
    except MemoryError:
        found = {"refused": ["file_inflates", {}]}
    (inside / RESULT).write_text(json.dumps(found), "utf-8")


def _sheet(package: Package, book: Book, sheet: Sheet, path: Path, columns_most: int, cell_most: int) -> dict[str, Any]:
    about: dict[str, Any] = {"name": sheet.name, "is_hidden": sheet.is_hidden}
    if sheet.is_hidden:
        return about
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def emit(line: int, texts: list[str]) -> None:
            file.write(json.dumps([line, texts], ensure_ascii=False) + "\n")

        try:
            return about | asdict(read_sheet(package, book, sheet, emit, columns_most, cell_most))
        except Unreadable as reason:
            return about | {"refused": [reason.key, reason.slots]}


def bound() -> None:
    """Limit this process where the system can: memory, time of the processor, size of a file, no core dump."""
    try:
        import resource
    except ImportError:  # Windows has none; there the time limit of the parent is what holds
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_MOST),
        (resource.RLIMIT_CPU, CPU_MOST),
        (resource.RLIMIT_FSIZE, OUTPUT_MOST),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (lower, lower))
        except (ValueError, OSError):  # a system that knows the limit and does not let it be set
            continue
