"""The board's payload: what Python packs is what a browser can unpack, and what a browser sends back is checked."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import board
from riskcore.text import Words

TIERS = [
    {
        "code": code,
        "name": {"zh": code, "en": f"Tier {code}"},
        "light": "#000",
        "dark": "#FFF",
        "ink_light": "#FFF",
        "ink_dark": "#000",
    }
    for code in "ABC"
]


def total(**changed):
    columns = {
        "score": np.ma.array([850, 300, 7], mask=[False, False, True]),
        "best": np.array([0, 1, 0]),
        "worst": np.array([2, 2, 2]),
        "little_known": np.array([False, False, True]),
        "customers": np.array([3, 2, 1]),
        "with_exposure": np.array([3, 2, 0]),
        "exposure_cents": np.ma.array([900_000_000_000_01, -5, 0], mask=[False, False, True]),
        "past_due_cents": np.array([1, 2, 0]),
    }
    return {**columns, **changed}


def segments(names, exposure):
    columns = total(exposure_cents=np.array(exposure))
    return {**columns, "segment": np.array(names, dtype=object), "place": np.arange(len(names)) - 1}


def pack(lang="en", **extra):
    split = segments(["", "Retail", "Steel"], [900, 5, 70])
    return board.payload(
        total(), split, TIERS, [700, 600], [690, 610], lang=lang, t=Words(lang), currency="CNY", **extra
    )


def unpack(text, kind):
    return np.frombuffer(base64.b64decode(text), kind).tolist()


def test_payload_is_json_with_exact_cents_and_customers_without_a_score_behind_the_last():
    packed = json.loads(json.dumps(pack()))["total"]
    assert unpack(packed["score"], "<u2") == [550, 0, 551]
    assert unpack(packed["exposure"], "<f8") == [900_000_000_000_01, -5, 0]
    groups = [packed["groups"][g] for g in unpack(packed["group"], "<u2")]
    assert groups == [[0, 2, 0], [1, 2, 0], [0, 2, 1]]


def test_scores_as_floats_with_nan_pack_like_masked_ones():
    as_floats = board.payload(
        total(score=np.array([850, 300, np.nan])), {c: np.array([]) for c in segments([""] * 3, [0] * 3)},
        TIERS, [700, 600], [700, 600], lang="en", t=Words("en"), currency="CNY",
    )  # fmt: skip
    assert as_floats["total"]["score"] == pack()["total"]["score"]
    assert as_floats["segments"]["names"] == [] and as_floats["segments"]["groups"] == []


def test_segments_stand_by_exposure_and_customers_without_one_last():
    assert pack("zh")["segments"]["names"] == ["Steel", "Retail", Words("zh")("segments.none")]
    packed = pack(names={"Steel": "Steel and iron"})["segments"]
    assert packed["names"] == ["Steel and iron", "Retail", Words("en")("segments.none")]
    assert packed["exposure"] == [70, 5, 900]
    assert packed["known"] == [False, True, True]  # nobody in steel has a known exposure
    rows = [packed["groups"][g] for g in unpack(packed["group"], "<u2")]
    assert [segment for segment, _, _ in rows] == [2, 1, 0]


def test_small_segments_together_stand_before_customers_without_one():
    columns = {**segments(["", "Retail", ""], [900, 5, 70]), "place": np.array([-1, 0, 12])}
    packed = board.payload(total(), columns, TIERS, [700, 600], [700, 600], lang="en", t=Words("en"), currency="CNY")
    assert packed["segments"]["names"] == ["Retail", Words("en")("segments.other"), Words("en")("segments.none")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sentence_and_tier_name_goes_in_the_language_asked_for(lang):
    packed = pack(lang, dimension="region")
    assert packed["segments"]["title"] == Words(lang)("board.segments.region")
    assert packed["tiers"][0]["name"] == TIERS[0]["name"][lang]
    for name in ("held", "past_due", "summary", "handle_value", "money.small"):
        assert packed["texts"][name]


@pytest.mark.parametrize(
    "sent",
    [None, "700,600", [700], [700, 600, 500], [600, 700], [700, 700], [851, 600], [700, 300], [700.5, 600], [True, 1]],
)
def test_what_is_no_set_of_thresholds_is_not_taken_from_a_browser(sent):
    assert board._valid(sent, 2) is None


def test_falling_scores_on_the_scale_are_taken():
    assert board._valid([850, 301], 2) == [850, 301]


def test_the_board_mounts_and_gives_the_thresholds_it_was_given_until_a_person_commits():
    def script(packed):
        import streamlit as st

        from pages.parts import board

        st.session_state["got"] = board.show(packed, "board", on_change=lambda _: None)

    page = AppTest.from_function(script, args=(pack(),)).run()
    assert not page.exception
    assert page.session_state["got"] == [690, 610]
