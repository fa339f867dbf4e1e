"""Asks a fresh process of our own something, and reads its answers, one after the other, as plain values."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tlcore.errors import ProcessError
from tlcore.jobs.processes import start_answering
from tlcore.store import Store

_LOG = "apart.log"
_SAID = 2
"""Lines at the end of its log that are told of a process that failed: what is wrong, and what would help."""


def told_apart(store: Store, *verb: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what `python -m tlcore VERB…` answers on this store; raise ProcessError if it fails.

    It gets what is asked as JSON, and answers in lines of JSON.
    """
    process = start_answering(store, "-m", "tlcore", *verb, log=_LOG)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(dict(asked)))
        process.stdin.close()
        for line in process.stdout:
            yield json.loads(line)
        if process.wait() != 0:
            log = (store.logs / _LOG).read_text(encoding="utf-8", errors="replace").splitlines()
            said = [line for line in log if line and not line[0].isspace()][-_SAID:]
            raise ProcessError(f"`{' '.join(verb)}` ended with status {process.returncode}.", " ".join(said))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
