"""Overrides: what counts and when, who may say so, what a rule beats, and what became of the overridden."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from riskcore import book, explanation, monitoring, overrides, portfolio, scoring, versions
from riskcore import policy as policies
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Store
from tests import books
from tests.reference import csv_rows

CODES = "ABC"
MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)


def simple_policy(**changes: Any) -> Policy:
    """The default policy, by which the score is the file's and only flags bound the tier: K2 and K5 to C, S3 to B."""
    data = policies.load().model_dump(mode="json", by_alias=True)
    data["external_score"]["use"] = "prefer"
    data["rule"] = [
        rule | {"case": [{"best_tier": best, "all": [{"fact": "flag", "equals": 1}]}]}
        for rule in data["rule"]
        for code, best in (("K2", "C"), ("K5", "C"), ("S3", "B"))
        if rule["code"] == code
    ]
    return Policy.model_validate(data | changes)


POLICY = simple_policy()


def customer(number: int, score: float, **said: Any) -> dict[str, Any]:
    row = {"customer_id": f"C{number:04}", "customer_name": f"Customer {number}", "credit_score": score}
    return row | {"exposure": 10_000, "credit_limit": 20_000} | said


def made(rows: Sequence[dict[str, Any]], as_of: date = JUNE, policy: Policy = POLICY) -> Store:
    """A book under the policy, assessed; customer_key is the place from 1."""
    store = Store()
    with store.transaction() as cursor:
        versions.put_in_force(cursor, policy, "Ada", "for this test")
    books.take(store, rows, as_of, whole_book=True)
    book.assess(store)
    return store


def wish(store: Store, key: int = 1, direction: Any = "up", tier: str = "A", **other: Any) -> overrides.Wish:
    assessed = portfolio.newest(store)
    values: dict[str, Any] = {
        "customer_key": key,
        "assessment_id": assessed.assessment_id if assessed else 0,
        "direction": direction,
        "tier": tier,
        "reason_code": "new_information",
        "reason": "A guarantee came in this morning",
        "expires_on": date.today() + timedelta(days=90),
        "by": "Ada",
    }
    return overrides.Wish(**values | other)


def plant(store: Store, key: int, direction: str, tier: str, **other: Any) -> int:
    """An override as if it had been asked for on some day."""
    values = {
        "override_id": len(store.rows("select * from override where true")) + 1,
        "customer_key": key,
        "direction": direction,
        "tier": tier,
        "reason_code": "new_information",
        "reason": "planted by a test",
        "expires_on": date(2030, 6, 1),
        "amount": 10_000,
        "needs_second": False,
        "assessment_id": 1,
        "score": 650,
        "tier_before": "B",
        "asked_by": "Ada",
        "asked_at": datetime(2030, 1, 10, 9),
    } | other
    with store.transaction() as cursor:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor.execute(f"insert into override ({names}) values ({marks})", list(values.values()))
    return int(values["override_id"])


def plant_event(store: Store, override_id: int, event: str, at: datetime) -> None:
    with store.transaction() as cursor:
        cursor.execute("insert into override_event values (?, ?, 'planted', 'Bo', ?)", [override_id, event, at])


def tier_of(store: Store, key: int = 1) -> str:
    """The tier in the newest assessment."""
    question = "select tier from score where customer_key = $key order by assessment_id desc limit 1"
    row = store.one(question, key=key)
    assert row is not None
    return CODES[row[0]]


@pytest.mark.parametrize("row", csv_rows("golden_bounds.csv"), ids=lambda r: r["case"])
def test_golden_bounds(row: dict[str, str]) -> None:
    policy = policies.with_thresholds(POLICY, (int(row["a_from"]), int(row["b_from"])))
    flag = {"B": "s3", "C": "k2"}.get(row["rules_best_tier"])
    asked = row["override_tier"]
    facts = {"credit_score": float(row["score"]), "override_worst": CODES.index(asked) if asked else None}
    [scored] = books.score(policy, [facts | ({flag: True} if flag else {})])
    assert scored["score"] == int(row["score"])
    assert CODES[scored["tier"]] == row["final_tier"]


