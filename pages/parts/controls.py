"""What every page shows alike: its head, the badges, the empty book, the list with its pages."""

import contextlib
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import data, presenting, words
from pages.parts.format import NOTHING, count, day
from riskcore import book, coverage, portfolio, schema, scoring, versions
from riskcore.policy import Policy, Rule, rate_on_what_is_known
from riskcore.text import Words

PER_PAGE = 25


def head(title: str, present: bool = False) -> None:
    """The title, which book and policy this is and as of when, the language, and the way to the other book."""
    t, assessed = words.current(), data.assessed()
    is_sample = data.kind() == "sample"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.title(title, anchor=False, width="content")
            if is_sample:
                st.badge(t("frame.sample"), color="yellow")
            if assessed and assessed.draft:
                st.badge(t("frame.draft") if _on_known(assessed) else t("frame.draft_policy"), color="orange")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if assessed:
                st.caption(as_of_line(t, assessed), width="content")
            if present:
                presenting.links_out(t)
            else:
                words.switch()
                _other_book(t, "own" if is_sample else "sample")
    # One entry in the browser's history, not two.
    st.query_params.update(in_url())
    if assessed and not present:
        _little_known(t, assessed)


def _other_book(t: Words, other: book.Kind) -> None:
    if st.button(t(f"frame.open_{other}"), key="other_book", type="tertiary", icon=":material/swap_horiz:"):
        data.open_book(other)
        st.rerun()


def _little_known(t: Words, assessed: portfolio.Assessed) -> None:
    """Where too little is known for anybody to leave the worst tier: say so, and offer the draft, or the way back."""
    if assessed.draft:
        said = t("frame.is_draft") if _on_known(assessed) else t("frame.is_draft_policy")
        st.warning(said, icon=":material/draft:")
        if st.button(t("frame.back_to_policy"), key="back_to_policy"):
            book.assess(data.store())
            st.rerun()
    elif data.ask(coverage.nobody_can_leave_worst, assessed.assessment_id, assessed.policy):
        st.warning(t("frame.little_known", code=assessed.policy.tier[-1].code), icon=":material/help:")
        if st.button(t("frame.rate_on_known"), key="rate_on_known", icon=":material/draft:"):
            book.assess(data.store(), rate_on_what_is_known(assessed.policy), draft=True)
            st.rerun()


def _on_known(assessed: portfolio.Assessed) -> bool:
    """Whether the draft is the one that rates on what is known, and not one with other points."""
    return assessed.policy == rate_on_what_is_known(versions.in_force(data.store()))


def in_url() -> dict[str, str]:
    """What every page's address says, so that a link opens in the same language on the same book."""
    return {"lang": words.current().lang, "book": data.kind()}


def as_of_line(t: Words, assessed: portfolio.Assessed) -> str:
    """The date of the data, how many customers, the currency and the policy version: what every figure rests on."""
    known_by = "" if assessed.known_by is None else t("frame.known_by", day=day(t, assessed.known_by))
    return known_by + t(
        "frame.as_of",
        day=day(t, assessed.as_of),
        n=count(assessed.customers),
        currency=data.ask(book.currency),
        version=assessed.version,
        hash=assessed.policy.hash[:7],
    )


def assessed_or_stop() -> portfolio.Assessed:
    """The last assessment; where the book is empty, the two ways out and nothing else."""
    assessed = data.assessed()
    if assessed is not None:
        return assessed
    t = words.current()
    st.subheader(t("frame.empty"), anchor=False)
    with st.container(horizontal=True):
        with st.container(key="main", width="content"):
            if st.button(t("frame.upload"), type="primary", icon=":material/upload:"):
                st.switch_page("data/imports.py")
        if st.button(t("frame.see_sample"), icon=":material/visibility:"):
            data.open_book("sample")
            st.rerun()
    st.stop()


def tier_column(t: Words, policy: Policy, label: str) -> Any:
    """A column of tier letters as coloured chips."""
    return st.column_config.MultiselectColumn(
        label,
        options=[tier.code for tier in policy.tier],
        color=[tier.colour for tier in policy.tier],
        width=72,
    )


def tier_legend(t: Words, policy: Policy, thresholds: tuple[int, ...]) -> str:
    """The tiers from worst to best with their letters, names and score ranges, as Markdown."""
    ends = (policy.top_score, *(start - 1 for start in thresholds))
    begins = (*thresholds, policy.base_score)
    return "  ".join(
        f":{tier.colour}-badge[**{tier.code}**] {t.of(tier.name)} :gray[{begin}–{end}]"
        for tier, begin, end in reversed(list(zip(policy.tier, begins, ends, strict=True)))
    )


def segment_name(t: Words, place: int, name: str) -> str:
    """What a segment of the cube is called: its value, "not given", or the others together."""
    return t("segments.none") if place == -1 else value_name(t, name) if name else t("segments.other")


def value_name(t: Words, value: Any) -> Any:
    """What an industry or region is called: those of the sample by language, those of an own book as its files say."""
    if data.kind() == "sample" and isinstance(value, str):
        with contextlib.suppress(KeyError):
            return t(f"segments.sample.{value.lower().replace(' ', '_')}")
    return value


