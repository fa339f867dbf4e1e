"""A process that looks at pictures, one after the other, in little memory: `python -m tlcore.jobs.eye THUMBNAILS`.

It says that it is ready, reads a line for each file, its path in JSON, and answers each with a line: a picture's fact,
why it is left out, or a fault that is not the file's and ends the whole work. It imports nothing that looking does not
need, for a small set should not wait for its start, and a large one has many of it.
"""

import json
import os
import signal
import sys
from pathlib import Path

from tlcore.data.facts import Fact, Task, look
from tlcore.data.manifest import LeftOut
from tlcore.errors import PictureError
from tlcore.jobs.memory import limit_memory
from tlcore.records import to_plain

READY = "ready"
KNOWN = ("path", "source", "where")
"""Fields of a Fact that whoever asks for it knows already."""
FAULT = "fault"
"""Field of an answer that ends the whole work: code, message and hint of a PictureError."""
_MEGABYTES = 1000


def main(thumbnails: Path) -> None:
    """Look at each file that the standard input names, until it ends."""
    limit_memory(_MEGABYTES)
    # Ctrl-C reaches all processes of a terminal; when to end is for the one to say that asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _silence_libraries()
    print(READY, flush=True)
    for line in sys.stdin:
        try:
            answer = _written(look(Task("", 0, "", Path(json.loads(line))), thumbnails))
        except PictureError as fault:
            answer = json.dumps({FAULT: (fault.code, fault.message, fault.hint)})
        print(answer, flush=True)


def _silence_libraries() -> None:
    """Let only Python complain: libtiff says something of every strip that is not as it should be."""
    sys.stderr = os.fdopen(os.dup(2), "w")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)


def _written(outcome: Fact | LeftOut) -> str:
    """Return an outcome as one line of ASCII, whatever the encoding of the pipe."""
    if isinstance(outcome, LeftOut):
        return json.dumps({"code": outcome.code, "sentence": outcome.sentence})
    return json.dumps({name: value for name, value in to_plain(outcome).items() if name not in KNOWN})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
