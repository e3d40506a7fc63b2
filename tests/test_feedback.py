"""Feedback: opinions as they were given, patterns that were planted and none else, drafts with their effect."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from riskcore import book, decisions, drafts, money, portfolio, schema, versions
from riskcore import policy as policies
from riskcore.errors import AskedWrong
from riskcore.feedback import drafting, events, opinions, patterns
from riskcore.feedback.drafting import Line, Points
from riskcore.feedback.patterns import Pattern
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Store
from tests import books

POLICY = policies.load()
DAY, NOON = date(2026, 6, 30), datetime(2026, 7, 1, 12)
WHY = "they have paid late again and again"
PEOPLE = ("Ada", "Bo", "Lin", "Noor")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [{**row, "exposure": row["exposure"] or 0} for row in books.random_rows(300, 3, POLICY)]


@pytest.fixture
def store(rows: list[dict[str, Any]]) -> Store:
    store = Store()
    versions.in_force(store)
    books.take(store, rows, DAY, whole_book=True)
    books.assess(store, POLICY)
    return store


def newest(store: Store) -> Assessed:
    found = portfolio.newest(store)
    assert found is not None
    return found


def give(store: Store, key: int, opinion: opinions.Opinion, by: str = "Ada", name: str | None = None) -> None:
    opinions.give(store, newest(store).assessment_id, key, opinion, by, WHY, name)


def insert(store: Store, *given: dict[str, Any]) -> None:
    """Opinions of the past, as many as wished, without a book behind them."""
    [(start,)] = store.rows("select coalesce(max(feedback_id), 0) from feedback where true")
    common = {"assessment_id": 1, "policy_hash": POLICY.hash, "because": WHY, "tier": "B", "given_at": NOON}
    rows = [{"feedback_id": number, **common, **one} for number, one in enumerate(given, start + 1)]
    with store.transaction() as cursor:
        cursor.register("given", pd.DataFrame(rows))
        cursor.execute("insert into feedback by name select * from given")


def found(store: Store, policy: Policy = POLICY) -> dict[str, Pattern]:
    return {one.key: one for one in patterns.gathered(store, policy)}


def repeating(store: Store) -> set[str]:
    assert POLICY.feedback
    return {one.key for one in patterns.gathered(store, POLICY) if one.repeats(POLICY.feedback)}


def test_an_opinion_is_kept_with_what_stood_there_then(store: Store) -> None:
    row = store.ask("select * from listing where score is not null and region is not null limit 1").iloc[0]
    key = int(row["customer_key"])
    give(store, key, "too_high", "  Ada ", "quick_ratio")
    kept = store.ask("select * from feedback").iloc[0]
    assert (kept["opinion"], kept["given_by"], kept["because"]) == ("too_high", "Ada", WHY)
    assert (kept["score"], kept["region"], kept["salesperson"]) == (row["score"], row["region"], row["salesperson"])
    assert kept["tier"] == POLICY.tier[row["tier"]].code
    [(code,)] = store.rows(f"select quick_ratio_bin from score where customer_key = {key}")
    assert (kept["characteristic"], kept["bin"]) == ("quick_ratio", code)
    assert kept["policy_hash"] == POLICY.hash


def test_a_wrong_score_needs_a_reason_and_a_right_one_none(store: Store) -> None:
    number = newest(store).assessment_id
    opinions.give(store, number, 5, "agree", "Ada", characteristic="quick_ratio")
    assert [(s.opinion, s.characteristic, s.because) for s in opinions.said(store, 5)] == [("agree", None, "")]
    for by, why, name in (("Ada", "no", None), (" ", WHY, None), ("Ada", WHY, "x; drop table score")):
        with pytest.raises(AskedWrong):
            opinions.give(store, number, 5, "too_low", by, why, name)
    with pytest.raises(AskedWrong):
        opinions.give(store, number, 10_000, "too_low", "Ada", WHY)
    assert len(opinions.said(store, 5)) == 1


@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("Ada", " ADA ", "Bo"),
        ("Anna Strauß", "ANNA  STRAUSS", "Anna Straus"),
        ("Işık", "IŞIK", "Isik"),
        ("王伟", " 王伟", "王维"),
    ],
)
def test_a_persons_newest_word_counts_once_for_an_assessment(store: Store, name: str, same: str, other: str) -> None:
    for opinion in ("too_high", "agree", "too_low"):
        give(store, 7, opinion, name)
    give(store, 7, "too_low", same)
    give(store, 7, "agree", other)
    said = [(one.given_by, one.opinion) for one in opinions.said(store, 7)]
    assert said == [(other, "agree"), (" ".join(same.split()), "too_low")]
    tier = opinions.said(store, 7)[0].tier
    one = found(store)[f"tier:{tier}:too_low"]
    assert (one.opinions, one.of_all, one.people, one.customers) == (1, 2, 1, (7,))


def test_planted_patterns_are_found_and_what_is_too_little_is_not(store: Store) -> None:
    def planted(n: int, start: int, **what: Any) -> list[dict[str, Any]]:
        return [{"customer_key": start + i, "given_by": PEOPLE[i % 3], "tier": f"{start}"[0], **what} for i in range(n)]

    insert(
        store,
        *planted(6, 100, opinion="too_high", characteristic="quick_ratio", bin=3),
        *planted(5, 200, opinion="too_low", industry="Construction"),
        *planted(4, 300, opinion="too_high", region="North"),  # too few customers
        *planted(9, 400, opinion="too_low", region="South"),
        *planted(9, 500, opinion="agree", region="South"),  # half of them say otherwise
        *[{**one, "given_by": "Ada"} for one in planted(8, 600, opinion="too_high", salesperson="Lin")],  # one person
    )
    of_segments = {key for key in repeating(store) if not key.startswith("tier")}
    assert of_segments == {"characteristic:quick_ratio:too_high", "industry:Construction:too_low"}
    one = found(store)["characteristic:quick_ratio:too_high"]
    assert (len(one.customers), one.people, one.opinions, one.of_all, one.bins) == (6, 3, 6, 6, (3,) * 6)
    assert [round(end, 3) for end in one.interval] == [0.61, 1.0]


@pytest.mark.parametrize(
    ("ways", "rate_most"), [(("too_high", "too_low"), 0.04), (("too_high", "too_low", "agree"), 0.01)]
)
def test_random_opinions_seldom_make_a_pattern(ways: tuple[str, ...], rate_most: float) -> None:
    """The stated rate of false alarms: under 4 of 100 groups a direction by a coin, under 1 where some agree."""
    store, pick = Store(), random.Random(11)
    versions.in_force(store)
    groups = 600
    given = (
        {"customer_key": i, "given_by": pick.choice(PEOPLE), "opinion": pick.choice(ways), "salesperson": f"{group}"}
        for group in range(groups)
        for i in range(pick.randint(5, 25))
    )
    insert(store, *given)
    invented = {key for key in repeating(store) if key.startswith("salesperson")}
    assert len(invented) <= rate_most * groups * 2


def test_overrides_are_opinions_unless_they_were_taken_back(store: Store) -> None:
    with store.transaction() as cursor:
        for number in range(1, 8):
            cursor.execute(
                "insert into override values "
                "(?, ?, 'down', 'C', 'doubtful', ?, ?, 5.0, false, 1, 650, 'B', ?, now()::timestamp)",
                [number, number + 20, WHY, DAY + timedelta(90), PEOPLE[number % 2]],
            )
        cursor.execute("insert into override_event values (7, 'withdrawn', ?, 'Ada', now()::timestamp)", [WHY])
    one = found(store)["tier:B:too_high"]
    assert (one.opinions, one.people, one.reasons) == (6, 2, ("doubtful",) * 6)
    assert 27 not in one.customers
    listed = patterns.named(store, one)
    assert set(listed["customer_key"]) == set(one.customers)
    assert set(listed["because"]) == {WHY}
    assert any(key.startswith("salesperson:") for key in found(store))


def test_opinions_on_another_card_count_no_more(store: Store) -> None:
    insert(
        store,
        *(
            {
                "customer_key": i,
                "given_by": PEOPLE[i % 2],
                "opinion": "too_high",
                "characteristic": "quick_ratio",
                "bin": 3,
            }
            for i in range(6)
        ),
    )
    moved = policies.with_thresholds(POLICY, [710, 600])
    other_points = drafting.points(POLICY, found(store)["characteristic:quick_ratio:too_high"])
    assert isinstance(other_points, Points)
    assert set(found(store)) == {"tier:B:too_high", "characteristic:quick_ratio:too_high"}
    assert set(found(store, moved)) == {"characteristic:quick_ratio:too_high"}
    assert not found(store, other_points.policy)


def named(
    store: Store, kind: patterns.Kind, value: str, way: patterns.Direction, keys: list[int], *bins: int
) -> Pattern:
    return Pattern(kind, value, way, tuple(keys), 2, len(keys), len(keys), (), bins)


@pytest.mark.parametrize(("way", "place", "order"), [("too_high", 1, "score"), ("too_low", 1, "score desc")])
def test_a_line_moves_by_the_fewest_points_that_move_half(
    store: Store, way: patterns.Direction, place: int, order: str
) -> None:
    question = f"select customer_key from listing where tier = 1 and best <= 0 order by {order} limit 6"
    keys = [key for (key,) in store.rows(question)]
    tier = POLICY.tier[place].code
    draft = drafting.line(store, POLICY, named(store, "tier", tier, way, keys))
    assert isinstance(draft, Line)
    assert draft.here == 6
    assert draft.moved >= 3
    assert 0 < abs(draft.points) <= 25

    def who_moves(thresholds: tuple[int, ...]) -> set[int]:
        moved = portfolio.movers(store, thresholds, POLICY.thresholds, "worse" if way == "too_high" else "better")
        return set(moved["customer_key"]) & set(keys)

    assert len(who_moves(draft.thresholds)) == draft.moved
    nearer = list(draft.thresholds)
    nearer[draft.place] -= 1 if draft.points > 0 else -1
    assert len(who_moves(tuple(nearer))) < 3


def test_a_line_moves_no_further_than_the_policy_says(store: Store) -> None:
    far = [key for (key,) in store.rows("select customer_key from listing where tier = 1 order by score desc limit 5")]
    assert drafting.line(store, POLICY, named(store, "tier", "B", "too_high", far)) == "too_far"
    assert drafting.line(store, POLICY, named(store, "tier", "C", "too_high", far)) == "no_tier_beyond"
    assert drafting.line(store, POLICY, named(store, "tier", "A", "too_high", far)) == "nobody_left"


@pytest.mark.parametrize("way", ["too_high", "too_low"])
@pytest.mark.parametrize("c", POLICY.characteristic, ids=lambda c: c.id)
def test_other_points_keep_the_order_of_bins_the_worst_and_the_best(c: Any, way: patterns.Direction) -> None:
    draft = drafting.points(POLICY, named(Store(), "characteristic", c.id, way, [1], *range(len(c.bins) + 1), 7))
    assert isinstance(draft, Points)
    now = draft.policy.known_characteristic(c.id)
    assert now.max_points == c.max_points
    assert min(b.points for b in now.bins) == 0

    def order(bins: Any) -> list[int]:
        return sorted(range(len(bins)), key=lambda place: bins[place].points)

    assert order(now.bins) == order(c.bins)
    for _, was, after in draft.changes:
        assert (after < was) == (way == "too_high")
        assert abs(after - was) <= max(1, c.max_points // 5)
    assert {o.id for o in POLICY.characteristic if o != draft.policy.known_characteristic(o.id)} == {c.id}


def test_ends_alone_make_no_draft() -> None:
    assert drafting.points(POLICY, named(Store(), "characteristic", "quick_ratio", "too_low", [1], 1, 1)) == "ends_stay"


@pytest.mark.parametrize("way", ["too_high", "too_low"])
def test_the_effect_is_what_an_assessment_under_the_draft_finds(store: Store, way: patterns.Direction) -> None:
    # A rule that looks at the score itself holds nobody here, so that bounds are the same under both.
    pattern = named(store, "characteristic", "days_beyond_terms_12m", way, list(range(1, 301)), 0, 2, 3, 3, 4, 4, 5, 5)
    draft, before = drafting.points(POLICY, pattern), newest(store)
    assert isinstance(draft, Points)
    told = drafting.effect(store, before, draft, pattern)
    was = dict(store.rows("select customer_key, tier from score where assessment_id = 1"))
    number = books.assess(store, draft.policy)
    now = dict(store.rows(f"select customer_key, tier from score where assessment_id = {number}"))
    moves = {key for key in was if was[key] != now[key]}
    assert moves
    assert told.before == tuple(list(was.values()).count(place) for place in range(3))
    assert told.after == tuple(list(now.values()).count(place) for place in range(3))
    assert told.better == sum(now[key] < was[key] for key in moves)
    assert told.worse == sum(now[key] > was[key] for key in moves)
    assert told.named == (told.worse if way == "too_high" else told.better)
    exposures = dict(store.rows("select customer_key, coalesce(exposure, 0)::double from listing"))
    assert told.exposure == pytest.approx(sum(exposures[key] for key in moves))
    by_exposure = sorted(moves, key=lambda key: -exposures[key])[:10]
    assert [exposures[key] for key, _, _ in told.largest] == [exposures[key] for key in by_exposure]
    assert all((was[key], now[key]) == (w, n) for key, w, n in told.largest)


def test_a_dismissed_pattern_is_back_when_it_has_grown_by_half(store: Store) -> None:
    pattern = named(store, "tier", "B", "too_high", list(range(6)))
    with pytest.raises(AskedWrong):
        events.dismiss(store, pattern, "Ada", "no")
    events.dismiss(store, pattern, "Ada", "a matter of one bad quarter")
    done = events.listed(store)
    assert [(e.event, e.customers, e.said_by) for e in done] == [("dismissed", 6, "Ada")]
    assert events.is_dismissed(replace(pattern, customers=tuple(range(8))), done)
    assert not events.is_dismissed(replace(pattern, customers=tuple(range(9))), done)
    assert not events.is_dismissed(replace(pattern, direction="too_low"), done)


def test_a_draft_is_kept_with_its_pattern_or_not_at_all(store: Store) -> None:
    pattern, before = named(store, "tier", "B", "too_high", list(range(6))), newest(store)
    draft = drafts.new("one", "", (700, 610), money.of_policy(POLICY))
    wrong = replace(draft, name="")
    for kept, by in ((draft, " "), (wrong, "Ada")):
        with pytest.raises(AskedWrong):
            events.save_draft(store, pattern, kept, by)
    with pytest.raises(AskedWrong):
        book.try_draft(store, policies.with_thresholds(POLICY, (700, 610)), pattern, before.as_of, " ")
    assert not events.listed(store) and not drafts.listed(store) and newest(store) == before
    book.try_draft(store, policies.with_thresholds(POLICY, (700, 610)), pattern, before.as_of, "Ada")
    assert [e.event for e in events.listed(store)] == ["drafted"] and newest(store).draft


def test_what_became_of_a_draft_is_told(store: Store) -> None:
    pattern, assumed = named(store, "tier", "B", "too_high", list(range(6))), money.of_policy(POLICY)
    kept = [
        events.save_draft(store, pattern, drafts.new(n, "", s, assumed), "Ada")
        for n, s in (("one", (700, 610)), ("two", (720, 600)))
    ]
    assert {(e.draft, e.state, e.decision_id) for e in events.listed(store)} == {
        (kept[0].draft_id, "open", None),
        (kept[1].draft_id, "open", None),
    }
    number = decisions.record(store, newest(store), (700, 610), assumed, "Bo", "as the people say")
    drafts.delete(store, kept[1].draft_id, 1, "Ada")
    assert {(e.draft, e.state, e.decision_id) for e in events.listed(store)} == {
        (kept[0].draft_id, "in_force", number),
        (kept[1].draft_id, "deleted", None),
    }


def test_bins_named_twice_count_and_expired_ones_as_their_bin() -> None:
    code = schema.EXPIRED_BINS
    draft = drafting.points(POLICY, named(Store(), "characteristic", "quick_ratio", "too_high", [1], 3, code + 3, 2))
    assert isinstance(draft, Points)
    assert [place for place, _, _ in draft.changes] == [3]
