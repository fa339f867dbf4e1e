"""Which run a person means: its id, or the first letters of it."""

from tlcore.errors import ChoiceError
from tlcore.store import Store
from tlcore.store.runs import Run

_ALL = 100_000


def run_named(store: Store, letters: str) -> Run:
    """Return the one run whose id begins with `letters`; raise ChoiceError if there is none, or more than one."""
    found = [run for run in store.runs.newest(_ALL) if letters and run.id.startswith(letters)]
    if len(found) != 1:
        raise ChoiceError(
            f"{len(found)} runs begin with {letters or 'nothing'}.",
            "`python -m tlcore runs` lists them with their ids.",
        )
    return found[0]
