"""Faults that a person can act on: where, what it got, what would do, what to try next."""

from collections.abc import Iterable
from difflib import get_close_matches


class ThawError(Exception):
    """A fault told in plain words; anything else that is raised is a bug of ours."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint


class ChoiceError(ThawError):
    """A choice that cannot be carried out: an unknown name, a value out of range, an empty plan."""


class PictureError(ThawError):
    """A picture, an archive or a folder that cannot be used; `code` names the reason."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class WeightsError(ThawError):
    """Weights that cannot be had, are damaged, or do not fit the network."""


class DamagedError(ThawError):
    """Something that was kept is not as it was written any more; it is never used, and never removed by itself."""


class ProcessError(ThawError):
    """A process of ours that did not start, died, or cannot be reached."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or else all of them."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(words)}."
