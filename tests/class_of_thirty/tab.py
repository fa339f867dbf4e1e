"""One tab without a browser: it speaks Streamlit's protocol, asks for updates as the page says, knows what to click."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.browser.conftest import HERE

PATIENCE = 60.0
_SAID = 12
"""How much of what was said last a tab tells when it got no answer."""


class Tab:
    """Shows one page at a time, and notes what its updates took and what went wrong."""

    def __init__(self, port: int, workspace: str, draw: Random) -> None:
        self.page = ""
        self.offered: dict[str, tuple[WidgetState, str]] = {}
        """What can be clicked: the state that a click sets, and the fragment that it is in."""
        self.updates: list[float] = []
        self.asked = self.received = self.cut_short = 0
        self.faults: list[str] = []
        self._address = f"ws://{HERE}:{port}/_stcore/stream"
        self._cookie = {"Cookie": f"thaw_workspace={workspace}"}
        self._draw = draw
        self._hashes: dict[str, str] = {}
        self._query = ""
        self._values: dict[str, WidgetState] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._asked_at: dict[str, float] = {}
        self._running: tuple[str, ...] | None = None
        """The fragments that the server runs now; none where it is the whole page, None where nothing runs."""
        self._awaited: tuple[str, asyncio.Future[None]] | None = None
        self._said: deque[str] = deque(maxlen=_SAID)
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Hold the connection to the server."""
        protocols = [Subprotocol("streamlit")]
        async with connect(
            self._address, subprotocols=protocols, additional_headers=self._cookie, max_size=None
        ) as self._socket:
            self._listening = asyncio.create_task(self._listen())
            try:
                yield
            finally:
                self._listening.cancel()
                self._end_timers()

    async def visit(self, page: str, query: str) -> None:
        """Go to a page and wait until it is drawn."""
        self.page, self._query = page, query
        self._values.clear()
        await self._ask("")

    async def click(self, state: WidgetState, fragment: str) -> None:
        """Click on what was offered, and wait until the page has answered."""
        self._values[state.id] = state
        await self._ask(fragment)

    async def _ask(self, fragment: str) -> None:
        """Let the page run, or a fragment of it, and wait until it has; raises TimeoutError with what was said."""
        done = asyncio.get_running_loop().create_future()
        self._awaited = (fragment, done)
        await self._send(fragment)
        assert self._listening is not None
        ended, _ = await asyncio.wait({done, self._listening}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if self._listening in ended:
            self._listening.result()
            raise ConnectionError("the server hung up")
        if not ended:
            raise TimeoutError(f"no answer in {PATIENCE:.0f} s; said last: {', '.join(self._said)}")

    async def _send(self, fragment: str, by_itself: bool = False) -> None:
        assert self._socket is not None
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string = self._query
        asked.page_script_hash = self._hashes.get(self.page, "")
        asked.page_name = "" if self._hashes else self.page
        asked.fragment_id, asked.is_auto_rerun = fragment, by_itself
        asked.widget_states.widgets.extend(self._values.values())
        self._said.append(f"{'tick' if by_itself else 'ask'} {_short([fragment])}")
        await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        assert self._socket is not None
        async for packed in self._socket:
            assert isinstance(packed, bytes)
            self.received += len(packed)
            self._hear(ForwardMsg.FromString(packed))

    def _hear(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._began(tuple(message.metadata.run.fragment_ids))
            case "navigation":
                self._hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "auto_rerun":
                self._tick(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._end_timers(message.stop_auto_rerun.fragment_ids)
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._see(message.delta.new_element, message.delta.fragment_id)
            case "script_finished":
                self._finished(message.script_finished)

    def _began(self, fragments: tuple[str, ...]) -> None:
        if self._running == () and fragments:
            # Streamlit forgets the end of a page, and what it drew last, if a fragment is asked for in the same moment.
            self.cut_short += 1
            self._answered()
        self._said.append(f"begins {_short(fragments)}")
        self._running = fragments
        if not fragments:
            self._end_timers()
        # What is drawn anew may lack what could be clicked; it says itself what it has.
        self.offered = {
            name: (state, fragment)
            for name, (state, fragment) in self.offered.items()
            if fragments and fragment not in fragments
        }

    def _see(self, element: Any, fragment: str) -> None:
        match element.WhichOneof("type"):
            case "exception":
                self.faults.append(f"{self.page}: {element.exception.type} {element.exception.message}")
            case "button_group" if element.button_group.options and not element.button_group.disabled:
                group = element.button_group
                state = WidgetState(id=group.id)
                state.string_array_value.data.append(self._draw.choice(list(group.options)).content)
                self.offered[group.id] = (state, fragment)
            case "checkbox" if not element.checkbox.disabled:
                state = WidgetState(id=element.checkbox.id, bool_value=not element.checkbox.default)
                self.offered[element.checkbox.id] = (state, fragment)

    def _finished(self, status: int) -> None:
        self._said.append(f"ends {status}")
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.faults.append(f"{self.page}: does not compile")
        for fragment in self._running or ():
            if fragment in self._asked_at:
                self.updates.append(time.monotonic() - self._asked_at.pop(fragment))
        if status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._answered()
        self._running = None

    def _answered(self) -> None:
        """Tell who waits that what ran now has ended, if it was what was asked for."""
        if self._awaited is None or self._running is None:
            return
        fragment, done = self._awaited
        # A click may also be answered by the whole page, where the fragment says that all is to be drawn anew.
        if not done.done() and (not self._running or fragment in self._running):
            done.set_result(None)

    def _tick(self, fragment: str, every: float) -> None:
        async def tick() -> None:
            while True:
                await asyncio.sleep(every)
                self.asked += 1
                self._asked_at.setdefault(fragment, time.monotonic())
                await self._send(fragment, by_itself=True)

        self._end_timers([fragment])
        self._timers[fragment] = asyncio.create_task(tick())

    def _end_timers(self, fragments: Iterable[str] | None = None) -> None:
        for fragment in list(self._timers) if fragments is None else fragments:
            self._asked_at.pop(fragment, None)
            if fragment in self._timers:
                self._timers.pop(fragment).cancel()


def _short(fragments: Iterable[str]) -> str:
    return " ".join(fragment[:6] for fragment in fragments if fragment) or "the page"
