"""Looks at many pictures in limited processes, one for each core: what a file does to its process costs only that file.

A file is sent by whom we do not know, and decoders are written in C: one may hang, take all memory, or crash.
"""

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired
from threading import Condition, Thread
from types import MappingProxyType
from typing import IO

from tlcore.data.facts import LONGEST_NAME, Fact, Task
from tlcore.data.manifest import LeftOut
from tlcore.errors import PictureError, ProcessError
from tlcore.jobs.eye import FAULT, READY
from tlcore.jobs.processes import start_answering
from tlcore.store import Store
from tlcore.text import clean

_PATIENCE = 10.0
"""Seconds for one file. Any good one takes a fraction of one; but a busy machine may take many times as long, and a
disk has to wake up."""
_WORTH_A_PROCESS = 25
"""Files; to start a process takes about as long as to look at so many."""
_AHEAD = 4
"""Files that a process is told of at a time, so that it never waits. Their answers have to fit into a pipe of 4 KB, as
Windows makes them: else each side could wait for the other."""
_MEMORY: Mapping[str, str] = MappingProxyType(
    {"PILLOW_BLOCKS_MAX": "8", "MALLOC_MMAP_THRESHOLD_": "33554432", "MALLOC_TRIM_THRESHOLD_": "67108864"}
)
"""What tells Pillow and the C library of Linux to keep the memory of one picture for the next, up to 64 MB: to get it
anew for each takes a tenth of the time."""
_PULSE = 0.2
_GOODBYE = 1.0
"""Seconds for a process to end in peace, so that it leaves no thumbnail half written."""


class Eyes:
    """Looks at files with as many processes as there are cores; is a LookAll.

    `pulse` is called now and then while nothing can be told; what it raises ends the work.
    """

    def __init__(self, store: Store, pulse: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._pulse = pulse

    def __call__(self, tasks: Sequence[Task], thumbnails: Path) -> Iterator[Fact | LeftOut]:
        """Yield what each file told, in the order of the tasks.

        Raises ProcessError where processes do not start, and PictureError where thumbnails cannot be written.
        """
        count = min(os.cpu_count() or 1, -(-len(tasks) // _WORTH_A_PROCESS))
        work = _Work(tasks)
        eyes = [_Eye(self._store, work, thumbnails) for _ in range(count)]
        try:
            for place in range(len(tasks)):
                while (outcome := work.outcome(place)) is None:
                    self._pulse()
                    for eye in eyes:
                        eye.hurry()
                yield outcome
        finally:
            for eye in eyes:
                eye.dismiss()
            for eye in eyes:
                eye.bury()


class _Work:
    """Files that eyes take one by one, and what was seen of them."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self._places = iter(range(len(tasks)))
        self._outcomes: dict[int, Fact | LeftOut] = {}
        self._fault: Exception | None = None
        self._awaited = 0
        self._news = Condition()

    def next_place(self) -> int | None:
        """Return the place of a file that nobody looks at yet, or None if there is none."""
        with self._news:
            return next(self._places, None)

    def tell(self, place: int, outcome: Fact | LeftOut) -> None:
        """Note what came of the file at this place."""
        with self._news:
            self._outcomes[place] = outcome
            if place == self._awaited:
                self._news.notify()

    def give_up(self, fault: Exception) -> None:
        """Note why nothing more will come."""
        with self._news:
            self._fault = fault
            self._news.notify()

    def outcome(self, place: int) -> Fact | LeftOut | None:
        """Return what came of the file at this place; None if a moment's wait did not bring it."""
        with self._news:
            self._awaited = place
            if place not in self._outcomes:
                self._news.wait(_PULSE)
            if self._fault is not None:
                raise self._fault
            return self._outcomes.pop(place, None)


class _Eye:
    """A process that looks, another one when it has died, and the thread that asks and hears it."""

    def __init__(self, store: Store, work: _Work, thumbnails: Path) -> None:
        self._store = store
        self._work = work
        self._thumbnails = thumbnails
        self._asked: deque[int] = deque()
        self._dismissed = self._ready = self._late = False
        self._since = 0.0
        self._begin()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """End the process if its file takes too long."""
        process = self._process
        if self._ready and self._asked and time.monotonic() - self._since > _PATIENCE:
            self._late = True
            process.kill()

    def dismiss(self) -> None:
        """Let the process end after the files that it was told of."""
        self._dismissed = True
        self._hang_up()

    def bury(self) -> None:
        """Wait for the end of the process and of the thread, though not for long."""
        try:
            self._process.wait(_GOODBYE)
        except TimeoutExpired:
            self._process.kill()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._look_on()
        except Exception as fault:
            self._work.give_up(fault)
        finally:
            self._end()

    def _look_on(self) -> None:
        while not self._dismissed:
            while len(self._asked) < _AHEAD and (place := self._work.next_place()) is not None:
                self._asked.append(place)
                self._ask(place)
            if not self._asked:
                return
            answer = self._hear()
            if answer is None and self._dismissed:
                return
            place = self._asked.popleft()
            task = self._work.tasks[place]
            if answer is not None:
                self._work.tell(place, _seen(task, answer))
                continue
            self._work.tell(place, _lost(task, self._late))
            self._end()
            self._begin()
            for waiting in self._asked:
                self._ask(waiting)

    def _begin(self) -> None:
        words = ("-m", "tlcore.jobs.eye", str(self._thumbnails))
        self._process = start_answering(self._store, *words, log="eyes.log", settings=_MEMORY)
        self._ready = self._late = False

    def _end(self) -> None:
        self._hang_up()
        self._process.wait()
        _stream(self._process.stdout).close()

    def _hang_up(self) -> None:
        with suppress(OSError):
            _stream(self._process.stdin).close()

    def _ask(self, place: int) -> None:
        # If the process is gone, who hears it will notice; a closed pipe is a ValueError.
        with suppress(OSError, ValueError):
            stream = _stream(self._process.stdin)
            stream.write(json.dumps(str(self._work.tasks[place].file)) + "\n")
            stream.flush()

    def _hear(self) -> str | None:
        """Return the next answer, or None if the process has ended instead."""
        stream = _stream(self._process.stdout)
        if not self._ready:
            if stream.readline().strip() != READY:
                raise ProcessError("The processes that look at pictures do not start.", "The log eyes.log says why.")
            self._since, self._ready = time.monotonic(), True
        line = stream.readline()
        self._since = time.monotonic()
        return line if line.endswith("\n") else None


def _stream(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def _seen(task: Task, answer: str) -> Fact | LeftOut:
    told = json.loads(answer)
    if FAULT in told:
        raise PictureError(*told[FAULT])
    if "code" in told:
        return LeftOut(name=clean(task.path, LONGEST_NAME), **told)
    told["notes"] = tuple(told["notes"])
    return Fact(path=task.path, source=task.source, where=task.where, **told)


def _lost(task: Task, late: bool) -> LeftOut:
    """Return what is told of a file whose process has not outlived it."""
    if late:
        code, sentence = "TOO_SLOW", f"It could not be read within {_PATIENCE:.0f} seconds. Save it anew, as JPEG."
    else:
        code, sentence = "CRASHED", "The process that read it broke down over it. Save it anew, as JPEG."
    return LeftOut(name=clean(task.path, LONGEST_NAME), code=code, sentence=sentence)
