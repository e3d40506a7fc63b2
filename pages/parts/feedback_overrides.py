"""Overrides: how many there are, by whom and why, which count now, and what became of the overridden."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls, data, override_settling, override_words
from pages.parts.format import NOTHING, count, day, money, percent, plain
from pages.parts.room import Room
from riskcore import book, overrides
from riskcore.overrides import LIVE, STATES, Outcome, Override, Rate, Rates, State

PER_PAGE, WAITING_PER_PAGE = 15, 5
_OVER = tuple(state for state in STATES if state not in LIVE)


def show(room: Room) -> None:
    """The rates, each override, and what became of them."""
    t = room.t
    override_settling.toast()
    if room.policy.override is None:
        st.info(t("overrides.not_in_policy") + " " + t("frame.default_rules"))
    counts = overrides.how_many(room.store)
    if not any(counts.values()):
        st.caption(t("overrides.none"))
        st.page_link("book/customers.py", label=t("customers.title"), icon=":material/arrow_forward:")
        return
    _rates(room)
    _waiting(room, counts["waiting"])
    _list(room, counts)
    _outcomes(room)
    _later(room)


def _rates(room: Room) -> None:
    """The headline, the shares against the marks, and who and why."""
    t, found = room.t, overrides.rates(room.store, room.policy)
    currency = data.ask(book.currency)
    st.markdown(_headline(room, found, currency))
    left, right = controls.beside([2, 3], "rates")
    with left:
        st.subheader(t("overrides.share_of"), anchor=False)
        palette = charts.Palette(dark=st.context.theme.type == "dark")
        figure = _bars(room, found, palette)
        st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="override_bars", alt=t("overrides.share_of"))
        if said := room.policy.override:
            st.caption(plain(t("overrides.thumb", audit=f"{said.audit_pct:g}%", most=f"{said.most_pct:g}%")))
    with right:
        by = {
            "reason": (t("overrides.by_reason"), found.reason),
            "person": (t("overrides.by_person"), found.person),
        }
        chosen = st.segmented_control(
            t("overrides.by_what"),
            list(by),
            default="reason",
            required=True,
            key="overrides_by",
            format_func=lambda name: by[name][0],
            label_visibility="collapsed",
        )
        if found.whole.customers:
            _who_and_why(room, by[chosen][1], by[chosen][0], chosen == "reason", currency)
        else:
            st.caption(t("overrides.list_empty"))


def _headline(room: Room, found: Rates, currency: str) -> str:
    t, said, whole = room.t, room.policy.override, found.whole
    marks = {"audit": f"{said.audit_pct:g}%", "most": f"{said.most_pct:g}%"} if said else {}
    standings = {
        "few": t("overrides.standing_few", **marks) if said else "",
        "look": t("overrides.standing_look", **marks) if said else "",
        "many": t("overrides.standing_many", **marks) if said else "",
    }
    return t(
        "overrides.now",
        day=plain(day(t, pd.Timestamp.now())),
        n=count(whole.customers),
        share=plain(percent(whole.of_customers)),
        money_share=plain(percent(whole.of_exposure)),
        money=plain(money(t, whole.exposure, currency)),
        standing=plain(standings[found.standing] if found.standing else ""),
    )


def _bars(room: Room, found: Rates, palette: charts.Palette) -> go.Figure:
    """The share of customers and of exposure, in all and by direction, against the policy's marks."""
    t, said = room.t, room.policy.override
    of = {"customers": t("overrides.of_customers"), "exposure": t("overrides.of_exposure")}
    by_direction = {rate.name: rate for rate in found.direction}
    nobody = Rate("", 0, 0.0, 0.0, 0.0)
    up, down = by_direction.get("up", nobody), by_direction.get("down", nobody)
    bars = []
    for measure, name in of.items():
        values = [100 * getattr(rate, f"of_{measure}") for rate in (found.whole, up, down)]
        names = [
            t("overrides.all_share", of=name),
            t("overrides.up_share", of=name),
            t("overrides.down_share", of=name),
        ]
        bars += list(zip(names, values, (palette.primary, palette.axis, palette.axis), strict=True))
    figure = go.Figure()
    figure.add_bar(
        y=[name for name, _, _ in bars],
        x=[value for _, value, _ in bars],
        orientation="h",
        marker={"color": [colour for _, _, colour in bars]},
        width=0.6,
        hoverinfo="skip",
    )
    marks = [(said.audit_pct, palette.muted), (said.most_pct, palette.worse)] if said else []
    for mark, colour in marks:
        figure.add_vline(x=mark, line={"color": colour, "width": 1.5, "dash": "dot"})
        label = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False}
        figure.add_annotation(x=mark, text=f"{mark:g}%", font={"color": colour, "size": charts.FONT}, **label)
    for name, value, _ in bars:  # on the page's colour, so that no mark runs through a figure
        said_of = {"text": f"{value:.1f}%", "showarrow": False, "xanchor": "left", "xshift": 4, "borderpad": 0}
        figure.add_annotation(x=value, y=name, bgcolor=palette.background, font={"size": charts.FONT}, **said_of)
    most = max(*(value for _, value, _ in bars), *(mark for mark, _ in marks), 1) * 1.35
    figure.update_layout(
        height=34 * len(bars) + 40,
        margin={"l": 8, "r": 8, "t": 28, "b": 4},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        font={"size": charts.FONT, "color": palette.text, "family": charts.FAMILY},
    )
    figure.update_xaxes(range=[0, most], visible=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True, showgrid=False, ticksuffix="  ")
    return figure


