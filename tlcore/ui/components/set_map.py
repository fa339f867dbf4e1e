"""The pictures of a set as marks on a plane, to be looked at, chosen, and drawn around."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from tlcore.packing import pack
from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent

COLOURS = 8
"""Colours that colour-blind people can tell apart, each with a shape of its own (after Paul Tol's "muted")."""
OTHERS = "line2"
"""The colour of all that has none."""

_mount = register("set_map", "shared", "set_map_field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pictures with one kind of mark."""

    name: str
    count: int
    colour: str  # a token without its beginning, such as class-0
    shape: int = 0  # one of eight
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """What is drawn; lists go picture by picture, those in texts are packed as by `tlcore.packing`."""

    points: str  # x and y, 0 to 65,535
    near: str  # nearest others
    group_of: str
    groups: tuple[Group, ...]
    legend: str  # what the groups are
    names: tuple[str, ...]
    classes: tuple[str, ...]
    class_of: tuple[int, ...]
    notes: tuple[str, ...]  # none where there is nothing to tell
    columns: int  # of the sheet of pictures
    side: int  # of each picture there, in pixels


def set_map(
    *,
    key: str,
    plane: Plane,
    sheet: str,
    chosen: int | None,
    selected: Sequence[int],
    description: str,
    on_choose: Callable[[int], None],
    on_select: Callable[[tuple[int, ...]], None],
) -> None:
    """Draw the plane; `on_choose` gets the number of a picture, `on_select` those of all that were drawn around.

    `sheet` is a data URI: all pictures as the plane says. It goes apart from the rest, which changes with every click.
    """
    pictures = range(len(plane.names))

    def answer_chosen() -> None:
        (picture,) = read_pictures([sent(key, "chosen")], pictures) or (None,)
        if picture is not None:
            on_choose(picture)

    def answer_selected() -> None:
        on_select(read_pictures(sent(key, "selected"), pictures))

    st.html(f"<style>:root {{ --map-sheet: url({sheet}); }}</style>")
    _mount(
        key=key,
        data={**to_plain(plane), "chosen": chosen, "selected": pack(selected), "description": description},
        on_chosen_change=answer_chosen,
        on_selected_change=answer_selected,
    )


def read_pictures(plain: object, known: Sequence[int]) -> tuple[int, ...]:
    """Return what the browser sent as numbers of pictures, in order and each once, without what is none of them."""
    numbers = plain if isinstance(plain, list) else []
    return tuple(
        sorted({one for one in numbers if isinstance(one, int) and not isinstance(one, bool) and one in known})
    )
