"""What a run made of its pinned picture, epoch by epoch, put together from its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tlcore.events import Pictured
from tlcore.questions.seen import Likely, Map


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The pinned picture at one moment."""

    epoch: int
    """Finished epochs; 0 is before training."""
    step: int
    """Steps made before it."""
    picture: str
    """Id of the example."""
    crop: str
    """The square that the network gets, as a JPEG in base64."""
    answers: tuple[Likely, ...]
    maps: Mapping[str, Map]
    """Every block whose output has a grid, stem first."""
    since: Mapping[str, int]
    """Block to the epoch since which its map is the same."""
    cam: Map | None
    cam_block: str


def frames(pictured: Iterable[Pictured]) -> list[Frame]:
    """Return all moments, each with the maps that were written down then and those that had not changed."""
    found: list[Frame] = []
    maps: dict[str, Map] = {}
    since: dict[str, int] = {}
    for event in pictured:
        maps = {**maps, **event.maps}
        since = {**since, **dict.fromkeys(event.maps, event.epoch)}
        found.append(
            Frame(
                epoch=event.epoch,
                step=event.step,
                picture=event.picture,
                crop=event.crop or (found[-1].crop if found else ""),
                answers=event.answers,
                maps=maps,
                since=since,
                cam=event.cam,
                cam_block=event.cam_block,
            )
        )
    return found
