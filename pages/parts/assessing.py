"""The form of one customer: what is typed is kept as it is typed and read at once; errors stand at their field."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from pages.parts import sources
from pages.parts.format import NOTHING, day, full_money, is_nothing, plain, value_of
from riskcore import entering, schema
from riskcore.entering import Said
from riskcore.explanation import Explained, Line
from riskcore.policy import Characteristic, Policy
from riskcore.text import Words

_STATES = ("not_known", "refused", "not_applicable")
_FIRST = date(1850, 1, 1)
IDENTITY = ("customer_name", "customer_id", "reg_no", "country", "industry", "incorporation_date", "relationship_start")
BUSINESS = ("requested_limit", "annual_sales", "secured_amount")
MORE = {"financial": ("net_worth", "working_capital"), "credit_report": ("credit_score",)}  # beside characteristics


@dataclass
class Form:
    """A form being filled: `kept` holds what was typed, whatever is drawn; `said` is what it comes to.

    `scope` tells its widgets from those of another customer's; `wrong` counts the entries that cannot be used.
    """

    t: Words
    policy: Policy
    currency: str
    day: date
    present: Explained | None
    scope: str
    kept: dict[str, Any]
    said: dict[str, Said] = field(default_factory=dict)
    wrong: int = 0

    def widget(self, draw: Callable[..., Any], label: str, name: str, empty: Any, **options: Any) -> Any:
        """What stands in a widget, which comes back with what was typed though it had not been drawn for a while."""
        key = f"assess_{self.scope}_{name}"
        if key not in st.session_state:
            st.session_state[key] = self.kept.get(name, empty)
        self.kept[name] = draw(label, key=key, **options)
        return self.kept[name]

    def known(self, name: str) -> Any:
        """What is known of a field today; None where nothing is."""
        value = self.present.scored.get(name) if self.present else None
        return None if is_nothing(value) else value


def kept(scope: str) -> dict[str, Any]:
    """What was typed of a customer in this session."""
    return st.session_state.setdefault("assess_kept", {}).setdefault(scope, {})


def forget(scope: str) -> None:
    """Empty a form."""
    st.session_state.get("assess_kept", {}).pop(scope, None)
    for key in [key for key in st.session_state if str(key).startswith(f"assess_{scope}_")]:
        del st.session_state[key]


def identity(form: Form, proposed_id: str) -> str:
    """Who the customer is; returns the id."""
    t = form.t
    st.subheader(t("assess.who"), anchor=False)
    left, middle, right = st.columns(3)
    _text(form, left, "customer_name", entering.NAME_MOST)
    if form.present is None:
        label = t("fields.customer_id")
        customer_id = form.widget(middle.text_input, label, "customer_id", proposed_id, max_chars=entering.ID_MOST)
    else:
        customer_id = str(form.present.scored["customer_id"])
        middle.text_input(t("fields.customer_id"), customer_id, disabled=True)
    _text(form, right, "reg_no", entering.ID_MOST)
    countries = {c.code: f"{c.code} {t.of(c.name)}" for c in form.policy.country}
    _chosen(form, left, "country", countries)
    _chosen(form, middle, "industry", {i.section: f"{i.section} {t.of(i.name)}" for i in form.policy.industry})
    _date(form, right, "incorporation_date")
    _date(form, left, "relationship_start")
    return str(customer_id).strip()


def business(form: Form) -> None:
    """Amounts that limit and rules follow from."""
    st.subheader(form.t("assess.facts"), anchor=False)
    for box, name in zip(st.columns(3), BUSINESS, strict=True):
        with box:
            label = f"{form.t(f'fields.{name}')} ({form.currency})"
            _number(form, name, label, "visible", _hint(form, name, None))


def family(form: Form, family_id: str, name: str) -> None:
    """A section of the card: each fact with its meaning, its value or why there is none, and what is tucked away."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(name, anchor=False, width="content")
        _more(form, family_id, form.t("assess.more_all"), disputable=False)
    lines = {line.characteristic.id: line for line in form.present.lines} if form.present else {}
    for c in form.policy.characteristic:
        if c.family == family_id:
            _row(form, c.id, family_id, c, lines.get(c.id))
    for other in MORE.get(family_id, ()):
        _row(form, other, family_id, None, None)


