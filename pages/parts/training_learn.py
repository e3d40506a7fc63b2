"""Learn: one unit at a time, its text beside its questions, and a figure of the book below."""

import streamlit as st

from pages.parts import controls, training_figures
from pages.parts.format import plain
from pages.parts.room import Room
from riskcore.training import units
from riskcore.training.units import Standing, Unit

_MARKS = {"open": "", "done": ":material/check: ", "due": ":material/update: "}


def show(room: Room) -> None:
    """The choice of a unit, and the unit."""
    t, found = room.t, {unit.id: unit for unit in units.units()}
    standings = units.standings(room.store, room.who)
    chosen = st.pills(
        t("training.unit"),
        list(found),
        default=next(iter(found)),
        required=True,
        key="training_unit",
        format_func=lambda name: (
            f"{_MARKS[standings[name].state]}{list(found).index(name) + 1} {_title(room, found[name])}"
        ),
        label_visibility="collapsed",
    )
    unit = found[chosen or next(iter(found))]
    if standings[unit.id].state == "due":
        st.caption(f":yellow[:material/update: {t('training.due_again')}]")
    left, right = controls.beside([6, 5], "unit")
    with left:
        st.subheader(_title(room, unit), anchor=False)
        st.markdown(t.of(unit.text))
    with right:
        _questions(room, unit, standings[unit.id])
        if standings[unit.id].state == "done":
            _onward(room, list(found), unit)
    training_figures.show(room, unit)


def _onward(room: Room, names: list[str], done: Unit) -> None:
    """The way on from a unit that is done: to the next one, or from the last to practice."""
    following = names[names.index(done.id) + 1 :]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":green[:material/check: {room.t('training.unit_done')}]", width="content")
        label = room.t("training.next_unit") if following else room.t("training.to_practise")
        st.button(
            label,
            icon=":material/arrow_forward:",
            key="training_onward",
            on_click=_go,
            args=("training_unit", following[0]) if following else ("training_part", "practise"),
        )


def _go(key: str, value: str) -> None:
    st.session_state[key] = value


def _title(room: Room, unit: Unit) -> str:
    return room.t.of(unit.title)


def _questions(room: Room, unit: Unit, standing: Standing) -> None:
    t = room.t
    with st.container(gap=None):
        st.subheader(t("training.questions"), anchor=False)
        st.caption(t("training.questions_note") if room.who else t("training.name_first"))
    for number, question in enumerate(unit.question):
        key = f"training_answer_{room.who}_{unit.id}_{number}"
        st.session_state.setdefault(key, standing.last.get(number))
        options = question.option
        chosen = st.radio(
            f"{number + 1}\\. {t.of(question.text)}",
            range(len(options)),
            index=None,
            key=key,
            format_func=lambda place, options=options: t.of(options[place].text),
            on_change=_answered,
            args=(room, unit, number, key),
        )
        if chosen is not None:
            option = options[chosen]
            mark = ":green[:material/check:]" if option.right else ":red[:material/close:]"
            st.caption(f"{mark} {plain(t.of(option.reason))}")


def _answered(room: Room, unit: Unit, number: int, key: str) -> None:
    chosen = st.session_state[key]
    if chosen is not None and room.who:
        units.answer(room.store, room.who, unit.id, number, chosen)
