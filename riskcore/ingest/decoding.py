"""What the bytes of an upload are: a text in which encoding, or something else that is refused by its own name."""

import codecs
import re
import unicodedata
from collections.abc import Iterator

from riskcore.errors import FileRefused

NAME_MOST = 120  # characters of a file's name that are shown
_CHUNK = 1 << 20
_ACCENTED = rb"[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xff]{1,2}"  # letters of Windows-1252
_WESTERN_WORD = re.compile(
    rb"(?<![\x80-\xff])" + _ACCENTED + rb"(?=[A-Za-z])|(?<=[A-Za-z])" + _ACCENTED + rb"(?![\x80-\xff])"
)
_WESTERN_SIGN = re.compile(rb"[\x80\x82\x84\x85\x91-\x97\x99\xa0\xa3\xa7\xa9-\xab\xae\xb0\xb2-\xb5\xb7\xba-\xbe]")
# Words of Windows-1251 as they are written: small letters after a large one or none, or large ones alone.
_CYRILLIC = rb"\xa8\xb8\xc0-\xff"
_CYRILLIC_WORD = re.compile(
    rb"(?<![A-Za-z"
    + _CYRILLIC
    + rb"])(?:[\xa8\xc0-\xdf]?[\xb8\xe0-\xff]+|[\xa8\xc0-\xdf]+)(?![A-Za-z"
    + _CYRILLIC
    + rb"])"
)
_CYRILLIC_SIGN = re.compile(rb"[\x84\x85\x91-\x97\xa0\xa7\xab\xb0\xb9\xbb]")
_FREQUENT = frozenset("оеаинтсрвл")  # two thirds of the letters of Russian
_CYRILLIC_LEAST = 12  # letters, below which nothing is concluded
_ABOVE = re.compile(rb"[\x80-\xff]")
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")

# What a file is by its first bytes, whatever its name says.
_MAGIC = (
    (b"%PDF", "file_pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_excel"),
    (b"PK\x05\x06", "file_archive"),
    (b"\x1f\x8b", "file_archive"),
    (b"7z\xbc\xaf\x27\x1c", "file_archive"),
    (b"Rar!\x1a\x07", "file_archive"),
)


def clean_text(text: str, most: int) -> str:
    """A text fit to be shown: no control, bidi or zero-width characters, blanks joined, at most `most` long."""
    blanks_kept = " ".join(text.split())
    return "".join(ch for ch in blanks_kept if unicodedata.category(ch)[0] != "C")[:most]


def clean_name(name: str) -> str:
    """A file's name for showing: no folders, no hidden characters, at most 120 long."""
    return clean_text(name.replace("\\", "/").rsplit("/", 1)[-1], NAME_MOST) or "–"


def refuse_other_kinds(data: bytes) -> None:
    """FileRefused where the content is empty, a PDF, a workbook or an archive."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise FileRefused("file_empty")
    if data.startswith(b"PK\x03\x04"):
        workbook = b"[Content_Types].xml" in data or b"xl/" in data
        raise FileRefused("file_excel") if workbook else FileRefused("file_archive")
    begins = data[:256].lstrip(b" \t\r\n\xef\xbb\xbf")
    for magic, key in _MAGIC:
        if begins.startswith(magic):
            raise FileRefused(key)
    if begins.lower().startswith(_MARKUP):
        raise FileRefused("file_markup")


def find_encoding(data: bytes) -> tuple[str, str]:
    """The encoding as it is shown and Python's name for it; FileRefused where there is none that fits."""
    for marks, shown, codec in (
        ((codecs.BOM_UTF8,), "UTF-8 BOM", "utf-8-sig"),
        ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "UTF-16", "utf-16"),
    ):
        if data.startswith(marks):
            _refuse_nul(data, codec)
            if _decodes(data, codec):
                return shown, codec
            raise FileRefused("file_encoding")
    if b"\0" in data:
        if unmarked := _unmarked_utf16(data):
            return "UTF-16", unmarked
        raise FileRefused("file_nul", line=_line_at(data[: data.index(b"\0")].decode("latin-1")))
    if _decodes(data, "utf-8"):
        return "UTF-8", "utf-8"
    if _mostly_utf8(data):
        raise FileRefused("file_encoding")
    if _plausible_cyrillic(data) and _decodes(data, "cp1251"):
        return "Windows-1251", "cp1251"
    if _decodes(data, "gb18030") and _plausible_chinese(data):
        return "GB18030", "gb18030"
    if _decodes(data, "cp1252") and _plausible_western(data):
        return "Windows-1252", "cp1252"
    raise FileRefused("file_encoding")


