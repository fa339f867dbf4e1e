"""Starts our own processes, each by its verb, and sets how much of the machine they may take."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

import tlcore
from tlcore.paths import HOME_VARIABLE
from tlcore.store import Store

_NICENESS = 10


def start(store: Store, *verb: str, log: str, own_session: bool = False, talks: bool = False) -> subprocess.Popen[str]:
    """Start `python -m tlcore VERB…` on this store, its output going to a file among the logs.

    With `own_session` it outlives the process that starts it; with `talks` its standard input is a pipe.
    """
    environment = dict(os.environ)
    environment[HOME_VARIABLE] = str(store.home)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(Path(tlcore.__file__).parent.parent), environment.get("PYTHONPATH")])
    )
    # Threads that wait by spinning take the cores from whoever else needs them, pages above all.
    environment.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    flags = 0
    if own_session and sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
    with (store.logs / log).open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tlcore", *verb],
            env=environment,
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=own_session,
            creationflags=flags,
            text=True,
        )


def give_way() -> None:
    """Lower this process's priority, so that pages stay quick while it works."""
    process = psutil.Process()
    if sys.platform == "win32":
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        process.nice(_NICENESS)


def limit_memory(megabytes: int) -> None:
    """Keep this process from taking more memory than that, where the system can; for reading what strangers sent."""
    if sys.platform == "win32":
        return
    import resource

    size = megabytes * 1024**2
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or size < hard:
        # macOS knows the limit and refuses to set it.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (size, hard))
