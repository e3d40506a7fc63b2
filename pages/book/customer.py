"""One customer: score, tier, why they may differ, where every point comes from, and what would lift the tier."""

import streamlit as st

from pages.parts import (
    charts,
    controls,
    customer_feedback,
    customer_opinions,
    customer_override,
    customer_review,
    customer_watch,
    data,
    groups,
    invoices,
    limit_card,
    looking_back,
    meeting,
    monitoring_history,
    override_words,
    sources,
    statements_panel,
    verdict,
    words,
)
from pages.parts import waterfall as chart
from pages.parts.format import NOTHING, bin_of, day, full_money, is_nothing, percent, plain, value_of
from riskcore import advice, book, explanation, limits, metrics, money, monitoring
from riskcore.explanation import Explained

t = words.current()
asked = st.query_params.get("customer", "")
assessed = controls.assessed_or_stop() if data.assessed() is None else data.assessed()
back = looking_back.dates(assessed.as_of, assessed.known_by)
is_key = asked.isdecimal() and len(asked) < 10  # a key is a 32-bit whole number
found = data.ask(explanation.explain, assessed.policy, back.as_of, int(asked), back.known_by) if is_key else None
if found is None:
    controls.head(t("customer.title"))
    looking_back.say(t, back, assessed.version)
    st.info(t("customer.absent") if back.is_now else t("customer.back.absent"))
    st.page_link("book/customers.py", label=t("customers.title"), icon=":material/arrow_back:")
    st.stop()

customer: Explained = found
policy, row = assessed.policy, customer.scored
currency = data.ask(book.currency)
palette = charts.Palette(dark=st.context.theme.type == "dark")
# Decisions on limits are no new version of the book, so they are asked for each time.
listed = limits.of_customer(data.store(), row["customer_key"])
limit_row = listed if back.is_now else customer.limit
name = listed["customer_name"] if listed else row["customer_name"]  # a past date may not know it yet
tier = policy.tier[row["tier"]]

with st.container(horizontal=True, vertical_alignment="center"):
    st.page_link("book/customers.py", label=t("customers.title"), icon=":material/arrow_back:")
    is_pinned = row["customer_key"] in meeting.pins()
    st.button(
        t("customer.unpin") if is_pinned else t("customer.pin"),
        icon=":material/keep_off:" if is_pinned else ":material/keep:",
        type="tertiary",
        on_click=meeting.unpin if is_pinned else meeting.pin,
        args=(row["customer_key"],),
    )
    if st.button(t("customer.enter"), icon=":material/edit:", type="tertiary"):
        st.switch_page("book/assess.py", query_params={"customer": asked, **controls.in_url()})
    customer_watch.button(t, assessed, row["customer_key"], listed["rules"] if listed else 0)
    looking_back.choose(t, back, assessed.as_of)
controls.head(plain(name))
looking_back.say(t, back, assessed.version)
if back.is_now:
    customer_watch.waiting(t, assessed, row["customer_key"])


def expected_loss() -> float | None:
    """What is lost on this customer in a year on average, under the book's assumptions; None where nothing is owed."""
    if not limit_row or is_nothing(row["exposure"]):
        return None
    assumed = data.ask(money.of_book, policy)
    return money.expected_loss(
        policy, assumed, row["score"], limit_row["in_default"], row["exposure"], limit_row["unused_limit"]
    )


def facts() -> None:
    """What a meeting asks first."""
    pairs = [
        (t("customers.id"), row["customer_id"]),
        (t("overview.exposure"), full_money(row["exposure"], currency)),
        (t("overview.past_due"), full_money(row["past_due"], currency)),
        (t("overview.expected_loss"), full_money(expected_loss(), currency)),
        (t("customer.limit"), full_money(row["credit_limit"], currency)),
        (t("segments.industry"), controls.value_name(t, row["industry"]) or NOTHING),
        (t("segments.region"), controls.value_name(t, row["region"]) or NOTHING),
        (t("segments.salesperson"), row["salesperson"] or NOTHING),
    ]
    with st.container(horizontal=True, gap="medium"):
        for label, value in pairs:
            with st.container(gap=None, width="content"):
                st.caption(label)
                st.markdown(f"**{plain(value)}**")


def score_card() -> None:
    """The score, its tier, and why the two may differ."""
    st.subheader(t("customer.score_and_tier"), anchor=False)

    def pd_of_score() -> None:
        if row["score"] is not None:
            scale = policy.pd_scale
            pd_12m = metrics.pd_12m(row["score"], scale.anchor_score, scale.good_bad_odds, scale.points_to_double_odds)
            st.caption(t("customer.pd", pd=percent(pd_12m)), help=t("customer.pd_help"))

    verdict.score(t, policy, customer, pd_of_score)
    strip = charts.score_strip(policy, palette, row["score"])
    st.plotly_chart(strip, config=charts.CONFIG, theme=None, key="strip", alt=t("customer.score_and_tier"))
    verdict.held_or_below(t, policy, customer)
    st.caption(t("customer.measure", measure=t.of(tier.measure)))


def why() -> None:
    """The largest losses of points, then the rules; what invoices tell leads to them."""
    st.subheader(t("customer.why"), anchor=False)
    verdict.why(t, policy, customer, _by_invoices)


