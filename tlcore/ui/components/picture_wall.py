"""Small pictures in rows, of which one can be chosen, and some be ticked."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tlcore.records import to_plain
from tlcore.ui.components.bridge import register, sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumb:
    """One small picture with the words under it."""

    id: str
    image: str  # an address on this server, or a data URI
    caption: str = ""
    note: str = ""  # a second, softer line


_mount = register("picture_wall", "shared")


def picture_wall(
    *,
    key: str,
    thumbs: Sequence[Thumb],
    chosen: str | None = None,
    on_choose: Callable[[str], None] | None = None,
    marked: Collection[str] = (),
    on_mark: Callable[[frozenset[str]], None] | None = None,
    revision: str = "",
    reveal: str = "",
    size: int = 92,
) -> None:
    """Draw the pictures, `size` pixels wide.

    With `on_choose` they can be clicked, and it gets an id; with `on_mark` they can be ticked, and it gets the ids of
    all that are. The browser keeps its ticks until `revision` is another one; then `marked` are ticked. A picture that
    is newly chosen brings the container with the key `reveal` into view.
    """
    known = {thumb.id for thumb in thumbs}

    def answer_chosen() -> None:
        identity = sent(key, "chosen")
        if on_choose is not None and identity in known:
            on_choose(identity)

    def answer_marked() -> None:
        ids = sent(key, "marked")
        if on_mark is not None and isinstance(ids, list):
            on_mark(frozenset(identity for identity in ids if isinstance(identity, str) and identity in known))

    _mount(
        key=key,
        data={
            "thumbs": to_plain(tuple(thumbs)),
            "chosen": chosen,
            "choosable": on_choose is not None,
            "marked": sorted(marked),
            "markable": on_mark is not None,
            "revision": revision,
            "reveal": reveal,
            "size": size,
        },
        on_chosen_change=answer_chosen,
        on_marked_change=answer_marked,
    )
