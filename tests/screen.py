"""The pages as Streamlit runs them, on books of a test's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

FRAME = Path(__file__).parents[1] / "pages" / "frame.py"
PAGES = {
    "overview": "book/overview.py",
    "thresholds": "book/thresholds.py",
    "limits": "book/limits.py",
    "decisions": "book/decisions.py",
    "customers": "book/customers.py",
    "customer": "book/customer.py",
    "todo": "book/todo.py",
    "review": "book/review.py",
    "assess": "book/assess.py",
    "monitoring": "book/monitoring.py",
    "training": "learn/training.py",
    "feedback": "learn/feedback.py",
    "imports": "data/imports.py",
}


@contextmanager
def books_in(folder: Path, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages open the books of `folder`, in which a copy of `sample` is the sample; their caches start empty."""
    shutil.copy(sample, folder / "sample.duckdb")
    monkeypatch.setenv("RISK_HOME", str(folder))
    forget()
    yield
    forget()


def forget() -> None:
    """Let go of the books that pages keep open, and of their answers."""
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str, lang: str = "en", **query: str) -> AppTest:
    """A page as a new session shows it."""
    app = AppTest.from_file(FRAME, default_timeout=30)
    for name, value in {"lang": lang, **query}.items():
        app.query_params[name] = value
    app.run()
    if page != "overview":
        app.switch_page(PAGES[page]).run()
    return sound(app)


def sound(app: AppTest) -> AppTest:
    """The same page, once it is sure that nothing went wrong on it."""
    assert not app.exception
    assert not app.error
    return app


def captions(app: AppTest) -> str:
    return "\n".join(element.value for element in app.caption)