def path() -> None:
    """What would lift the customer to the next tier."""
    found_path = data.ask(advise, assessed.assessment_id, int(asked), back)
    if found_path.kind == "best":
        st.subheader(t("customer.path_best_title"), anchor=False)
        st.caption(t("customer.path_best"))
        return
    target = policy.tier[found_path.target]
    st.subheader(t("customer.path", code=target.code), anchor=False)
    if found_path.kind == "held":
        names = ", ".join(f"{r.code} {t.of(r.name)}" for r in customer.rules if r.code in found_path.rules)
        lowered = override_words.holds_down(t, customer)
        st.markdown(plain(t("customer.path_held", rules=names) if names else lowered))
        return
    if found_path.kind == "none":
        st.caption(t("customer.path_none"))
        return
    lines = []
    for step in found_path.steps:
        c = policy.known_characteristic(step.characteristic)
        now = next(line for line in customer.lines if line.characteristic.id == c.id)
        key = "customer.step_supply" if step.supplies else "customer.step_improve"
        text = t(key, name=t.of(c.name), to=bin_of(t, c, step.to_bin), now=value_of(t, c, now.value))
        lines.append((f":blue[**+{step.points_gain}**]" if step.points_gain > 0 else "", plain(text)))
    lines.append(("**=**", plain(t("customer.then", score=found_path.score_after, code=target.code))))
    controls.small_table(lines)


def advise(store: object, assessment_id: int, customer_key: int, dates: looking_back.Dates) -> advice.Advice:
    """The path of one customer of an assessment."""
    cursor = data.store().cursor()
    explanation.prepare_one(cursor, policy, dates.as_of, customer_key, dates.known_by)
    return advice.next_tier(cursor, policy, "facts", row)


def points() -> None:
    """The waterfall with value, date and source of each row."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        with st.container(gap=None, width="content"):
            st.subheader(t("customer.points"), anchor=False)
            st.caption(t("customer.points_note"))
        sources.table(t, customer, assessed.version)
    rows: list[chart.Row] = []
    for family in policy.family:
        lines = [line for line in customer.lines if line.characteristic.family == family.id]
        most = sum(line.characteristic.max_points for line in lines)
        rows.append(chart.Row(t.of(family.name), sum(line.points for line in lines), most, heading=True))
        for line in lines:
            c = line.characteristic
            silent = line.is_missing or line.is_refused
            value = sources.value_with_mark(t, line)
            source = sources.of_line(t, line, assessed.version)
            hint = f"{t.of(c.long_name)}: {value}, {t('customer.earns', points=line.points, most=c.max_points)}"
            rows.append(
                chart.Row(
                    t.of(c.name),
                    line.points,
                    c.max_points,
                    value=value,
                    missing=silent,
                    hint=f"{hint} · {source}" if source else hint,
                    day="" if silent else day(t, line.known_on or policy.in_force),
                    link=f"#{invoices.ANCHOR}" if c.id in _by_invoices else "",
                )
            )
    if row["external_points"]:
        rows.append(
            chart.Row(t("customer.external_family"), row["external_points"], row["silent_points"], heading=True)
        )
        text = t("customer.external", points=row["silent_points"])
        rows.append(
            chart.Row(text, row["external_points"], row["silent_points"], value=str(row["external_score"]), hint=text)
        )
    all_points = (row["score"] or policy.base_score) - policy.base_score
    headings = [
        t("customer.base", score=policy.base_score),
        t("customer.col_points"),
        t("customer.col_value"),
        t("customer.col_date"),
    ]
    figure = chart.waterfall(
        policy,
        palette,
        rows,
        policy.thresholds,
        chart.Row(t("thresholds.score"), all_points, policy.total_points),
        row["tier"],
        headings,
    )
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="waterfall", alt=t("customer.points"))
    if row["external_score"] is not None:
        st.caption(
            t(
                "customer.external_note",
                same=", ".join(t.of(policy.known_characteristic(c).name) for c in policy.external_score.same_source),
            )
        )


# What the ledger tells leads to the invoices.
_by_invoices = {
    line.characteristic.id
    for line in customer.lines
    if line.characteristic.id in verdict.PAID_BY_INVOICES and line.place and line.place.kind in explanation.LEDGERS
}
facts()
left, middle, right = st.columns(3)
with left.container(border=True, height="stretch"):
    score_card()
with middle.container(border=True, height="stretch"):
    why()
with right.container(border=True, height="stretch"):
    path()
if back.is_now:
    customer_override.card(t, assessed, customer, currency)
    customer_feedback.row(t, assessed, customer)
points()
customer_opinions.panel(t, policy, customer, back)
invoices.panel(t, row["customer_key"], back.as_of, back.known_by)
statements_panel.panel(t, policy, row["customer_key"], back.as_of, back.known_by)
if back.is_now:
    customer_review.panel(t, policy, row["customer_key"])
if limit_row:
    limit_card.card(t, policy, limit_row, currency)
if back.is_now:
    groups.card(t, assessed, row["customer_key"], currency)
steps = [s for s in data.ask(monitoring.history, row["customer_key"]) if s.as_of <= back.as_of]
if len(steps) > 1:
    monitoring_history.draw(t, steps)
st.caption(t("customer.convention"))
