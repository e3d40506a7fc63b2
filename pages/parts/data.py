"""The only door from pages to the books: opens them, and caches answers by the book's version."""

import gc
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import streamlit as st

from riskcore import book, portfolio
from riskcore.errors import RiskError
from riskcore.store import Store

_BOOK = "book"
_BY_NAME = {FunctionType: lambda f: f"{f.__module__}.{f.__name__}"}  # a question in a cache's key


@st.cache_resource(show_spinner=False)
def _open(kind: book.Kind) -> Store:
    return book.open_book(kind)


@cache
def _settle() -> None:
    """What the first page imported stays; walking it again at each collection is half the time of a rerun."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def if_there(kind: book.Kind) -> Store | None:
    """A book, whoever looks on; None where it was not made yet."""
    return _open(kind) if book.path(kind).exists() else None


def kind() -> book.Kind:
    """Which book is on screen: the one chosen, that of the URL, else the own one once it holds customers."""
    if _BOOK not in st.session_state:
        asked = st.query_params.get("book")
        st.session_state[_BOOK] = asked if asked in ("own", "sample") else "own" if _has_customers() else "sample"
    chosen: book.Kind = st.session_state[_BOOK]
    return chosen


def open_book(chosen: book.Kind) -> None:
    """Put a book on screen."""
    st.session_state[_BOOK] = chosen


def store() -> Store:
    """The book on screen."""
    opened = _open(kind())
    _settle()
    _refreshed(kind())
    return opened


@st.cache_resource(ttl=60, show_spinner=False)
def _refreshed(chosen: book.Kind) -> bool:
    """Whether an override had ended, so that the book was assessed again; looked at once a minute, whoever looks on."""
    return book.refresh(_open(chosen)) is not None


def own() -> Store:
    """The user's own book, whichever is on screen."""
    return _open("own")


def assessed() -> portfolio.Assessed | None:
    """The last assessment of the book on screen; None where it is empty."""
    return portfolio.newest(store())


def ask(question: Callable[..., Any], *inputs: Any, **named: Any) -> Any:
    """The answer of a riskcore question about the book on screen, kept until the book changes."""
    return _answer(question, kind(), _version(store()), inputs, named)


def shared(question: Callable[..., Any], *inputs: Any) -> Any:
    """The same for a large answer that nobody changes: one object for all sessions, where `ask` copies it each time."""
    return _shared(question, kind(), _version(store()), inputs)


def _version(opened: Store) -> str:
    row = opened.one("select max(created_at), (select max(created_at) from import), count(*) from assessment")
    return str(row)


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs=_BY_NAME)
def _answer(
    question: Callable[..., Any], chosen: book.Kind, version: str, inputs: tuple[Any, ...], named: dict[str, Any]
) -> Any:
    return question(_open(chosen), *inputs, **named)


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=_BY_NAME)
def _shared(question: Callable[..., Any], chosen: book.Kind, version: str, inputs: tuple[Any, ...]) -> Any:
    return question(_open(chosen), *inputs)


def _has_customers() -> bool:
    if not book.path("own").exists():
        return False
    try:
        return portfolio.newest(_open("own")) is not None
    except RiskError:
        return False
