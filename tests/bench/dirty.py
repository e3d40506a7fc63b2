"""How much of dirty files the reader takes in, by the measure of a published benchmark, and that no line is lost.

Run with `PYTHONPATH=. python tests/bench/dirty.py FOLDER`, where FOLDER holds `pollock` (polluted_files.tar.xz and
pollock_weights.json) and `csv_spectrum` (csvs/ and json/). A second argument names another reader, `pandas`, whose
score is known: so the measure itself can be checked.
"""

import csv
import io
import json
import re
import sys
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter

import pandas as pd

from riskcore.errors import FileRefused
from riskcore.ingest import Upload, read

MEASURES = 10
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
PRICE = re.compile(r"([$€£¥]) ?([\d,]+\.?\d*)")
PASSED = ("titles", "headings_again", "titles_again", "rulers")

Rows = list[list[str]]


@cache
def normal(cell: str) -> str:
    """One spelling for each number, truth value, time, date and price; other text in lower case."""
    text = cell.strip()
    if text.lower() in ("true", "false"):
        return "1" if text.lower() == "true" else "0"
    if found := CLOCK.fullmatch(text):
        return f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}"
    if found := DAY_FIRST.fullmatch(text):
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    if found := PRICE.fullmatch(text):
        return f"{found[1]}{float(found[2].replace(',', ''))}"
    for number in (int, float):
        try:
            return str(number(text))
        except ValueError:
            continue
    return cell.lower()


def shares(clean: Counter[str], loaded: Counter[str]) -> float:
    """Precision, recall and F1 together, 0 to 3: what both hold against either."""
    if not clean:
        return 3.0
    both = (clean & loaded).total()
    if not both:
        return 0.0
    precision, recall = both / clean.total(), both / loaded.total()
    return precision + recall + 2 * precision * recall / (precision + recall)


def score(clean: Rows, loaded: Rows) -> float:
    """The ten measures of a file that was loaded, 0 to 10: success, then headings, records and cells."""

    def parts(rows: Rows) -> Iterator[Counter[str]]:
        yield Counter(normal(cell) for cell in (rows[0] if rows else ()))
        yield Counter("".join(map(normal, row)) for row in rows[1:])
        yield Counter(cell for row in rows for cell in row)

    return 1 + sum(shares(good, got) for good, got in zip(parts(clean), parts(loaded), strict=True))


def table(upload: Upload) -> Rows:
    """What was read, headings first as they stand in the file: none where it has none."""
    columns = [upload.rows.column(f"c{i}").to_pylist() for i in range(len(upload.headings))]
    rows = [[cell or "" for cell in row] for row in zip(*columns, strict=True)]
    return rows if said(upload, "no_headings") else [list(upload.headings), *rows]


def said(upload: Upload, *keys: str) -> list[dict[str, object]]:
    """The slots of the notes with these keys."""
    return [note.slots for note in upload.notes if note.key.removeprefix("reading.") in keys]


def lost(data: bytes, upload: Upload) -> int:
    """Lines with something on them that are neither kept, nor reported, nor headings, nor said to be passed over."""
    blank = " \t" + upload.delimiter
    written = sum(bool(line.strip(blank)) for line in re.split(r"\r\n|\r|\n", data.decode("utf-8-sig")))
    kept = table(upload)
    breaks = sum(cell.count("\n") for row in kept for cell in row)
    passed = sum(int(str(slots["n"])) for slots in said(upload, *PASSED))
    return written - len(kept) - len(upload.broken) - breaks - passed


def by_pandas(data: bytes) -> Rows:
    """The same file as pandas reads it when it is told to find the delimiter and to leave out bad lines."""
    frame = pd.read_csv(
        io.BytesIO(data), sep=None, engine="python", dtype=str, keep_default_na=False, on_bad_lines="skip"
    )
    return [[str(name) for name in frame.columns], *frame.fillna("").astype(str).values.tolist()]


def pollock(folder: Path, other: str) -> None:
    """Print both scores, refusals and what was set aside."""
    files: dict[str, dict[str, bytes]] = {"csv": {}, "clean": {}}
    with tarfile.open(folder / "polluted_files.tar.xz") as archive:
        for member in archive:
            kind, name = Path(member.name).parent.name, Path(member.name).name
            if kind in files and (stream := archive.extractfile(member)) is not None:
                files[kind][name] = stream.read()
    known: dict[str, float] = json.loads((folder / "pollock_weights.json").read_text("utf-8"))
    weights = {name: known[name] for name in sorted(files["csv"])}
    simple: dict[str, float] = {}
    refused: list[str] = []
    aside = reported = missing = 0
    begun = perf_counter()
    for name in weights:
        data, clean = files["csv"][name], list(csv.reader(io.StringIO(files["clean"][name].decode(), newline="")))
        try:
            if other == "pandas":
                loaded = by_pandas(data)
            else:
                upload = read(data, name)
                loaded = table(upload)
                aside += len(upload.broken)
                reported += bool(upload.broken)
                missing += abs(lost(data, upload))
        except (FileRefused, csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            refused.append(f"{name} ({error})")
            simple[name] = float(MEASURES) if not clean else 0.0
            continue
        simple[name] = score(clean, loaded)
    weighted = sum(simple[name] * weight for name, weight in weights.items()) / sum(weights.values())
    print(f"{len(simple)} polluted files in {perf_counter() - begun:.0f} s")
    print(f"simple {sum(simple.values()) / len(simple):.4f}  weighted {weighted:.4f}")
    print(f"refused {len(refused)}: {'; '.join(refused[:6])}")
    print(f"rows set aside and reported {aside} in {reported} files; lines unaccounted for {missing}")
    losses: defaultdict[str, float] = defaultdict(float)
    for name, points in simple.items():
        losses[re.sub(r"\d+", "N", name) if name.startswith("row") else name] += (MEASURES - points) * weights[name]
    worst = ", ".join(
        f"{name} {points / sum(weights.values()):.4f}"
        for name, points in sorted(losses.items(), key=lambda loss: -loss[1])[:8]
    )
    print(f"weighted points lost most in: {worst}")


def spectrum(folder: Path) -> None:
    """Print how many of the small files are read as their JSON has them."""
    equal, others = 0, []
    for path in sorted((folder / "csvs").glob("*.csv")):
        upload = read(path.read_bytes(), path.name)
        rows = [dict(zip(upload.headings, row, strict=True)) for row in table(upload)[1:]]
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text("utf-8"))
        same: Callable[[str], str] = lambda text: text.replace("\r\n", "\n")  # noqa: E731
        if rows == [{key: same(value) for key, value in row.items()} for row in expected if isinstance(row, dict)]:
            equal += 1
        else:
            others.append(path.name)
    print(f"csv-spectrum: {equal} of {equal + len(others)} equal; not: {', '.join(others) or '-'}")


if __name__ == "__main__":
    pollock(Path(sys.argv[1]) / "pollock", sys.argv[2] if len(sys.argv) > 2 else "")
    if len(sys.argv) == 2:
        spectrum(Path(sys.argv[1]) / "csv_spectrum")