def _who_and_why(room: Room, found: tuple[Rate, ...], label: str, is_reason: bool, currency: str) -> None:
    t = room.t
    rows = [
        (
            plain(override_words.reason_name(t, room.policy, rate.name) if is_reason else rate.name),
            count(rate.customers),
            percent(rate.of_customers),
            money(t, rate.exposure, currency),
            percent(rate.of_exposure),
        )
        for rate in found[:PER_PAGE]
    ]
    names = [label, t("overrides.customers"), t("overrides.of_customers"), t("overrides.exposure")]
    frame = pd.DataFrame(rows, columns=[*names, t("overrides.of_exposure")])
    st.table(frame, border="horizontal", hide_index=True)


def _waiting(room: Room, total: int) -> None:
    """Those that wait for a second person, with what can be said of each; a click on a name opens the customer."""
    if not total:
        return
    st.subheader(room.t("overrides.waiting", n=total), anchor=False)
    place = st.container(gap="small")
    page = 1
    if total > WAITING_PER_PAGE:
        page = controls.pages_of(total, key="overrides_page_waiting", per_page=WAITING_PER_PAGE)
    with place:
        for one in overrides.listed(room.store.cursor(), ("waiting",), page=page, per_page=WAITING_PER_PAGE):
            key = f"override_{one.override_id}"
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                with st.container(gap=None):
                    if st.button(plain(one.customer_name), key=f"{key}_customer", type="tertiary"):
                        to = {"customer": str(one.customer_key), **controls.in_url()}
                        st.switch_page("book/customer.py", query_params=to)
                    st.markdown(override_words.line(room.t, room.policy, one))
                with st.container(horizontal=True, width="content"):
                    override_settling.buttons(room.t, one, key)


def _list(room: Room, counts: dict[State, int]) -> None:
    """The overrides themselves; a click opens the customer."""
    t = room.t
    live, over = sum(counts[s] for s in LIVE), sum(counts[s] for s in _OVER)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.subheader(t("overrides.list"), anchor=False, width="content")
        which = st.segmented_control(
            t("overrides.list"),
            ["live", "over"],
            default="live" if live else "over",
            required=True,
            key="overrides_which",
            format_func=lambda one: (
                t("overrides.list_live", n=live) if one == "live" else t("overrides.list_over", n=over)
            ),
            label_visibility="collapsed",
        )
    total = live if which == "live" else over
    if not total:
        st.caption(t("overrides.list_empty"))
        return
    place = st.container()
    page = controls.pages_of(total, key=f"overrides_page_{which}", per_page=PER_PAGE)
    states = LIVE if which == "live" else _OVER
    found = overrides.listed(room.store.cursor(), states, page=page, per_page=PER_PAGE)
    keys = pd.Series([one.customer_key for one in found])
    columns = {
        "tier": controls.tier_column(t, room.assessed.policy, t("overrides.col_tier")),
        "customer": st.column_config.TextColumn(t("overrides.col_customer"), width=190),
        "change": st.column_config.TextColumn(t("overrides.col_change"), width=85),
        "state": st.column_config.TextColumn(t("overrides.col_state"), width=75),
        "until": st.column_config.TextColumn(t("overrides.col_until"), width=95),
        "why": st.column_config.TextColumn(t("overrides.col_reason"), width=350),
        "by": st.column_config.TextColumn(t("overrides.col_by"), width=150),
    }
    shown = pd.DataFrame([_row(room, one) for one in found])[list(columns)]
    controls.customer_table(shown, keys, columns, f"overrides_{which}_{page}", place)