def _pieces(data: bytes, codec: str, errors: str = "strict") -> Iterator[str]:
    """The decoded text in pieces, so that a large file never stands in memory twice."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for start in range(0, len(data), _CHUNK):
        yield decoder.decode(data[start : start + _CHUNK])
    yield decoder.decode(b"", final=True)


def _decodes(data: bytes, codec: str) -> bool:
    try:
        for _ in _pieces(data, codec):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _refuse_nul(data: bytes, codec: str) -> None:
    lines = 0
    for piece in _pieces(data, codec, "replace"):
        if "\0" in piece:
            raise FileRefused("file_nul", line=lines + _line_at(piece[: piece.index("\0")]))
        lines += _line_at(piece) - 1


def _unmarked_utf16(data: bytes) -> str:
    """The codec of UTF-16 without its mark, else empty: every other byte of its digits and line ends is NUL."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    codec, line_end = ("utf-16-le", b"\n\0") if odd > even else ("utf-16-be", b"\0\n")
    is_one_sided = min(even, odd) == 0 and 8 * max(even, odd) > len(data) and line_end in data
    return codec if is_one_sided and _decodes(data, codec) else ""


def _line_at(before: str) -> int:
    return before.count("\n") + before.replace("\r\n", "").count("\r") + 1


def _mostly_utf8(data: bytes) -> bool:
    """Whether a text is UTF-8 but for a few damaged bytes: as GB18030 it would read as nonsense."""
    good = bad = 0
    for piece in _pieces(data, "utf-8", "replace"):
        damaged = piece.count("\ufffd")
        bad += damaged
        good += len(piece) - damaged - len(piece.encode("ascii", "ignore"))
    return good > 10 * bad


def _plausible_chinese(data: bytes) -> bool:
    """Whether the characters look like Chinese and not like Western letters read two by two.

    The second byte of a common Chinese character is above 0x7F; of an accented letter and its neighbour, below.
    """
    seen: set[str] = set()
    for piece in _pieces(data, "gb18030"):
        seen.update(piece)
    pairs = [code for ch in seen if ch > "\x7f" and len(code := ch.encode("gb18030")) == 2]
    return 2 * sum(code[1] < 0x80 for code in pairs) <= len(pairs)


def _plausible_western(data: bytes) -> bool:
    """Whether bytes above ASCII are accented letters within words, or signs such as the euro's.

    In Cyrillic, Japanese or any other encoding they stand in long runs of their own.
    """
    letters = _WESTERN_WORD.findall(data)
    signs = _WESTERN_SIGN.findall(data)
    above = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    return 10 * (above - sum(map(len, letters)) - len(signs)) <= above


def _plausible_cyrillic(data: bytes) -> bool:
    """Whether the first bytes above ASCII are words of Russian in Windows-1251: all in whole words, in usual letters.

    Of Chinese and Japanese the bytes form no such words, Western letters stand beside ASCII ones. KOI8-R has the same
    letters in another order, so that it reads as usual letters and these do not.
    """
    first = _ABOVE.search(data)
    if first is None:
        return False
    sample = data[first.start() : first.start() + _CHUNK]
    words = _CYRILLIC_WORD.findall(sample)
    above = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
    elsewhere = above - sum(map(len, words)) - len(_CYRILLIC_SIGN.findall(sample))
    letters = b"".join({*words})
    usual, as_koi8 = (
        sum(letter in _FREQUENT for letter in letters.decode(codec, "replace").lower())
        for codec in ("cp1251", "koi8-r")
    )
    return 20 * elsewhere <= above and len(letters) >= _CYRILLIC_LEAST and 2 * usual >= len(letters) and usual > as_koi8
