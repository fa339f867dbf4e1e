"""YAML from anybody, read strictly: plain values with their lines, and nothing that YAML can do besides."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import yaml

from tlcore.errors import ChoiceError, did_you_mean

_DEEPEST = 8
_LONGEST = 40
"""Characters of a value that a message repeats."""
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.?(inf|nan)", re.IGNORECASE)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class _PlacedError(ChoiceError):
    """A fault whose message names its line."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value of the text with its line, counted from 1: a mapping or a list of others, or a scalar."""

    value: Any
    line: int

    def fields(self, what: str, needed: Sequence[str], usual: Mapping[str, Any]) -> dict[str, "Said"]:
        """Return the fields of `what`, which needs some and has usual values for the others, and no more."""
        given = self.items(what)
        for name, said in given.items():
            if name not in needed and name not in usual:
                raise said.fault(f"{name} is not a setting of {what}.", did_you_mean(name, [*needed, *usual]))
        for name in needed:
            if name not in given:
                raise self.fault(f"{what} lacks {name}.", f"It needs {' and '.join(needed)}.")
        return {**{name: Said(value, self.line) for name, value in usual.items()}, **given}

    def items(self, what: str) -> dict[str, "Said"]:
        """Return names with values."""
        if not isinstance(self.value, dict):
            raise self._unfit(what, "names with values, such as `head: 0.001`")
        return self.value

    def entries(self, what: str) -> list["Said"]:
        """Return a list's entries."""
        if not isinstance(self.value, list):
            raise self._unfit(what, "a list, each entry after a dash")
        return self.value

    def whole(self, what: str) -> int:
        """Return a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._unfit(what, "a whole number")
        return self.value

    def number(self, what: str) -> float:
        """Return a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self._unfit(what, "a number, such as 0.0001 or 1e-4")
        return float(self.value)

    def text(self, what: str) -> str:
        """Return a word."""
        if not isinstance(self.value, str):
            raise self._unfit(what, "a word")
        return self.value

    def truth(self, what: str) -> bool:
        """Return yes or no."""
        if not isinstance(self.value, bool):
            raise self._unfit(what, "true or false")
        return self.value

    def fault(self, message: str, hint: str) -> ChoiceError:
        """Return an error that names this value's line."""
        return _PlacedError(f"Line {self.line}: {message}", hint)

    @contextmanager
    def here(self) -> Iterator[None]:
        """Let an error that is raised within name this value's line, if it names none yet."""
        try:
            yield
        except _PlacedError:
            raise
        except ChoiceError as error:
            raise self.fault(error.message, error.hint) from None

    def _unfit(self, what: str, wanted: str) -> ChoiceError:
        shown = {dict: "names with values", list: "a list", type(None): "empty"}.get(type(self.value))
        return self.fault(f"{what} is {shown or str(self.value)[:_LONGEST]}.", f"It takes {wanted}.")


def read_yaml(text: str, largest: int) -> Said:
    """Return what `text` says; raise ChoiceError on more than `largest` characters, and where it is not plain YAML.

    Plain are mappings, lists and scalars without anchors, tags and doubled names. Scalars are read as YAML 1.2's core
    schema does: 1e-4 is a number and `no` is a word, which YAML 1.1, PyYAML's own choice, has the other way round.
    """
    if len(text) > largest:
        raise ChoiceError(f"The file has {len(text):,} characters.", f"It takes at most {largest:,}.")
    events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
    try:
        next(events)  # the stream begins
        if isinstance(next(events), yaml.StreamEndEvent):
            raise ChoiceError("The file is empty.", "It takes names with values.")
        said = _value(next(events), events, 0)
        next(events)  # the document ends
        more = next(events)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ChoiceError(f"Line {mark.line + 1 if mark else 1}: {error.problem}.", "This is not YAML.") from None
    except yaml.YAMLError:
        raise ChoiceError("The file holds signs that YAML does not allow.", "It takes plain text.") from None
    if not isinstance(more, yaml.StreamEndEvent):
        raise Said(None, more.start_mark.line + 1).fault("a second document begins here.", "It takes one.")
    return said


def _value(event: Any, events: Iterator[Any], depth: int) -> Said:
    here = Said(None, event.start_mark.line + 1)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise here.fault("anchors (& and *) are not read.", "Write the value out in each place.")
    if event.tag:
        raise here.fault(f"the tag {event.tag[:_LONGEST]} is not read.", "Leave it out.")
    if depth > _DEEPEST:
        raise here.fault("this lies too deep.", f"It takes at most {_DEEPEST} levels.")
    if isinstance(event, yaml.MappingStartEvent):
        return Said(_mapping(events, depth), here.line)
    if isinstance(event, yaml.SequenceStartEvent):
        entries = []
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            entries.append(_value(following, events, depth + 1))
        return Said(entries, here.line)
    return Said(event.value if event.style else _scalar(event.value), here.line)


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Said]:
    found: dict[str, Said] = {}
    while not isinstance(following := next(events), yaml.MappingEndEvent):
        key = Said(None, following.start_mark.line + 1)
        if not isinstance(following, yaml.ScalarEvent) or following.anchor or following.tag:
            raise key.fault("this is no name.", "A name is a word before a colon.")
        if following.value in found:
            raise key.fault(f"{following.value[:_LONGEST]} is given twice.", "Leave one out.")
        found[following.value] = _value(next(events), events, depth + 1)
    return found


def _scalar(text: str) -> bool | int | float | str | None:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if not _NUMBER.fullmatch(text):
        return text
    # Longer ones are no setting's value, and Python takes long over them.
    if text.lstrip("+-").isdigit() and len(text) < _LONGEST:
        return int(text)
    return float(text.lower().replace(".nan", "nan").replace(".inf", "inf"))