def _row(room: Room, one: Override) -> dict[str, object]:
    t, policy = room.t, room.assessed.policy
    states = {
        "waiting": t("overrides.state_waiting"),
        "in_force": t("overrides.state_in_force"),
        "refused": t("overrides.state_refused"),
        "withdrawn": t("overrides.state_withdrawn"),
        "ended": t("overrides.state_ended"),
    }
    return {
        "tier": [] if one.tier_now is None else [policy.tier[one.tier_now].code],
        "customer": one.customer_name,
        "change": f"{'▲' if one.direction == 'up' else '▼'} {one.tier_before} → {one.tier}",
        "until": day(t, one.expires_on),
        "state": states[one.state],
        "by": one.asked_by if one.approved_by is None else f"{one.asked_by} / {one.approved_by}",
        "why": override_words.why(t, room.policy, one),
    }


def _outcomes(room: Room) -> None:
    """What became of the overridden beside the kept of the same score."""
    t, found = room.t, data.ask(overrides.outcomes, room.assessed.policy)
    with st.container(gap=None):
        st.subheader(t("overrides.became"), anchor=False)
        st.caption(t("overrides.became_note") if found.direction else t("overrides.became_none"))
    if not found.direction:
        return
    names = {"up": t("overrides.up"), "down": t("overrides.down")}
    rows = [_became(room, one, f"**{names[one.direction]}**") for one in found.direction]
    few = []
    named = [(one, override_words.reason_name(t, room.policy, one.name)) for one in found.reason]
    for one, alone in (*named, *((one, one.name) for one in found.person)):
        name = t("overrides.of_direction", name=alone, direction=names[one.direction])
        if one.lacking:
            few.append(t("overrides.few_of", name=name, n=one.n))
        else:
            rows.append(_became(room, one, plain(name)))
    heads = [
        t("overrides.col_group"),
        t("overrides.col_n"),
        t("overrides.col_right"),
        t("overrides.col_bad"),
        t("overrides.col_default"),
        t("overrides.col_past_due"),
    ]
    st.table(pd.DataFrame(rows, columns=heads), border="horizontal", hide_index=True)
    if few:
        st.caption(plain(t("overrides.few", least=overrides.LEAST, names=t("overrides.few_between").join(few))))


def _later(room: Room) -> None:
    """What became of them after 3, 6 and 12 months."""
    t, found = room.t, data.ask(overrides.later, room.assessed.policy)
    note = t("overrides.later_note") if found else t("overrides.later_none", n=min(overrides.MONTHS))
    with st.container(gap=None):
        st.subheader(t("overrides.later"), anchor=False)
        st.caption(note)
    if not found:
        return
    names = {"up": t("overrides.up"), "down": t("overrides.down")}
    rows = []
    for one in found:
        name = t("overrides.after_months", n=one.months, direction=names[one.direction])
        if one.lacking:
            few = plain(t("overrides.too_few", n=one.n, lacking=one.lacking))
            rows.append((name, count(one.n), f":gray[{few}]", ""))
        else:
            rows.append((name, count(one.n), f"**{_between(room, one.right)}**", _between(room, one.bad_share)))
    heads = [t("overrides.col_after"), t("overrides.col_n"), t("overrides.col_right"), t("overrides.col_went_bad")]
    st.table(pd.DataFrame(rows, columns=heads), border="horizontal", hide_index=True)


def _between(room: Room, found: tuple[float, float, float]) -> str:
    """A share with its interval."""
    share, low, high = (percent(value, 0) for value in found)
    return plain(room.t("overrides.share_between", share=share, low=low, high=high))


def _became(room: Room, one: Outcome, name: str) -> tuple[str, ...]:
    t = room.t
    if one.lacking:
        few = t("overrides.too_few", n=one.n, lacking=one.lacking)
        return (name, count(one.n), f":gray[{plain(few)}]", "", "", "")
    against = []
    for measure in ("bad", "in_default", "past_due"):
        kept = NOTHING if one.kept_shares is None else percent(one.kept_shares[measure], 0)
        against.append(t("overrides.against", share=percent(one.share(measure)[0], 0), kept=kept))
    return (name, count(one.n), f"**{_between(room, one.right)}**", *against)
