"""What an entry comes to, beside the form: score, tier, reasons, limit, what is missing most, and saving it."""

import streamlit as st

from pages.parts import assessing, controls, data, person, verdict
from pages.parts.assessing import Form
from pages.parts.format import day, full_money, is_nothing, percent, plain, signed
from riskcore import entering, limits, schema
from riskcore.entering import Entry
from riskcore.errors import AskedWrong, RiskError
from riskcore.explanation import Explained
from riskcore.policy import Policy
from riskcore.text import Words


def show(form: Form, entry: Entry) -> None:
    """The result of a form as it stands."""
    found: Explained = data.ask(entering.preview, form.policy, entry, form.day)
    t, policy = form.t, form.policy
    verdict.score(t, policy, found, lambda: _known(t, policy, found))
    _against_today(form, found)
    verdict.held_or_below(t, policy, found)
    for name in entry.said:
        _uncounted(form, entry, found, name)
    _limit(t, policy, found, form.currency)
    with st.container(gap=None):
        st.markdown(f"**{t('customer.why')}**")
        verdict.why(t, policy, found)
    _families(t, policy, found)
    _missing(t, policy, found)


def save(form: Form, entry: Entry) -> None:
    """The person's name and the button; after it the customer's page opens."""
    t = form.t
    st.caption(t("assess.save_note", day=day(t, form.day)))
    by = person.ask(t, "assess_person")
    with st.container(key="main"):
        if not st.button(t("assess.save"), type="primary", icon=":material/save:", width="stretch"):
            return
    try:
        if form.wrong:
            raise AskedWrong("entry_wrong", n=form.wrong)
        key = entering.save(data.store(), entry, form.day, by)
    except RiskError as refused:
        st.error(plain(t.error(refused)), icon=":material/error:")
        return
    assessing.forget(form.scope)
    st.toast(t("assess.saved"), icon=":material/check:")
    st.switch_page("book/customer.py", query_params={"customer": str(key), **controls.in_url()})


def _known(t: Words, policy: Policy, found: Explained) -> None:
    st.caption(t("assess.known", share=percent(found.scored["known_points"] / policy.total_points, 0)))


def _against_today(form: Form, found: Explained) -> None:
    if form.present is None or not form.said:
        return
    was, now = form.present.scored["score"], found.scored["score"]
    if was is not None and now is not None:
        change = signed(now - was, str(abs(now - was)))
        code = form.policy.tier[form.present.scored["tier"]].code
        st.caption(form.t("assess.before", score=was, code=code, change=change))


def _uncounted(form: Form, entry: Entry, found: Explained, name: str) -> None:
    """Where a newer value is known, say so: what was entered is kept, and changes nothing."""
    said = entry.said[name]
    is_value = schema.FIELDS[name] in schema.STATED and said.state == schema.KNOWN
    if is_value and not entering.counts(found, name):
        newer = found.scored[f"{name}_date"]
        said_of = plain(form.t("assess.not_counted", name=form.t(f"fields.{name}"), day=day(form.t, newer)))
        st.caption(f":orange[:material/history: {said_of}]")


def _limit(t: Words, policy: Policy, found: Explained, currency: str) -> None:
    row = found.limit
    st.metric(t("assess.limit"), full_money(row["recommended"], currency))
    if is_nothing(row["recommended"]):
        st.caption(t("limits.card.none"))
        return
    strategy = policy.tier[row["tier"]].strategy
    payment = limits.payment_of(t, strategy)
    terms = t("limits.card.days", n=strategy.terms_days) if strategy.terms_days else payment
    term = limits.binding_of(t, row["binding"], row["recommended"])
    st.caption(plain(t("assess.bound_by", term=term, terms=terms)))


def _families(t: Words, policy: Policy, found: Explained) -> None:
    lines = []
    for family in policy.family:
        of_it = [line for line in found.lines if line.characteristic.family == family.id]
        points, most = sum(line.points for line in of_it), sum(line.characteristic.max_points for line in of_it)
        lines.append((f"**{points}** / {most}", plain(t.of(family.name))))
    if found.scored["external_points"]:
        points, most = found.scored["external_points"], found.scored["silent_points"]
        lines.append((f"**{points}** / {most}", plain(t("customer.external_family"))))
    with st.container(gap=None):
        st.markdown(f"**{t('assess.family')}**")
        controls.small_table(lines)


def _missing(t: Words, policy: Policy, found: Explained) -> None:
    missing = entering.missing_most(policy, found)
    if not missing:
        return
    known, total = found.scored["known_points"], policy.total_points
    lines = []
    for line, points in missing:
        share = percent((known + line.characteristic.max_points) / total, 0)
        name = plain(t("assess.known_after", name=t.of(line.characteristic.name), share=share))
        lines.append((f":blue[**+{points}**]", name))
    with st.container(gap=None):
        st.markdown(f"**{t('assess.missing_most')}** :gray[{plain(t('assess.missing_note'))}]")
        controls.small_table(lines)
