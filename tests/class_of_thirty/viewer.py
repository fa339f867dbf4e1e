"""Somebody of the class: looks at the live run, goes to other pages and back, clicks, and notes how long it took."""

import asyncio
import secrets
import time
from random import Random

from websockets.exceptions import WebSocketException

from tests.class_of_thirty.tab import Tab

PAGES = ("train", "network", "pictures", "start", "inside")
_PAUSES = (5.0, 10.0)
"""Seconds between two things that a viewer does, at least and at most."""


class Viewer:
    """One person with one tab; `run` is what the Train page's address names, or empty."""

    def __init__(self, port: int, run: str, number: int) -> None:
        self.workspace = secrets.token_hex(16)
        self.pages: list[tuple[str, float]] = []
        self.interactions: list[float] = []
        self._run = run
        self._draw = Random(number)
        self.tab = Tab(port, self.workspace, self._draw)

    async def attend(self, after: float, until: float) -> None:
        """Arrive `after` so many seconds, and go about until the clock says `until`."""
        await asyncio.sleep(after)
        try:
            began = time.monotonic()
            async with self.tab.opened():
                await self._visit("train", began)
                while (rest := until - time.monotonic()) > 0:
                    await asyncio.sleep(min(rest, self._draw.uniform(*_PAUSES)))
                    if time.monotonic() < until:
                        await self._do_something()
        except (OSError, WebSocketException) as error:
            self.tab.faults.append(f"{self.tab.page}: {error!r}")

    async def _do_something(self) -> None:
        began = time.monotonic()
        if self.tab.offered and self._draw.random() < 0.5:
            state, fragment = self._draw.choice(sorted(self.tab.offered.values(), key=lambda one: one[0].id))
            await self.tab.click(state, fragment)
            self.interactions.append(time.monotonic() - began)
        else:
            # Every other page is the live run's, which is what a class looks at.
            away = self._draw.choice([page for page in PAGES if page != "train"])
            await self._visit(away if self.tab.page == "train" else "train", began)

    async def _visit(self, page: str, began: float) -> None:
        await self.tab.visit(page, f"run={self._run}" if page == "train" else "")
        self.pages.append((page, time.monotonic() - began))
