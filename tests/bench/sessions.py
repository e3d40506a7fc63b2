"""More people at the Thresholds page, without a browser: they speak the page's own protocol over a websocket.

Each lets go of a handle every two seconds, at thresholds that nobody asked for before, and keeps what came back.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.bench.answers import MOVERS, Answer

SESSIONS = 9
EVERY_SECONDS = 2.0
ALL_HERE_SECONDS = 60.0
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # where a component's events are told, by the component's id


@dataclass
class Session:
    """One person's connection; `page`, `board` and `fragment` are what the server calls what a release concerns."""

    number: int
    socket: websockets.ClientConnection
    page: str = ""
    board: str = ""
    fragment: str = ""
    answers: list[Answer] = field(default_factory=list)

    async def open(self) -> None:
        """Open the page."""
        await self._run(BackMsg(), Answer([]))

    async def work(self) -> None:
        """Let go of a handle at each turn, whatever the last answer took, once it is there."""
        turn = time.perf_counter() + EVERY_SECONDS * self.number / SESSIONS
        for asked in wishes(self.number):
            await asyncio.sleep(max(0.0, turn - time.perf_counter()))
            turn += EVERY_SECONDS
            message = BackMsg()
            message.rerun_script.fragment_id = self.fragment
            message.rerun_script.page_script_hash = self.page
            event = json.dumps([{"event": "thresholds", "value": asked}])
            message.rerun_script.widget_states.widgets.add(id=EVENTS.format(self.board), json_trigger_value=event)
            answer, began = Answer(asked), time.perf_counter()
            await self._run(message, answer)
            answer.took = 1000 * (time.perf_counter() - began)
            self.answers.append(answer)

    async def _run(self, message: BackMsg, answer: Answer) -> None:
        """Have the page run, and read to the end of the run."""
        message.rerun_script.query_string = "lang=en&book=sample"
        message.rerun_script.page_name = "thresholds"
        await self.socket.send(message.SerializeToString())
        while True:
            got = ForwardMsg.FromString(await self.socket.recv(decode=False))
            match got.WhichOneof("type"):
                case "navigation":
                    self.page = got.navigation.page_script_hash
                case "page_info_changed":
                    answer.url = got.page_info_changed.query_string
                case "delta":
                    self._see(got.delta, answer)
                case "script_finished":
                    return

    def _see(self, delta: Delta, answer: Answer) -> None:
        element = delta.new_element
        match element.WhichOneof("type"):
            case "bidi_component" if element.bidi_component.id.endswith("-board"):
                self.board, self.fragment = element.bidi_component.id, delta.fragment_id
            case "markdown" if element.markdown.body.endswith(MOVERS):
                answer.caption = element.markdown.body
            case "exception":
                raise RuntimeError(element.exception.message)


def wishes(session: int) -> Iterator[list[int]]:
    """Thresholds of three tiers that no other session asks for, and no browser: the first above the default's."""
    turn = 0
    while True:
        yield [701 + SESSIONS * (turn % 10) + session, 599 - turn // 10]
        turn += 1


@asynccontextmanager
async def working(address: str) -> AsyncIterator[list[Session]]:
    """Nine sessions at work while the block runs; what went wrong in one is raised at its end."""
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    sockets = [await websockets.connect(stream, max_size=None, proxy=None) for _ in range(SESSIONS)]
    sessions = [Session(number, socket) for number, socket in enumerate(sockets)]
    async with asyncio.timeout(ALL_HERE_SECONDS):
        for session in sessions:
            await session.open()
    work = [asyncio.create_task(session.work()) for session in sessions]
    try:
        yield sessions
        for ended in (task for task in work if task.done()):
            ended.result()  # work has no end but an error
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        for socket in sockets:
            await socket.close()
