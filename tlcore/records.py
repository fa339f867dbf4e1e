"""Frozen dataclasses to plain JSON values and back, strictly: what is unknown or of the wrong kind is an error."""

import gc
import json
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from hashlib import sha256
from itertools import starmap
from operator import attrgetter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from tlcore.errors import ChoiceError, did_you_mean

Record = TypeVar("Record")

_PLAIN = frozenset({str, int, bool, float, type(None)})


def to_plain(value: Any) -> Any:
    """Return `value` as dicts, lists, strings and numbers; dataclasses become dicts by field name."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[Record], plain: Any, where: str = "") -> Record:
    """Build a `kind` from what `to_plain` made of it.

    Raises ChoiceError on a name that `kind` does not have, on one that is missing, and on a value of another type.
    """
    where = where or kind.__name__
    if not isinstance(plain, Mapping):
        raise ChoiceError(f"{where} is {plain!r}.", "It takes names with values.")
    hints = _hints(kind)  # type: ignore[arg-type]
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name in plain:
        if name not in known:
            raise ChoiceError(f"{name} is not a setting of {where}.", did_you_mean(str(name), known))
    for name, field in known.items():
        if name not in plain and field.default is MISSING and field.default_factory is MISSING:
            raise ChoiceError(f"{where} lacks {name}.", "Every setting without a default has to be named.")
    return kind(**{name: _convert(hints[name], item, f"{where}.{name}") for name, item in plain.items()})


def to_json(value: Any) -> str:
    """Return `value` as one line of JSON; mappings keep their order, which may mean something, as that of blocks."""
    return _dump(value, in_order=False)


def from_json(kind: type[Record], text: str) -> Record:
    """Build a `kind` from the text of `to_json`."""
    return from_plain(kind, json.loads(text))


def to_columns(kind: type[Any], rows: Sequence[Any]) -> dict[str, list[Any]]:
    """Return many records of one kind as one list for each field: a fraction of the text and of the time."""
    return {field.name: _column(list(map(attrgetter(field.name), rows))) for field in fields(kind)}


def from_columns(kind: type[Record], columns: Mapping[str, Sequence[Any]]) -> tuple[Record, ...]:
    """Build the records of which `to_columns` made these lists; only for texts that we wrote: types are not checked.

    The records take their fields by place: with names it takes twice as long.
    """
    with uncollected():
        values = [_values(field, columns) for field in fields(kind)]  # type: ignore[arg-type]
        return tuple(starmap(kind, zip(*values, strict=True)))


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many records at once without the collector: it would look through all of them several times, in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _column(values: list[Any]) -> list[Any]:
    """Return values of one field as plain ones; nearly all fields hold texts and numbers, which are plain already."""
    return values if set(map(type, values)) <= _PLAIN else [to_plain(value) for value in values]


def _values(field: Field[Any], columns: Mapping[str, Sequence[Any]]) -> Iterable[Any]:
    """Return a field's value in each record; what an earlier Thaw did not know has its default in all of them."""
    if field.name not in columns and field.default is not MISSING:
        return [field.default] * len(next(iter(columns.values())))
    column = columns[field.name]
    return map(tuple, column) if column and isinstance(column[0], list) else column


def digest(value: Any) -> str:
    """Return the sha256 of `value`'s JSON, in hexadecimal."""
    return sha256(_dump(value, in_order=True).encode()).hexdigest()


def _dump(value: Any, in_order: bool) -> str:
    # Only what JSON does not know is made plain: of the hundred thousand rows of a set, nothing.
    return json.dumps(
        value, default=to_plain, sort_keys=in_order, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    """Return the types of a record's fields; asking anew took almost half of the time of reading an event."""
    return get_type_hints(kind)


def _convert(hint: Any, plain: Any, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if plain is None and type(None) in arguments:
            return None
        return _convert(next(kind for kind in arguments if kind is not type(None)), plain, where)
    if origin is Literal:
        if plain not in arguments:
            raise ChoiceError(f"{where} is {plain!r}.", did_you_mean(str(plain), map(str, arguments)))
        return plain
    if origin is tuple:
        return _convert_tuple(arguments, plain, where)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(plain, Mapping):
            raise ChoiceError(f"{where} is {plain!r}.", "It takes names with values.")
        return {str(key): _convert(arguments[1], item, f"{where}.{key}") for key, item in plain.items()}
    if is_dataclass(hint):
        return from_plain(hint, plain, where)  # type: ignore[arg-type]
    return _convert_scalar(hint, plain, where)


def _convert_tuple(arguments: tuple[Any, ...], plain: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(plain, list | tuple):
        raise ChoiceError(f"{where} is {plain!r}.", "It takes a list.")
    if arguments[-1] is Ellipsis:
        return tuple(_convert(arguments[0], item, f"{where}[{place}]") for place, item in enumerate(plain))
    if len(plain) != len(arguments):
        raise ChoiceError(f"{where} has {len(plain)} values.", f"It takes {len(arguments)}.")
    return tuple(_convert(hint, item, where) for hint, item in zip(arguments, plain, strict=True))


def _convert_scalar(hint: type, plain: Any, where: str) -> Any:
    # A whole number will do for a float; True is an int in Python but not in a person's mind.
    if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if (hint is not bool and isinstance(plain, bool)) or not isinstance(plain, hint):
        raise ChoiceError(f"{where} is {plain!r}.", f"It takes a value of type {hint.__name__}.")
    return plain
