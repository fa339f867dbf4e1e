"""Which run a person means: its id, or the first letters of it."""

from tlcore.errors import ChoiceError
from tlcore.store import Store
from tlcore.store.runs import Run


def run_named(store: Store, letters: str) -> Run:
    """Return the one run whose id begins with `letters`; raise ChoiceError if there is none, or more than one."""
    found = store.runs.beginning_with(letters) if letters else []
    if len(found) != 1:
        raise ChoiceError(
            f"{'Several' if found else 0} runs begin with {letters or 'nothing'}.",
            "`python -m tlcore runs` lists them with their ids.",
        )
    return found[0]
