"""What the tests of the verbs share: the command line in this process, a quick run, and Ctrl-C as it was."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tlcore.commands.parser import main

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """Verbs that train listen for Ctrl-C; the test run gets it back afterwards."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command line in this process; return its exit status and what it printed."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture(scope="session")
def quick() -> tuple[str, ...]:
    """The flags of a run that takes a second: backbone, strategy, epochs, and the sizes of pictures and batches."""
    return ("--backbone=squeezenet1_0", "--strategy=scratch", "--epochs=2", "--image-size=32", "--batch-size=8")


@pytest.fixture
def trained(said: Said, pictures: Path, quick: tuple[str, ...]) -> dict[str, Any]:
    """What the verb `train` told of a run that is done."""
    status, out, _ = said("train", str(pictures), *quick, "--json")
    assert status == 0
    told: dict[str, Any] = json.loads(out)
    return told
