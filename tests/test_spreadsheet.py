"""Tables for spreadsheet programs: nothing in them acts, and nothing else is changed."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.spreadsheet import csv_bytes


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """The written file as a CSV reader sees it, heading line first."""
    data = csv_bytes(frame)
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    ["=cmd()", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1+1", "－1", "＠A", "-", "=1", "1\n=2"],
)
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(text: str) -> None:
    expected = text if text.startswith("1") else "'" + text
    assert cells(pd.DataFrame({"name": [text, "plain"]})) == [["name"], [expected], ["plain"]]


@pytest.mark.parametrize("text", ["-5", "+5", "-1.50", "+.5", "-1e-5", "-1E+5", "a=b", "1-2", " x", "'=1", "客户"])
def test_plain_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert cells(pd.DataFrame({"name": [text]})) == [["name"], [text]]


@pytest.mark.parametrize("text", ["-1-1", "-1e5x", "+12 34", "-5\n", "-inf", "-１"])
def test_almost_a_number_is_not_one(text: str) -> None:
    assert cells(pd.DataFrame({"name": [text]}))[1] == ["'" + text]


def test_headings_are_neutralised_and_numbers_are_not_text() -> None:
    frame = pd.DataFrame({"=a": [-1], "@b": [-0.5], "c": [True]})
    assert cells(frame) == [["'=a", "'@b", "c"], ["-1", "-0.5", "True"]]
    assert cells(frame.iloc[:0]) == [["'=a", "'@b", "c"]]


def test_missing_values_are_empty_and_mixed_columns_keep_their_numbers() -> None:
    mixed = pd.DataFrame({"m": pd.Series(["=1", None, -3, "x"], dtype="object"), "s": ["a", None, "-b", "d"]})
    assert cells(mixed) == [["m", "s"], ["'=1", "a"], ["", ""], ["-3", "'-b"], ["x", "d"]]


def test_two_columns_of_one_name_are_both_written() -> None:
    frame = pd.DataFrame([["=a", "b"]], columns=["x", "x"])
    assert cells(frame) == [["x", "x"], ["'=a", "b"]]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8)


@given(st.lists(texts, min_size=1, max_size=5))
def test_every_text_comes_back_or_gains_one_apostrophe(column: list[str]) -> None:
    read = [row[0] for row in cells(pd.DataFrame({"h": column, "i": 1}))[1:]]
    for before, after in zip(column, read, strict=True):
        assert after in {before, "'" + before}
        assert not after.startswith(("=", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"))