def rule_names(policy: Policy, mask: int) -> str:
    """The codes of the rules that fire."""
    return " ".join(rule.code for rule in scoring.rules_of(policy, int(mask)))


def bound_words(t: Words, policy: Policy, rule: Rule, row: Any) -> str:
    """What a rule that fires allows at best."""
    place = min(int(row[f"fired_{rule.code}"]), len(policy.tier) - 1)
    bounds = any(case.best_tier for case in rule.case)
    return t("customer.bound", code=policy.tier[place].code) if bounds else t("customer.flags_only")


def beside(shares: int | Sequence[int], key: str) -> Sequence[Any]:
    """Columns for charts and tables; where the window is narrow (see `pages.frame`) each has its whole width."""
    with st.container(key=f"beside_{key}"):
        return st.columns(shares, gap="large")


def small_table(lines: Sequence[tuple[str, str]]) -> None:
    """A short list of Markdown pairs, a number or code first, the words after it."""
    if lines:
        st.table(pd.DataFrame(lines, columns=["a", "b"]), border="horizontal", hide_index=True, hide_header=True)


def dimension(t: Words, key: str) -> str:
    """The choice of what to group by."""
    chosen = st.segmented_control(
        t("overview.segments"),
        schema.SEGMENTS,
        default="industry",
        format_func=lambda d: t(f"segments.{d}"),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return chosen or "industry"


def money_column(label: str, width: int = 110) -> Any:
    """A column of whole amounts; the currency stands in the heading, which wants its `width` in pixels."""
    return st.column_config.NumberColumn(label, format="localized", step=1, width=width)


def clicked_row(
    shown: pd.DataFrame, layout: dict[str, Any], key: str, place: Any = st, rows_most: int = PER_PAGE
) -> int | None:
    """A table whose rows answer to a click anywhere; the place of the clicked one. It scrolls beyond `rows_most`.

    A table that is pointed at draws its tools over the right end of the line above: words belong there, no buttons.
    """
    return _clicked(_selected(shown, layout, key, place, "single-cell", NOTHING, rows_most))


def customer_table(shown: pd.DataFrame, keys: pd.Series, layout: dict[str, Any], key: str, place: Any = st) -> None:
    """A table of customers; a click on a row opens the customer. The URL carries a number, never a name."""
    _open(clicked_row(shown, layout, key, place), keys)


def ticked_customers(
    shown: pd.DataFrame,
    keys: pd.Series,
    layout: dict[str, Any],
    key: str,
    place: Any,
    page: str = "book/customer.py",
    unknown: str = NOTHING,
) -> list[int]:
    """A table of customers to be ticked; the places of those ticked. A click on a cell opens the customer's `page`."""
    selected = _selected(shown, layout, key, place, ["multi-row", "single-cell"], unknown, len(shown))
    _open(_clicked(selected), keys, page)
    return list(selected["rows"])


def _selected(
    shown: pd.DataFrame, layout: dict[str, Any], key: str, place: Any, mode: Any, unknown: str, rows_most: int
) -> Any:
    return place.dataframe(
        shown,
        hide_index=True,
        row_height=32,
        height=32 * (min(len(shown), rows_most) + 1) + 4,
        on_select="rerun",
        selection_mode=mode,
        placeholder=unknown,
        key=key,
        column_config=layout,
    )["selection"]


def _clicked(selected: Any) -> int | None:
    return int(selected["cells"][0][0]) if selected["cells"] else None


def _open(row: int | None, keys: pd.Series, page: str = "book/customer.py") -> None:
    if row is not None:
        # The whole address at once: what a page adds to it later, the browser's way back would stop at.
        st.switch_page(page, query_params={"customer": str(int(keys.iloc[row])), **in_url()})


def coverage_table(t: Words, policy: Policy, families: Sequence[coverage.Known]) -> None:
    """By family, for what share of customers the values are known."""
    names = {f.id: t.of(f.name) for f in policy.family}
    st.dataframe(
        pd.DataFrame(
            [(names[f.family], 100 * f.known, 100 * f.expired, 100 * f.refused, 100 * f.missing) for f in families],
            columns=["family", "known", "expired", "refused", "missing"],
        ),
        hide_index=True,
        row_height=32,
        column_config={
            "family": st.column_config.TextColumn(t("coverage.family")),
            "known": st.column_config.ProgressColumn(t("coverage.known"), format="%.0f%%", min_value=0, max_value=100),
            **{
                name: st.column_config.NumberColumn(t(f"coverage.{name}"), format="%.1f%%", width="small")
                for name in ("expired", "refused", "missing")
            },
        },
    )


def pages_of(total: int, key: str, per_page: int = PER_PAGE) -> int:
    """The page that is chosen, with "1–25 of 221" beside the choice; 1 where all fits on one page."""
    t = words.current()
    number = -(-total // per_page)
    if number <= 1:
        st.caption(t("frame.rows_all", n=count(total)))
        return 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        place = st.empty()
        page = st.pagination(number, key=key)
        first = (page - 1) * per_page + 1
        last = min(total, page * per_page)
        place.caption(t("frame.rows", first=count(first), last=count(last), n=count(total)))
    return page
