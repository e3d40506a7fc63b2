"""The printed decision: one page, real text in embedded fonts, and foreign text that stays text."""

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from riskcore import book, changes, decisions, money, portfolio, printing, versions
from riskcore import policy as policies
from riskcore.decisions import SUMS, Decision, Effect
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words
from tests import books

POLICY = policies.load()
WHY = "Losses in the middle tier stayed below plan. 中间等级的损失连续三个季度低于计划，销售部门要求放宽。"
HOSTILE = '#read("/etc/passwd") $x$ *b* @ref <l>'
RARE = [
    "𬭊化工有限公司",
    "Łódź Ζεύς Завод",
    "emoji 😀 company",
    "\u202egnp.exe",
    "محمد",
    "line\nbreak\x00\t",
    "W" * 500,
    HOSTILE,
]


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store()
    versions.in_force(made)
    rows = books.random_rows(250, 5, POLICY)
    rows[3] |= {"customer_name": "宁波海辰新材料股份有限公司", "exposure": 98e6, "k1": False, "credit_score": 695.0}
    books.take(made, [row | {"annual_sales": 90_000.0} for row in rows], date(2026, 1, 31))
    books.assess(made, POLICY)
    shown = portfolio.newest(made)
    assert shown is not None
    assumed = replace(money.of_policy(POLICY), margin_pct=12.5)
    decisions.record(made, shown, (660, 560), assumed, "林悦 Lin Yue", WHY)
    return made


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text of the only page, without blanks: lines may end anywhere."""
    [page] = read(pdf).pages
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", page.extract_text()))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_what_was_decided_by_whom_and_why(store: Store, lang: str) -> None:
    t = Words(lang)
    made = decisions.get(store, 1)
    text = text_of(printing.decision_pdf(store, 1, t))
    total = round(made.effect.total("after", "money"))
    expected = [
        t("print.title"),
        t("print.number", n=1),
        *("700→660", "600→560", "−40"),
        *(WHY, "林悦 Lin Yue", "2026-01-31", f"v1 {POLICY.hash[:12]} → v2 {made.after.hash[:12]}"),
        f"{total:,} CNY".replace("-", "−"),
        t("print.was", now="12.5%", before="10%"),
        *(f"{t('print.sum_expected_loss')}", t("print.pd_note")),
        *(t.of(tier.name) for tier in made.after.tier),
        *(f"{row['customer_name']}"[:20] for row in made.effect.largest),
    ]
    assert [words for words in expected if squeezed(words) not in text] == []
    assert len(made.effect.largest) == 10
    assert squeezed(t("print.changed")) not in text
    assert "{" not in text
    assert printing.LACKING not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_which_points_changed_and_what_was_put_back(lang: str) -> None:
    made, t = Store(), Words(lang)
    versions.in_force(made)
    books.take(made, books.random_rows(100, 5, POLICY), date(2026, 1, 31))
    books.assess(made, POLICY)
    book.assess(made, with_other_points(POLICY), date(2026, 1, 31), draft=True)
    tried = portfolio.newest(made)
    assert tried is not None
    decisions.record(made, tried, POLICY.thresholds, money.of_policy(POLICY), "Ada", WHY)
    decisions.put_back(made, decisions.FIRST, "Ada", WHY)
    for number in (1, 2):
        text, d = text_of(printing.decision_pdf(made, number, t)), decisions.get(made, number)
        lines = [t("print.changed"), *changes.in_words(t, d.before, d.after, printing.CHANGES_SHOWN)]
        assert len(lines) == 1 + printing.CHANGES_SHOWN
        assert [line for line in lines if squeezed(line) not in text] == []
    assert squeezed(t("print.puts_back_first")) in text


def test_chinese_is_real_text_in_either_language(store: Store) -> None:
    for lang in ("zh", "en"):
        text = text_of(printing.decision_pdf(store, 1, Words(lang)))
        assert "林悦" in text
        assert "中间等级的损失连续三个季度低于计划" in text
    assert "信用政策决定" in text_of(printing.decision_pdf(store, 1, Words("zh")))


def test_every_font_is_embedded_and_the_page_is_a4(store: Store) -> None:
    [page] = read(printing.decision_pdf(store, 1, Words("zh"))).pages
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        [descendant] = font["/DescendantFonts"]
        assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]
        assert "/ToUnicode" in font


def test_the_same_decision_prints_the_same_page(store: Store) -> None:
    assert printing.decision_pdf(store, 1, Words("en")) == printing.decision_pdf(store, 1, Words("en"))


def test_a_decision_that_is_not_there_is_a_sentence(store: Store) -> None:
    with pytest.raises(AskedWrong):
        printing.decision_pdf(store, 9, Words("en"))


def seven_tiers() -> Policy:
    data = POLICY.model_dump(mode="json", by_alias=True)
    starts = [760, 720, 700, 690, 640, 560, None]
    data["tier"] = [
        data["tier"][min(place, 2)] | {"code": code, "min_score": start}
        for place, (code, start) in enumerate(zip("ABCDEFG", starts, strict=True))
    ]
    for case in (case for rule in data["rule"] for case in rule["case"] if case.get("best_tier") == "C"):
        case["best_tier"] = "G"
    return Policy.model_validate(data)


def with_other_points(policy: Policy) -> Policy:
    """A policy in which nearly all of many characteristics earns other points, and silence and rules act otherwise."""
    data = policies.rate_on_what_is_known(policy).model_dump(mode="json", by_alias=True)
    for c in data["characteristic"]:
        most = max(b["points"] for b in c["bins"])
        for b in c["bins"]:
            b["points"] -= b["points"] not in (0, most)
        c["missing_points"] = c["refused_points"] = 0
    return Policy.model_validate(data)


def crowded(names: Sequence[str], why: str) -> Decision:
    """A decision on seven tiers and other points with long numbers, long names and a long reason."""
    policy = seven_tiers()
    sums: dict[str, Any] = {**dict.fromkeys(SUMS, 12_345_678_901.4), "customers": 1_234_567}
    movers = [
        {"customer_id": "x", "customer_name": name, "score": None, "was": 0, "now": 6, "exposure": -123_456_789_012.0}
        for name in names
    ]
    scores = [[score, 5 + score % 40 + 900 * (score == 511)] for score in range(300, 851)]
    assumed = money.of_policy(policy)
    return Decision(
        decision_id=12,
        decided_by="W" * 60,
        reason=why,
        decided_at=datetime(2026, 11, 24, 8, 0),
        as_of=date(2026, 10, 31),
        assessment_id=3,
        before=policy,
        version_before=11,
        after=policies.with_thresholds(with_other_points(policy), (770, 722, 710, 695, 630, 555)),
        version=12,
        assumptions_before=assumed,
        assumptions=replace(assumed, kept_pct=(99.5, 99, 95, 90, 85, 80, 70.5), lgd_pct=79.25),
        effect=Effect("CNY", 10**7, 123_456, 654_321, [sums] * 7, [sums] * 7, movers, scores),
        puts_back=4,
    )


@pytest.mark.parametrize(("lang", "why"), [("zh", "经理" * 250), ("en", "Losses stayed low. " * 26), ("en", "W" * 500)])
def test_the_fullest_decision_is_one_page_and_foreign_text_stays_text(
    lang: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [*RARE, "", "“”"]
    monkeypatch.setattr(decisions, "get", lambda store, number: crowded(names, why))
    text = text_of(printing.decision_pdf(Store(), 12, Words(lang)))
    for shown in ('#read("/etc/passwd")', "𬭊化工有限公司", "ŁódźΖεύςЗавод", "emoji〓company", "gnp.exe", "〓〓〓〓"):
        assert shown in text
    assert "root:" not in text
    assert "U+1F600U+0645" in text
    assert "\u202e" not in text
    assert squeezed(Words(lang)("print.signed_on")) in text  # the foot of the page


def test_bars_are_cut_like_those_of_the_board() -> None:
    assert printing._cut_at([70, 40, 39, 38]) == pytest.approx(41.6)
    assert printing._cut_at([40, 39, 9]) == 40
    assert printing._cut_at([]) == 1
    for top, steps in ((1, [1]), (41.6, [10, 20, 30, 40]), (10, [5, 10]), (9_999_999, [5_000_000])):
        assert len(printing._steps(top)) <= 5
        assert printing._steps(top)[: len(steps)] == steps or top > 1000


def test_the_board_as_it_stood_holds_every_scored_customer() -> None:
    d = crowded([], "x")
    whole = replace(d, effect=replace(d.effect, scores=[[s, 7] for s in range(300, 851)]))
    board = printing._board(whole, Words("en"))
    parts = [part for bar in board["bars"] for part in bar["parts"]]
    tallest = max(sum(p["height"] for p in bar["parts"]) for bar in board["bars"])
    assert tallest == pytest.approx(1)
    assert len(board["bars"]) == 110  # 850 stands in the last bar
    assert sum(p["height"] for p in parts) * 42 == pytest.approx(551 * 7)
    assert [line["text"] for line in board["now"]] == ["555", "630", "695", "710", "722", "770"]
    assert [line["level"] for line in board["now"]] == [0, 0, 0, 1, 2, 0]
    assert sum(tier["width"] for tier in board["strip"]) == pytest.approx(1)