@pytest.mark.parametrize("best", [None, 0, 1, 2])
@pytest.mark.parametrize("worst", [None, 0, 1, 2])
def test_a_person_bounds_the_tier_and_a_rule_bounds_the_person(best: int | None, worst: int | None) -> None:
    if best is not None and worst is not None:
        return  # one person's override has one direction
    rows, expected = [], []
    for score in (580, 650, 720):
        for flags in ({}, {"s3": True}, {"k2": True}):
            rows.append({"credit_score": float(score), "override_best": best, "override_worst": worst} | flags)
            by_score = 0 if score >= 700 else 1 if score >= 600 else 2
            wished = min(max(by_score, best or 0), 2 if worst is None else worst)
            expected.append(max(wished, 2 if "k2" in flags else 1 if "s3" in flags else 0))
    scored = books.score(POLICY, rows)
    assert [s["tier"] for s in scored] == expected
    assert all(s["best"] <= s["worst"] for s in scored)


def test_who_is_lifted_though_not_scored_does_not_stand_among_those_little_known() -> None:
    strict = simple_policy(missing_mode="refuse")
    data = strict.model_dump(mode="json", by_alias=True)
    next(c for c in data["characteristic"] if c["id"] == "quick_ratio")["required"] = True
    silent, lifted = books.score(Policy.model_validate(data), [{}, {"override_worst": 1}])
    assert (silent["score"], silent["tier"], silent["little_known"]) == (None, 2, True)
    assert (lifted["score"], lifted["tier"], lifted["little_known"]) == (None, 1, False)


def test_up_and_down_count_at_once_and_no_longer_once_withdrawn() -> None:
    store = made([customer(1, 650), customer(2, 760)])
    up = book.override(store, wish(store, 1, "up", "A"))
    down = book.override(store, wish(store, 2, "down", "C"))
    assert (up.state, up.tier_before, up.score) == ("in_force", "B", 650)
    assert (tier_of(store, 1), tier_of(store, 2)) == ("A", "C")
    book.settle_override(store, up.override_id, "withdrawn", "Bo", "The guarantee was cancelled")
    book.settle_override(store, down.override_id, "withdrawn", "Bo", "The news were not true")
    assert (tier_of(store, 1), tier_of(store, 2)) == ("B", "A")
    assert [o.state for o in overrides.listed(store.cursor())] == ["withdrawn", "withdrawn"]


def test_the_score_and_its_bins_are_untouched() -> None:
    store = made([customer(1, 650)])
    columns = ", ".join(name for name in scoring.KEPT if name not in {"best", "worst", "tier"})
    book.override(store, wish(store))
    before, after = store.rows(f"select {columns} from score order by assessment_id")
    assert before == after


@pytest.mark.parametrize(("exposure", "limit"), [(1_000_000, 5), (0, 1_000_000), (None, None)])
def test_a_large_or_unknown_amount_counts_once_another_person_approved(exposure: Any, limit: Any) -> None:
    store = made([customer(1, 650, exposure=exposure, credit_limit=limit)])
    asked = book.override(store, wish(store, by="Ada Weißer"))
    assert asked.state == "waiting" and tier_of(store) == "B"
    for same in ("  ADA  weisser ", "Ａｄａ WEISSER"):
        with pytest.raises(AskedWrong, match="override_second_person"):
            book.settle_override(store, asked.override_id, "approved", same)
    assert portfolio.newest(store).assessment_id == 1  # type: ignore[union-attr]
    book.settle_override(store, asked.override_id, "approved", "Bo")
    assert tier_of(store) == "A"
    [kept] = overrides.listed(store.cursor())
    assert (kept.state, kept.approved_by) == ("in_force", "Bo")


def test_a_smaller_amount_needs_no_second_person() -> None:
    store = made([customer(1, 650, exposure=999_999.99, credit_limit=None)])
    assert not book.override(store, wish(store)).needs_second


def test_refused_by_the_second_person_it_never_counts() -> None:
    store = made([customer(1, 650, exposure=2_000_000)])
    asked = book.override(store, wish(store))
    book.settle_override(store, asked.override_id, "refused", "Bo", "The guarantee has no value")
    assert overrides.live_of(store.cursor(), 1) is None
    assert tier_of(store) == "B"
    assert book.override(store, wish(store)).override_id == asked.override_id + 1


