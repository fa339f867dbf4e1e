"""What the tests of the verbs share: the command line in this process, and Ctrl-C as it was."""

import signal
from collections.abc import Callable, Iterator

import pytest

from tlcore.commands.parser import main


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """Verbs that train listen for Ctrl-C; the test run gets it back afterwards."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command line in this process; return its exit status and what it printed."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main(words)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run