def flags(form: Form) -> None:
    """What rules ask for that no number tells."""
    t = form.t
    with st.container(gap=None):
        st.subheader(t("assess.flags"), anchor=False)
        st.caption(t("assess.flags_note"))
    boxes = st.columns(2)
    names = {flag.name for flag in schema.FLAGS}
    rules = [rule for rule in form.policy.rule if rule.code.lower() in names]
    for place, rule in enumerate(rules):
        name, box = rule.code.lower(), boxes[2 * place // len(rules)]
        known = bool(form.known(name))
        ticked = form.widget(box.checkbox, plain(f"{rule.code} {t(f'fields.{name}')}"), name, known)
        if ticked != known:
            form.said[name] = Said(ticked)


def _text(form: Form, box: Any, name: str, most: int) -> None:
    hint = str(form.known(name) or "")
    typed = form.widget(box.text_input, form.t(f"fields.{name}"), name, "", max_chars=most, placeholder=hint)
    if clean := " ".join(typed.split()):
        form.said[name] = Said(clean)


def _chosen(form: Form, box: Any, name: str, options: dict[str, str]) -> None:
    known = form.known(name)
    hint = form.t("assess.industry_other", name=known) if known else form.t("assess.not_given")
    chosen = form.widget(
        box.selectbox,
        form.t(f"fields.{name}"),
        name,
        None,
        options=list(options),
        index=None,
        placeholder=hint,
        format_func=lambda code: options.get(code, code),
    )
    if chosen is not None:
        form.said[name] = Said(chosen)


def _date(form: Form, box: Any, name: str) -> None:
    known = form.known(name)
    help_text = form.t("assess.now_bare", value=day(form.t, known)) if known else None
    chosen = form.widget(
        box.date_input,
        form.t(f"fields.{name}"),
        name,
        known,
        value=None,
        min_value=_FIRST,
        max_value=form.day,
        help=help_text,
    )
    if chosen is not None and chosen != known:
        form.said[name] = Said(chosen)


def _row(form: Form, name: str, family_id: str, c: Characteristic | None, line: Line | None) -> None:
    t = form.t
    is_stated = schema.FIELDS[name] in schema.STATED
    about, typed, other, tucked = st.columns([6, 4, 4, 1], vertical_alignment="center", gap="small")
    label = t(f"fields.{name}") + ("" if c or is_stated else f" ({form.currency})")
    with about.container(gap=None):
        st.markdown(f"**{plain(label)}**")
        st.caption(plain(_meaning(form, name, line)))
    state = None
    if is_stated:
        state = form.widget(
            other.selectbox,
            t("assess.state"),
            f"{name}_state",
            None,
            options=_STATES,
            index=None,
            placeholder=t("assess.state_hint"),
            format_func=lambda s: t(f"assess.state_{s}"),
            label_visibility="collapsed",
        )
    with typed:
        if c is not None and c.is_category:
            said = _category(form, c, _hint(form, name, line), state is not None)
        else:
            said = _number(form, name, label, "collapsed", _hint(form, name, line), state is not None)
    if state is not None:
        said = _stated(form, state, c, line, other)
    with tucked:
        source, dated, disputed = _more(form, name, t("assess.more"), disputable=True)
    section_day, section_source = form.kept.get(f"{family_id}_day"), form.kept.get(f"{family_id}_source") or ""
    form.said.pop(name, None)
    if said is not None:
        form.said[name] = Said(said.value, said.state, dated or section_day, source or section_source, disputed)
    elif source or disputed != _is_disputed(line):
        form.said[name] = Said(source=source, disputed=disputed)


def _meaning(form: Form, name: str, line: Line | None) -> str:
    """What a fact means, and what is known of it today."""
    t = form.t
    meaning = t(f"assess.means.{name}")
    if line is not None and not line.is_missing:
        value, source = sources.value_with_mark(t, line), sources.of_line(t, line, 1)
        if line.known_on is None:
            return f"{meaning} · {t('assess.now_bare', value=value)}"
        return f"{meaning} · {t('assess.now', value=value, day=day(t, line.known_on), source=source or NOTHING)}"
    return meaning


def _is_disputed(line: Line | None) -> bool:
    return bool(line and line.remark and line.remark.disputed)


def _hint(form: Form, name: str, line: Line | None) -> str:
    """What stands in gray where nothing was typed: what is known."""
    if line is not None and not line.is_missing:
        return sources.value_with_mark(form.t, line)
    known = form.known(name) if line is None else None
    if known is None:
        return form.t("assess.value")
    return full_money(known, form.currency) if schema.FIELDS[name].kind == "amount" else f"{known:g}"


def _category(form: Form, c: Characteristic, hint: str, disabled: bool) -> Said | None:
    values = [str(b.value) for b in reversed(c.bins)]
    chosen = form.widget(
        st.selectbox,
        form.t.of(c.name),
        c.id,
        None,
        options=values,
        index=None,
        placeholder=hint,
        format_func=lambda v: value_of(form.t, c, v),
        label_visibility="collapsed",
        disabled=disabled,
    )
    return None if chosen is None else Said(chosen, schema.KNOWN)


def _number(form: Form, name: str, label: str, visibility: str, hint: str, disabled: bool = False) -> Said | None:
    """A number however it is written; one that cannot be read stays, with the reason under it."""
    shown = {"label_visibility": visibility, "placeholder": hint, "disabled": disabled, "max_chars": 40}
    typed = form.widget(st.text_input, label, name, "", **shown)
    if disabled or not typed.strip():
        return None
    cell = entering.read(form.policy, name, typed)
    if cell.reason is not None:
        form.wrong += 1
        st.caption(f":red[:material/error: {plain(form.t(cell.reason, **cell.slots))}]")
        return None
    if cell.value is None and cell.state is None:
        return None
    is_amount = schema.FIELDS[name].kind == "amount"
    value = cell.value if cell.value is None else round(Decimal(cell.value), 2) if is_amount else float(cell.value)
    said = Said(value, schema.KNOWN if cell.state is None and not is_amount else cell.state)
    form.said[name] = said
    return said


def _stated(form: Form, state: str, c: Characteristic | None, line: Line | None, box: Any) -> Said | None:
    """What the choice of no value comes to; what was known before is taken back, not forgotten."""
    if state == "refused":
        return Said(state=schema.REFUSED)
    if state == "not_applicable":
        if c is not None and c.special:
            box.caption(form.t("assess.counts_as_special", name=form.t.of(c.special.name)))
            return Said(state=schema.KNOWN)
        box.caption(form.t("assess.counts_as_unknown"))
    return Said(state=schema.WITHDRAWN) if line is not None and not line.is_missing else None


def _more(form: Form, name: str, label: str, disputable: bool) -> tuple[str, date | None, bool]:
    """Source, date and dispute mark of a value, or of all of a section, drawn only while they are looked at."""
    t = form.t
    parts = [f"{name}_{part}" for part in ("source", "day", "disputed")]
    marked = any(form.kept.get(part) for part in parts)
    popover = st.popover(
        "" if disputable else label,
        icon=":material/edit_note:" if marked else ":material/more_horiz:",
        type="tertiary",
        help=label if disputable else None,
        key=f"assess_{form.scope}_{name}_more",
        on_change="rerun",
    )
    if popover.open:
        with popover:
            hint = t("assess.source_hint")
            form.widget(
                st.text_input, t("assess.source"), parts[0], "", max_chars=entering.SOURCE_MOST, placeholder=hint
            )
            form.widget(
                st.date_input,
                t("assess.dated"),
                parts[1],
                None,
                value=None,
                min_value=_FIRST,
                max_value=form.day,
                help=t("assess.dated_help", day=day(t, form.day)),
            )
            if disputable:
                form.widget(st.checkbox, t("assess.dispute"), parts[2], _disputed_now(form, name))
    source, dated, disputed = (form.kept.get(part) for part in parts)
    return (source or "").strip(), dated, _disputed_now(form, name) if disputed is None else bool(disputed)


def _disputed_now(form: Form, name: str) -> bool:
    lines: Sequence[Line] = form.present.lines if form.present else ()
    return any(_is_disputed(line) for line in lines if line.characteristic.id == name)