def test_two_at_once_the_second_sees_what_the_first_did() -> None:
    store = made([customer(1, 650, exposure=2_000_000)])
    seen_by_both = wish(store)
    asked = book.override(store, seen_by_both)
    with pytest.raises(AskedWrong, match="override_live") as refused:
        book.override(store, seen_by_both)
    assert refused.value.slots["by"] == "Ada"
    book.settle_override(store, asked.override_id, "refused", "Bo", "The guarantee has no value")
    for event in ("approved", "refused", "withdrawn"):
        with pytest.raises(AskedWrong, match="override_settled") as settled:
            book.settle_override(store, asked.override_id, event, "Cy", "Another view of the same")  # type: ignore[arg-type]
        assert settled.value.slots["by"] == "Bo"
    assert len(store.rows("select * from override_event where true")) == 1


def test_the_tier_that_was_looked_at_must_still_be_there() -> None:
    store = made([customer(1, 650)])
    seen = wish(store)
    books.take(store, [customer(1, 560)], JUNE + timedelta(days=30), whole_book=True)
    book.assess(store)
    with pytest.raises(AskedWrong, match="override_stale"):
        book.override(store, seen)
    assert book.override(store, wish(store)).tier_before == "C"


TODAY = date.today()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("person_missing", {"by": " "}),
        ("reason_missing", {"reason": "too short"}),
        ("override_reason", {"reason_code": "no_such"}),
        ("override_reason", {"reason_code": "market_news"}),  # speaks for down
        ("override_expiry", {"expires_on": TODAY}),
        ("override_expiry", {"expires_on": TODAY + timedelta(days=190)}),
        ("override_tier", {"tier": "B"}),
        ("override_tier", {"tier": "Z"}),
        ("override_tier", {"direction": "down", "tier": "A"}),
        ("override_rule", {"customer_key": 2}),  # K2 fires, and the score is in the worst tier anyway
        ("override_rule", {"customer_key": 3}),  # S3 holds the second tier
        ("override_no_customer", {"customer_key": 99}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(error: str, said: dict[str, Any]) -> None:
    store = made([customer(1, 650), customer(2, 500, k2=True), customer(3, 760, s3=True)])
    with pytest.raises(AskedWrong, match=error) as refused:
        book.override(store, wish(store, **said))
    if error == "override_rule":
        assert refused.value.slots["code"] == {2: "K2", 3: "S3"}[said["customer_key"]]
        assert refused.value.slots["name"]["zh"]
    assert not store.rows("select * from override where true")
    assert portfolio.newest(store).assessment_id == 1  # type: ignore[union-attr]


def test_lowering_is_possible_though_a_rule_fires() -> None:
    store = made([customer(1, 760, s3=True)])
    book.override(store, wish(store, direction="down", tier="C"))
    assert tier_of(store) == "C"


def test_under_a_draft_or_as_of_a_past_day_nobody_can_ask() -> None:
    store = made([customer(1, 650)])
    for put in ({"as_of": MARCH}, {"known_by": TODAY}, {"policy": simple_policy(base_score=299), "draft": True}):
        book.assess(store, **put)  # type: ignore[arg-type]
        with pytest.raises(AskedWrong, match=r"override_not_current|override_no_customer"):
            book.override(store, wish(store))


def test_a_policy_without_the_part_has_none() -> None:
    policy = simple_policy(override=None)
    store = made([customer(1, 650)], policy=policy)
    with pytest.raises(AskedWrong, match="override_not_in_policy"):
        book.override(store, wish(store))
    assert overrides.rates(store, policy).standing is None
    assert '"override"' not in policy.canonical()


@pytest.mark.parametrize(
    ("today", "most"),
    [
        (date(2026, 11, 24), date(2027, 5, 24)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
    ],
)
def test_the_last_day_is_so_many_months_on(today: date, most: date) -> None:
    assert POLICY.override is not None
    assert overrides.latest(POLICY.override, today) == most


def known_on(store: Store, day: date) -> str:
    book.assess(store, known_by=day)
    return tier_of(store)


def test_it_counts_from_its_first_day_until_the_day_before_its_last() -> None:
    store = made([customer(1, 650)])
    plant(store, 1, "up", "A", asked_at=datetime(2030, 1, 10, 9), expires_on=date(2030, 6, 1))
    days = (date(2030, 1, 9), date(2030, 1, 10), date(2030, 5, 31), date(2030, 6, 1))
    assert [known_on(store, day) for day in days] == ["B", "A", "A", "B"]


def test_one_that_needs_two_counts_from_the_second_persons_day_until_it_is_withdrawn() -> None:
    store = made([customer(1, 650)])
    planted = plant(store, 1, "up", "A", needs_second=True)
    plant_event(store, planted, "approved", datetime(2030, 2, 1, 23, 59))
    plant_event(store, planted, "withdrawn", datetime(2030, 3, 5))
    days = (date(2030, 1, 31), date(2030, 2, 1), date(2030, 3, 4), date(2030, 3, 5))
    assert [known_on(store, day) for day in days] == ["B", "A", "A", "B"]


def test_a_past_day_shows_the_overrides_of_that_day() -> None:
    store = made([customer(1, 650)], as_of=MARCH)
    books.take(store, [customer(1, 650)], JUNE, whole_book=True)
    plant(store, 1, "up", "A", asked_at=datetime(2026, 5, 10), expires_on=date(2026, 6, 15))
    found = []
    for day in (date(2026, 4, 30), date(2026, 5, 10), date(2026, 6, 14), date(2026, 6, 15), JUNE):
        book.assess(store, as_of=day)
        found.append(tier_of(store))
    assert found == ["B", "A", "A", "B", "B"]


def test_an_ended_one_falls_back_in_a_new_assessment_and_only_then() -> None:
    store = made([customer(1, 650), customer(2, 650)])
    for key in (1, 2):
        book.override(store, wish(store, key))
    number = portfolio.newest(store).assessment_id  # type: ignore[union-attr]
    assert book.refresh(store) is None
    with store.transaction() as cursor:  # it is two days later, and the first ends today
        cursor.execute("update override set expires_on = ? where customer_key = 1", [TODAY])
        cursor.execute("update override set asked_at = asked_at - interval 2 day")
        cursor.execute("update assessment set created_at = created_at - interval 2 day")
    assert overrides.ended_since(store.cursor())
    assert book.refresh(store) == number + 1
    assert (tier_of(store, 1), tier_of(store, 2)) == ("B", "A")
    assert book.refresh(store) is None


def test_on_the_day_itself_the_end_is_noticed() -> None:
    store = made([customer(1, 650)])
    book.override(store, wish(store, expires_on=TODAY + timedelta(days=30)))
    cursor = store.cursor()
    found = [overrides.ended_since(cursor, TODAY + timedelta(days=n)) for n in (0, 29, 30, 31)]
    assert found == [False, False, True, True]


def test_a_draft_or_a_past_day_on_screen_is_left_there() -> None:
    store = made([customer(1, 650)])
    book.override(store, wish(store))
    book.assess(store, as_of=MARCH)
    with store.transaction() as cursor:
        cursor.execute("update override set expires_on = ?", [TODAY])
    assert book.refresh(store) is None


def test_a_tier_that_the_policy_does_not_have_counts_not() -> None:
    store = made([customer(1, 650)])
    plant(store, 1, "up", "G", asked_at=datetime(2026, 1, 1))
    book.assess(store)
    assert tier_of(store) == "B"
    found = explanation.explain(store, POLICY, JUNE, 1)
    assert found is not None and found.override is not None
    assert found.override.tier == "G" and found.override_place is None


def test_the_explanation_names_the_override_and_whether_a_rule_beats_it() -> None:
    store = made([customer(1, 650), customer(2, 760, s3=True)])
    book.override(store, wish(store, 1))
    plant(store, 2, "up", "A", asked_at=datetime(2026, 1, 1))
    book.assess(store)
    lifted, held = (explanation.explain(store, POLICY, JUNE, key) for key in (1, 2))
    assert lifted is not None and held is not None
    assert (lifted.override_place, lifted.scored["tier"], lifted.held_by) == (0, 0, ())
    assert (held.override_place, held.scored["tier"]) == (0, 1)
    assert [rule.code for rule in held.held_by] == ["S3"]


def test_lowered_by_a_person_is_not_held_by_a_rule() -> None:
    store = made([customer(1, 760, s3=True)])
    book.override(store, wish(store, direction="down", tier="C"))
    found = explanation.explain(store, POLICY, JUNE, 1)
    assert found is not None
    assert (found.scored["tier"], found.override_place, found.held_by) == (2, 2, ())


def test_the_history_tells_steps_that_a_person_made_from_those_of_score_and_rules() -> None:
    store = made([customer(1, 760), customer(2, 760)])
    down = book.override(store, wish(store, 1, "down", "B"))
    book.settle_override(store, down.override_id, "withdrawn", "Bo", "The news were not true")
    books.take(store, [customer(1, 650), customer(2, 760, s3=True)], JUNE + timedelta(days=30), whole_book=True)
    book.assess(store)
    found = [[(CODES[s.tier], s.by_person) for s in monitoring.history(store, key)] for key in (1, 2)]
    assert found == [
        [("A", False), ("B", True), ("A", False), ("B", False)],
        [("A", False), ("A", False), ("A", False), ("B", False)],
    ]


def test_dragged_thresholds_respect_overrides() -> None:
    pick = random.Random(5)
    store = made([customer(n, pick.randint(450, 800), s3=pick.random() < 0.2) for n in range(1, 301)])
    for key in range(1, 121):
        plant(
            store,
            key,
            *pick.choice([("up", "A"), ("up", "B"), ("down", "B"), ("down", "C")]),
            asked_at=datetime(2026, 1, 1),
        )
    number = book.assess(store)
    bounds = {
        key: (direction, CODES.index(tier))
        for key, direction, tier in store.rows("select customer_key, direction, tier from override where true")
    }
    people = store.rows("select customer_key, score, s3 from listing join input using (customer_key) where true")
    for starts in ((700, 600), (680, 560), (750, 640)):
        counted = [0, 0, 0]
        for key, score, s3 in people:
            tier = 0 if score >= starts[0] else 1 if score >= starts[1] else 2
            direction, place = bounds.get(key, ("up", 2))
            tier = min(tier, place) if direction == "up" else max(tier, place)
            counted[max(tier, 1 if s3 else 0)] += 1
        mix = portfolio.mix(store, number, starts).set_index("tier")["customers"].to_dict()
        assert [mix.get(tier, 0) for tier in range(3)] == counted


def test_rates_by_direction_reason_and_person() -> None:
    store = made([customer(n, 650, exposure=100_000 if n == 1 else 1000) for n in range(1, 101)])
    said = {"asked_at": datetime(2026, 1, 1)}
    plant(store, 1, "up", "A", reason_code="security", **said)
    plant(store, 2, "down", "C", reason_code="market_news", asked_by="ADA", **said)
    plant(store, 3, "up", "A", asked_by="Bo", reason_code="security", **said)
    plant(store, 4, "up", "A", expires_on=date(2026, 2, 1), **said)  # ended
    plant(store, 5, "up", "A", needs_second=True, **said)  # waits
    found = overrides.rates(store, POLICY)
    assert (found.whole.customers, found.whole.of_customers) == (3, 0.03)
    assert found.whole.of_exposure == pytest.approx(102_000 / 199_000)
    assert found.standing == "many"
    assert [(r.name, r.customers) for r in found.direction] == [("up", 2), ("down", 1)]
    assert [(r.name, r.customers) for r in found.reason] == [("security", 2), ("market_news", 1)]
    assert [(r.name.casefold(), r.customers, r.exposure) for r in found.person] == [
        ("ada", 2, 101_000),
        ("bo", 1, 1000),
    ]


@pytest.mark.parametrize(("customers", "standing"), [(4, "few"), (5, "look"), (10, "look"), (11, "many")])
def test_rates_against_the_marks(customers: int, standing: str) -> None:
    store = made([customer(n, 650) for n in range(1, 101)])
    for key in range(1, customers + 1):
        plant(store, key, "up", "A", asked_at=datetime(2026, 1, 1))
    assert overrides.rates(store, POLICY).standing == standing


def test_planted_hit_rates_are_found_against_the_kept_of_the_same_band() -> None:
    """40 lifted of whom 30 stay well, 25 lowered of whom 20 go bad, 12 of another reason; half of the kept go bad."""
    lifted, lowered, few = range(1, 41), range(41, 66), range(66, 78)
    kept = range(78, 278)
    others = range(278, 400)  # of another band: all of them go bad, and they are compared with nobody
    everybody = [*lifted, *lowered, *few, *kept]
    store = made([customer(n, 660) for n in everybody] + [customer(n, 760) for n in others], as_of=MARCH)
    said = {"asked_at": datetime(2026, 4, 2), "expires_on": date(2026, 6, 1)}
    for key in lifted:
        plant(store, key, "up", "A", reason_code="security", **said)
    for key in lowered:
        plant(store, key, "down", "C", reason_code="market_news", asked_by="Bo", **said)
    for key in few:
        plant(store, key, "up", "A", reason_code="dispute", asked_by="Cy", **said)
    bad = {*list(lifted)[:10], *list(lowered)[:20], *few, *list(kept)[:100], *others}
    defaulted = {*list(lifted)[:4], *list(kept)[:20]}
    later = [
        customer(
            n, 655 if n in defaulted else 520 if n in bad else 700, k5=n in defaulted, past_due_amount=int(n in bad)
        )
        for n in (*everybody, *others)
    ]
    books.take(store, later, JUNE, whole_book=True)
    book.assess(store)
    found = overrides.outcomes(store, POLICY)
    reasons = {o.name: o for o in found.reason}
    security, news = reasons["security"], reasons["market_news"]
    assert (security.n, security.was_right, security.kept, security.lacking) == (40, 30, 200, 0)
    assert security.counts == {"bad": 10, "in_default": 4, "worst": 6, "past_due": 10}
    assert security.kept_shares == pytest.approx({"bad": 0.5, "in_default": 0.1, "worst": 0.4, "past_due": 0.5})
    share, low, high = security.right
    assert share == 0.75 and (round(low, 3), round(high, 3)) == (0.598, 0.858)  # Wilson, 30 of 40
    assert (news.direction, news.n, news.was_right) == ("down", 25, 20)
    assert (reasons["dispute"].n, reasons["dispute"].lacking, reasons["dispute"].kept_shares) == (12, 8, None)
    assert [(o.name, o.n, o.was_right) for o in found.direction] == [("", 52, 30), ("", 25, 20)]
    assert {o.name: o.was_right for o in found.person} == {"Ada": 30, "Cy": 0, "Bo": 20}


def test_what_became_of_them_is_looked_at_after_some_months() -> None:
    """24 lifted of whom 6 turn bad, 5 lowered; neither April nor a draft answers, June is three months later."""
    store = made([customer(n, 650) for n in range(1, 60)], MARCH)
    for key in range(1, 25):
        plant(store, key, "up", "A", asked_at=datetime(2026, 4, 1))
    for key in range(25, 30):
        plant(store, key, "down", "C", asked_at=datetime(2026, 4, 1))
    assert overrides.later(store, POLICY) == ()
    books.take(store, [customer(n, 500) for n in range(1, 60)], date(2026, 4, 30), whole_book=True)
    book.assess(store)
    assert overrides.later(store, POLICY) == ()
    bad = {*range(1, 7), 25, 26}
    books.take(store, [customer(n, 500 if n in bad else 650) for n in range(1, 60)], JUNE, whole_book=True)
    book.assess(store)
    book.assess(store, policies.with_thresholds(POLICY, (800, 790)), draft=True)
    first = [(one.months, one.direction, one.n, one.bad, one.was_right) for one in overrides.later(store, POLICY)]
    assert first == [(3, "up", 24, 6, 18), (3, "down", 5, 2, 2)]
    books.take(store, [customer(n, 650) for n in range(1, 60)], date(2026, 10, 31), whole_book=True)
    book.assess(store)
    found = overrides.later(store, POLICY)
    assert [(one.months, one.direction, one.n, one.bad) for one in found] == [
        (3, "up", 24, 6),
        (3, "down", 5, 2),
        (6, "up", 24, 0),
        (6, "down", 5, 0),
    ]
    assert (found[0].lacking, found[1].lacking) == (0, 15)
    share, low, high = found[0].right
    assert low < share == 0.75 < high


def test_nothing_is_said_before_there_are_later_data() -> None:
    store = made([customer(n, 650) for n in range(1, 31)])
    for key in range(1, 31):
        plant(store, key, "up", "A", asked_at=datetime(2026, 7, 1))
    book.assess(store)
    assert overrides.outcomes(store, POLICY).direction == ()
