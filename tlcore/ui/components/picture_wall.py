"""Small pictures in rows, of which one can be chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """One small picture with the words under it."""

    id: str
    image: str  # an address on this server, or a data URI
    caption: str = ""


_mount = register("picture_wall", "shared")


def picture_wall(
    *,
    key: str,
    thumbs: Sequence[Thumb],
    chosen: str | None = None,
    on_choose: Callable[[str], None] | None = None,
    size: int = 92,
) -> None:
    """Draw the pictures, `size` pixels wide; with `on_choose` they can be clicked, and it gets an id."""

    def answer() -> None:
        identity = sent(key, "chosen")
        if on_choose is not None and identity in {thumb.id for thumb in thumbs}:
            on_choose(identity)

    _mount(
        key=key,
        data={
            "thumbs": to_plain(tuple(thumbs)),
            "chosen": chosen,
            "choosable": on_choose is not None,
            "size": size,
        },
        on_chosen_change=answer,
    )
