"""The parts of a workbook: what its zip holds, which sheets there are, the texts they share, their number formats."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

INFLATED_MOST = 1_500_000_000  # bytes that all parts together may have once they are unpacked
SHEETS_MOST = 100
_CHUNK = 1 << 16
_TAG_MOST = 1 << 20  # bytes of one tag with its attributes
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Attributes = dict[str, str]


class Unreadable(Exception):
    """A workbook or a sheet of it that is not read: the key of the reason among the errors, and its slots."""

    def __init__(self, key: str, **slots: Any) -> None:
        self.key, self.slots = key, slots
        super().__init__(key)


class _LocalNames(dict[str, str]):
    """Names of elements without the prefix of their namespace, which each program chooses as it likes."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


LOCAL = _LocalNames()


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, the part that holds it, and whether a person sees it in the workbook."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Book:
    """What the sheets of a workbook have in common; `formats` are the codes by the number of a cell's style."""

    sheets: tuple[Sheet, ...]
    is_1904: bool
    strings: list[str]
    formats: list[tuple[int, str]]


class Package:
    """The parts inside the zip; what they unpack to is counted while they are read."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, ValueError, OSError) as error:
            raise Unreadable("workbook_damaged") from error
        self._parts = {_plain(info.filename): info for info in self._zip.infolist()}
        self._inflated = 0

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return _plain(part) in self._parts

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part, a piece at a time; Unreadable where it is absent, damaged or unpacks to too much."""
        info = self._parts.get(_plain(part))
        if info is None or info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Unreadable("workbook_damaged")
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(_CHUNK):
                    self._inflated += len(chunk)
                    if self._inflated > INFLATED_MOST:
                        raise Unreadable("file_inflates")
                    yield chunk
        except (BadZipFile, EOFError, zlib.error, RuntimeError, OSError) as error:
            raise Unreadable("workbook_damaged") from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Where a part points inside the workbook, by id: the last word of the kind, and the part; nothing outside."""
        place = PurePosixPath(part)
        name = f"{place.parent}/_rels/{place.name}.rels"
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if LOCAL[element] == "Relationship" and attributes.get("TargetMode") != "External":
                target = normpath(str(place.parent / attributes.get("Target", "").replace("\\", "/")))
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, target)

        if self.has(name):
            parse(self.chunks(name), start)
        return found


def _plain(name: str) -> str:
    return normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


def holds_workbook(infos: list[ZipInfo]) -> bool:
    """Whether a zip's entries are those of an office document and not files that somebody packed."""
    return any(_plain(info.filename) == "[content_types].xml" for info in infos)


def parse(
    chunks: Iterator[bytes],
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call the handlers for each element of an XML part; Unreadable where it is not well formed or has a DTD."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        fed = 0
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            # The parser begins a tag anew with each piece that does not end it: a huge one would take hours.
            if fed - parser.CurrentByteIndex > _TAG_MOST:
                raise Unreadable("workbook_damaged")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unreadable("workbook_damaged") from error


def _refuse_doctype(*_: Any) -> None:
    raise Unreadable("workbook_entities")


def read_book(package: Package, cell_most: int) -> Book:
    """The sheets in their order, with what they share; Unreadable where the package is no workbook."""
    part = next((p for kind, p in package.relations("/").values() if kind == "officeDocument"), "/xl/workbook.xml")
    if part.lower().endswith(".bin"):
        raise Unreadable("workbook_binary")
    if not package.has(part):
        raise Unreadable("workbook_none")
    targets = package.relations(part)
    sheets: list[Sheet] = []
    is_1904 = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal is_1904
        if LOCAL[element] == "workbookPr":
            is_1904 = attributes.get("date1904") in {"1", "true"}
        elif LOCAL[element] == "sheet":
            link = next((value for name, value in attributes.items() if LOCAL[name] == "id"), "")
            kind, target = targets.get(link, ("", ""))
            if kind == "worksheet":
                sheets.append(
                    Sheet(attributes.get("name", ""), target, attributes.get("state", "visible") != "visible")
                )

    parse(package.chunks(part), start)
    if not sheets:
        raise Unreadable("workbook_none")
    if len(sheets) > SHEETS_MOST:
        raise Unreadable("workbook_sheets", sheets=len(sheets), most=SHEETS_MOST)
    by_kind = dict(targets.values())
    strings = _shared_strings(package, by_kind.get("sharedStrings"), cell_most)
    return Book(tuple(sheets), is_1904, strings, _formats(package, by_kind.get("styles")))


class Gathered:
    """The text of the `t` elements of one string, runs joined, without the reading aids beside it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.clear()

    def clear(self) -> None:
        """Begin another string."""
        self._parts: list[str] = []
        self._size = 0
        self._is_open = self._is_aid = False

    def start(self, local: str) -> None:
        """An element begins."""
        self._is_aid |= local == "rPh"
        self._is_open = local == "t" and not self._is_aid

    def end(self, local: str) -> None:
        """An element ends."""
        self._is_open = False
        self._is_aid &= local != "rPh"

    def add(self, text: str) -> None:
        """Text inside an element; what is longer than a cell may be is kept just so far that this can be seen."""
        if self._is_open and self._size <= self._most:
            self._parts.append(text)
            self._size += len(text)

    def text(self) -> str:
        """The string."""
        return unescaped("".join(self._parts)[: self._most + 1])


def unescaped(text: str) -> str:
    """A text with its `_x000D_` decoded; line ends are \\n, what cannot be seen is gone."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub("", text)


def _shared_strings(package: Package, part: str | None, cell_most: int) -> list[str]:
    strings: list[str] = []
    if part is None or not package.has(part):
        return strings
    gathered = Gathered(cell_most)

    def start(element: str, _: Attributes) -> None:
        gathered.start(LOCAL[element])

    def end(element: str) -> None:
        local = LOCAL[element]
        gathered.end(local)
        if local == "si":
            strings.append(gathered.text())
            gathered.clear()

    parse(package.chunks(part), start, end, gathered.add)
    return strings


def _formats(package: Package, part: str | None) -> list[tuple[int, str]]:
    codes: dict[str, str] = {}
    numbers: list[str] = []
    is_inside = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal is_inside
        local = LOCAL[element]
        if local == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif local == "cellXfs":
            is_inside = True
        elif local == "xf" and is_inside:
            numbers.append(attributes.get("numFmtId", "0"))

    def end(element: str) -> None:
        nonlocal is_inside
        is_inside &= LOCAL[element] != "cellXfs"

    if part is not None and package.has(part):
        parse(package.chunks(part), start, end)
    return [(int(number) if number.isdecimal() else 0, codes.get(number, "")) for number in numbers]
