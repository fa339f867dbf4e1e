"""Starts our own processes, most of them by their verb, and lets them give way to pages."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import psutil

import tlcore
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store

_NICENESS = 10
_TAKEN_FIRST = "500"
"""Of 1000, how much more willingly Linux ends our process than another where memory runs out; see proc(5)."""


def start(
    store: Store,
    *verb: str,
    log: str,
    own_session: bool = False,
    talks: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.Popen[str]:
    """Start `python -m tlcore VERB…` on this store, its output going to a file among the logs.

    With `own_session` it outlives the process that starts it; with `talks` its standard input is a pipe. `settings`
    are variables that count instead of this process's own.
    """
    flags = 0
    if own_session and sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
    with (store.logs / log).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tlcore", *verb],
            env={**environment_of(store), **settings},
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=own_session,
            creationflags=flags,
            text=True,
        )


def start_answering(
    store: Store, *words: str, log: str, settings: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[str]:
    """Start Python with these words on this store; it is asked and answers through pipes, and complains in a log.

    `settings` are variables that count instead of this process's own.
    """
    with (store.logs / log).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *words],
            env={**environment_of(store), **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )


def environment_of(store: Store) -> dict[str, str]:
    """Return the variables that a process of ours on this store gets."""
    environment = dict(os.environ)
    environment[HOME_VARIABLE] = str(store.home)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(Path(tlcore.__file__).parent.parent), environment.get("PYTHONPATH")])
    )
    # Threads that wait by spinning take the cores from whoever else needs them, pages above all.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return environment


def give_way() -> None:
    """Lower this process's priority, so that pages stay quick while it works, and outlive it where memory runs out."""
    process = psutil.Process()
    if sys.platform == "win32":
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        process.nice(_NICENESS)
    with suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(_TAKEN_FIRST, encoding="ascii")


def give_way_as_session() -> None:
    """Lower the priority of the whole session that this process leads; nothing where it leads none.

    Linux shares the cores among sessions first: without this, the processes of a session of their own take half of the
    machine however low their own priority is. See sched(7), autogroups.
    """
    if sys.platform != "win32" and os.getsid(0) == os.getpid():
        with suppress(OSError):  # only Linux has it
            Path("/proc/self/autogroup").write_text(str(_NICENESS), encoding="ascii")


def memory_taken() -> tuple[int, int]:
    """Return the bytes that this process takes now, and that the largest of its children does."""
    process, children = psutil.Process(), [0]
    for child in process.children(recursive=True):
        with suppress(psutil.Error):  # It may have ended meanwhile.
            children.append(child.memory_info().rss)
    return process.memory_info().rss, max(children)


def kill_family(pid: int) -> None:
    """End a process and all that it started, at once."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                member.kill()
