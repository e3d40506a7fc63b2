"""What a person uploads as one upload per table: a text, the sheets of a workbook, the members of an archive."""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_name
from riskcore.ingest.excel.package import INFLATED_MOST, holds_workbook
from riskcore.ingest.upload import Upload, read
from riskcore.ingest.workbook import read_workbook

PACKED_MOST = 200_000_000  # bytes of a workbook, of an archive, and of one member when it is unpacked
MEMBERS_MOST = 200
ENTRIES_MOST = 20_000  # of any zip: its directory is taken apart in memory
RATIO_MOST = 150  # how much smaller packing makes a part of more than RATIO_FROM bytes; real sheets stay under 50
RATIO_FROM = 20_000_000
_CHUNK = 1 << 20

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
_GZIP = b"\x1f\x8b"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_IS_UTF8, _IS_ENCRYPTED = 0x800, 0x1  # flags of a zip's entry
_PASSED_OVER = re.compile(r"__MACOSX|\..*|~\$.*|Thumbs\.db|desktop\.ini", re.IGNORECASE)  # a file, or a folder


@dataclass(frozen=True)
class Refused:
    """A member of an archive or a sheet of a workbook that cannot be read, and why."""

    name: str
    error: FileRefused


@dataclass(frozen=True)
class Opened:
    """The tables of one file in its order, what of it is refused, and what is said of the file as a whole."""

    uploads: tuple[Upload, ...]
    refused: tuple[Refused, ...] = ()
    notes: tuple[Phrase, ...] = ()


def open_file(data: bytes, name: str) -> Opened:
    """All tables of a file, by what it holds and not by its name; FileRefused where it cannot be opened as a whole.

    Of an archive, a member that is refused does not take the others with it, even where no other is left.
    """
    if data.startswith(_GZIP):
        return _single(_inflated(data), re.sub(r"\.gz$", "", name, flags=re.IGNORECASE))
    if data.startswith(_ZIP):
        with _zip(data) as archive:
            if not holds_workbook(archive.infolist()):
                return _members(archive, clean_name(name))
    return _single(data, name)


def _single(data: bytes, name: str) -> Opened:
    """The tables of a file that is no archive; FileRefused where it is one."""
    if data.startswith(_OLE):
        raise FileRefused("workbook_locked" if _ENCRYPTED_PACKAGE in data else "workbook_old")
    if data.startswith(_GZIP):
        raise FileRefused("archive_nested")
    if not data.startswith(_ZIP):
        return Opened((read(data, name),))
    with _zip(data) as archive:
        infos = archive.infolist()
    if not holds_workbook(infos):
        raise FileRefused("workbook_open_document" if _is_open_document(infos) else "archive_nested")
    _refuse_bomb(infos)
    uploads, refused, notes = read_workbook(data, name)
    if not uploads:
        raise refused[0][1]
    return Opened(uploads, tuple(Refused(f"{clean_name(name)} / {sheet}", error) for sheet, error in refused), notes)


def _zip(data: bytes) -> ZipFile:
    """A zip whose directory is fit to be taken apart; FileRefused where it is too large or damaged."""
    if len(data) > PACKED_MOST:
        raise FileRefused("file_too_large", most=PACKED_MOST // 1_000_000)
    if data.count(_ENTRY) > ENTRIES_MOST:
        raise FileRefused("archive_members", most=MEMBERS_MOST)
    try:
        return ZipFile(io.BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused("archive_damaged") from error


def _is_open_document(infos: list[ZipInfo]) -> bool:
    names = {info.filename for info in infos}
    return {"mimetype", "content.xml"} <= names


def _refuse_bomb(infos: list[ZipInfo]) -> None:
    """FileRefused where the directory itself says that unpacking would be too much.

    One that says too little is found out while unpacking: a part is read no further than its size.
    """
    for info in infos:
        if info.file_size > max(RATIO_FROM, RATIO_MOST * info.compress_size):
            raise FileRefused("file_inflates")
    if sum(info.file_size for info in infos) > INFLATED_MOST:
        raise FileRefused("file_inflates")


def _members(archive: ZipFile, name: str) -> Opened:
    """The tables of all members of an archive."""
    infos = archive.infolist()
    if _is_open_document(infos):
        raise FileRefused("workbook_open_document")
    files = [(_path(info), info) for info in infos if not info.is_dir()]
    kept = [(path, info) for path, info in files if not any(map(_PASSED_OVER.fullmatch, path))]
    if not kept:
        raise FileRefused("archive_empty")
    if len(kept) > MEMBERS_MOST:
        raise FileRefused("archive_members", most=MEMBERS_MOST)
    _refuse_bomb([info for _, info in kept])
    uploads: list[Upload] = []
    refused: list[Refused] = []
    notes: list[Phrase] = []
    for path, info in kept:
        # With the folder that it lies in: one name may stand in several.
        member = " / ".join(map(clean_name, path[-2:]))
        shown = f"{name} / {member}"
        try:
            opened = _single(_unpacked(archive, info), path[-1])
        except FileRefused as error:
            refused.append(Refused(shown, error))
            continue
        uploads += [replace(upload, name=shown) for upload in opened.uploads]
        refused += [Refused(f"{name} / {sheet.name}", sheet.error) for sheet in opened.refused]
        notes += [Phrase("opening.of_member", {"name": member, "note": note}) for note in opened.notes]
    if passed := len(files) - len(kept):
        notes.append(Phrase("opening.members_passed", {"n": passed}))
    return Opened(tuple(uploads), tuple(refused), tuple(notes))


def _path(info: ZipInfo) -> list[str]:
    """A member's folders and name; nothing of it leads out of the archive."""
    parts = _member_name(info).replace("\\", "/").split("/")
    return [part for part in parts if part not in {"", ".", ".."}] or ["–"]


def _member_name(info: ZipInfo) -> str:
    """A member's name; where nothing says in which encoding, as UTF-8 or as Chinese if it reads so."""
    if info.flag_bits & _IS_UTF8:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    for codec in ("utf-8", "gb18030"):
        try:
            name = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        pairs = [ch.encode("gb18030") for ch in name if ch > "\x7f"]
        # Both bytes of a common Chinese character are above 0xA0; of a Western letter and its neighbour, one.
        if codec == "utf-8" or 2 * sum(min(pair) > 0xA0 for pair in pairs) > len(pairs):
            return name
    return info.orig_filename


def _unpacked(archive: ZipFile, info: ZipInfo) -> bytes:
    if info.flag_bits & _IS_ENCRYPTED:
        raise FileRefused("archive_locked")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise FileRefused("archive_method")
    try:
        with archive.open(info) as file:
            return _within(iter(lambda: file.read(_CHUNK), b""))
    except (BadZipFile, EOFError, zlib.error, ValueError) as error:
        raise FileRefused("archive_damaged") from error


def _inflated(data: bytes) -> bytes:
    """What a gzip file holds, all of its parts one after the other."""
    try:
        with gzip.open(io.BytesIO(data)) as file:
            return _within(iter(lambda: file.read(_CHUNK), b""))
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused("archive_damaged") from error


def _within(pieces: Iterator[bytes]) -> bytes:
    """The pieces together; FileRefused as soon as they are more than one file may be."""
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > PACKED_MOST:
            raise FileRefused("archive_member_large", most=PACKED_MOST // 1_000_000)
    return bytes(whole)
