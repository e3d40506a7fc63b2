"""What the server does beside answering pages: it assesses its books again when their schedules say so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def schedules(_app: object) -> AsyncIterator[None]:
    """Look after the schedules while the server stands, whoever looks on."""
    # Only now: what a page keeps in the server's caches asks for a server that runs.
    from pages.parts import data
    from riskcore import schedule

    end = schedule.start([lambda: data.if_there("own"), lambda: data.if_there("sample")])
    try:
        yield
    finally:
        end()
