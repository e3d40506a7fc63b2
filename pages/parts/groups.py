"""Connected customers: those with one parent, shown and added up as a group."""

import pandas as pd
import streamlit as st

from pages.parts import controls, data
from pages.parts.format import count, money, percent, plain
from riskcore import portfolio
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words
from riskcore.wording import NOTHING, is_nothing

TOP = 10


def card(t: Words, assessed: Assessed, customer_key: int, currency: str) -> None:
    """The customers connected with one, and their sum; nothing where there are none."""
    members = data.ask(portfolio.group_of, customer_key)
    if members.empty:
        return
    group = members.iloc[0]
    with st.container(gap=None):
        st.subheader(t("groups.title"), anchor=False)
        st.caption(
            t(
                "groups.note",
                name=plain(_name(t, group)),
                n=count(group["members"]),
                exposure=money(t, group["group_exposure"], currency),
                share=_share(group["share"]),
                past_due=money(t, group["group_past_due"], currency),
            )
        )
    shown = pd.DataFrame(
        {
            "name": members["customer_name"],
            "tier": _chips(assessed.policy, members["tier"]),
            "score": members["score"],
            "exposure": members["exposure"].astype(float),
            "past_due": members["past_due"].astype(float),
            "role": [
                t("groups.head") if own == group_id else ""
                for own, group_id in zip(members["customer_id"], members["group_id"], strict=True)
            ],
        }
    )
    column = st.column_config
    layout = {
        "name": column.TextColumn(t("thresholds.customer"), width="medium"),
        "tier": controls.tier_column(t, assessed.policy, t("overview.tier")),
        "score": column.NumberColumn(t("thresholds.score"), width=72),
        **_amounts(t, currency),
        "role": column.TextColumn(t("groups.role"), width="small"),
    }
    controls.customer_table(shown, members["customer_key"], layout, key=f"group_{customer_key}")


def table(t: Words, assessed: Assessed, currency: str) -> None:
    """The groups with the largest exposures; nothing where no customer has a parent."""
    groups = data.ask(portfolio.groups, TOP)
    if groups.empty:
        return
    with st.container(gap=None):
        st.subheader(t("groups.title"), anchor=False)
        st.caption(t("groups.table_note"))
    shown = pd.DataFrame(
        {
            "worst": _chips(assessed.policy, groups["worst_tier"]),
            "name": [_name(t, group) for _, group in groups.iterrows()],
            "members": groups["members"],
            "exposure": groups["group_exposure"],
        }
    )
    column = st.column_config
    layout = {
        "worst": controls.tier_column(t, assessed.policy, t("groups.worst")),
        "name": column.TextColumn(t("groups.name"), width=190),
        "members": column.NumberColumn(t("groups.members"), width=72),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
    }
    controls.customer_table(shown, groups["customer_key"], layout, key="groups")


def _chips(policy: Policy, places: pd.Series) -> list[list[str]]:
    return [[policy.tier[place].code] for place in places]


def _name(t: Words, group: pd.Series) -> str:
    """What a group is called: its parent's name, or the id of one that is no customer."""
    return t("groups.outside", id=group["group_id"]) if is_nothing(group["head_name"]) else str(group["head_name"])


def _share(share: float) -> str:
    return NOTHING if is_nothing(share) else percent(share)


def _amounts(t: Words, currency: str) -> dict[str, object]:
    return {
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
        "past_due": controls.money_column(t("thresholds.past_due_in", currency=currency)),
    }
