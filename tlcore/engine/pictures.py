"""A set's pictures as batches for the network; each file is decoded once per run."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from tlcore.config import MOST_EPOCHS
from tlcore.data.decode import read_bytes
from tlcore.data.limits import KEPT_READY
from tlcore.data.manifest import Example
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.modality.image import Encoder
from tlcore.engine.shelf import Shelf
from tlcore.errors import PictureError
from tlcore.store.beginnings import row_name
from tlcore.timeline import steps_per_epoch

_DECODERS = min(max(os.cpu_count() or 2, 2), 16)


@dataclass(frozen=True, slots=True)
class Batch:
    """What the network is called with, and what it should answer."""

    inputs: dict[str, Tensor]
    targets: Tensor
    """Classes by number, (N,)."""


class Pictures:
    """The examples of one split, in a fixed order, each as it is or in several drawings."""

    def __init__(
        self,
        examples: Sequence[Example],
        locate: Callable[[Example], Path],
        encoder: Encoder,
        device: torch.device,
        augmenter: Augmenter | None = None,
        views: int = 0,
    ) -> None:
        """Take `views` drawings of each picture in turn, epoch by epoch; with none every epoch draws its own."""
        self._examples = examples
        self._locate = locate
        self._encoder = encoder
        self.device = device
        self._augmenter = augmenter
        self._views = views if augmenter else 1
        self._labels = torch.tensor([example.label for example in examples])
        self._kept: dict[int, Tensor] = {}
        self._shelf = Shelf()
        self._room = KEPT_READY
        self._coming: dict[int, Future[Tensor]] = {}
        self._pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode")

    def __len__(self) -> int:
        return len(self._examples)

    @property
    def names(self) -> list[str]:
        """A name for every drawing of every picture, the same for the same pixels; none if epochs draw their own."""
        drawing = self._augmenter.name if self._augmenter else ""
        return [row_name(example.id, drawing, view) for example in self._examples for view in range(self._views)]

    def drawn(self, places: Sequence[int], epoch: int) -> list[int]:
        """Return which of all drawings the pictures at these places have in this epoch, counted from 0."""
        views = self._views or MOST_EPOCHS
        return [place * views + epoch % views for place in places]

    def targets(self, places: Sequence[int]) -> Tensor:
        """Return the classes of the pictures at these places, by number (N,)."""
        return self._labels[list(places)].to(self.device)

    def inputs(self, drawn: Sequence[int]) -> Tensor:
        """Return these drawings as the network's input (N, 3, H, W), on the device."""
        self.expect(self.places(drawn))
        squares = torch.stack([self._square(place) for place in self.places(drawn)]).permute(0, 3, 1, 2)
        if self.device.type == "cuda":
            squares = squares.pin_memory()  # from there the device fetches them while this thread goes on
        squares = squares.to(self.device, non_blocking=True)
        if self._augmenter is not None:
            told = zip(squares, drawn, strict=True)
            squares = torch.stack([self._drawing(self._augmenter, square, number) for square, number in told])
        return self._encoder.normalise(squares)

    def places(self, drawn: Sequence[int]) -> list[int]:
        """Return the places of the pictures of which these drawings are."""
        views = self._views or MOST_EPOCHS
        return [number // views for number in drawn]

    def batches(self, size: int, order: Tensor | None = None) -> Iterator[Batch]:
        """Yield all pictures in batches of `size`, in the given order (N,) or their own."""
        parts = self.parts(size, order)
        for part, coming in pairwise([*parts, []]):
            self.expect([*part, *coming])
            yield Batch({"x": self.inputs(self.drawn(part, epoch=0))}, self.targets(part))

    def parts(self, size: int, order: Tensor | None = None) -> list[list[int]]:
        """Return the places of all pictures in batches of `size`, in the given order (N,) or their own."""
        return list(split_evenly((torch.arange(len(self)) if order is None else order).tolist(), size))

    def steps(self, size: int) -> int:
        """Return the number of batches of `size`."""
        return steps_per_epoch(len(self), size)

    def expect(self, places: Sequence[int]) -> None:
        """Begin to read the pictures at these places, in the background."""
        for place in places:
            if place not in self._kept and place not in self._coming:
                self._coming[place] = self._pool.submit(self._read_square, place)

    def close(self) -> None:
        """End the decoding threads."""
        self._pool.shutdown(cancel_futures=True)

    def _drawing(self, augmenter: Augmenter, square: Tensor, number: int) -> Tensor:
        place, view = divmod(number, self._views or MOST_EPOCHS)
        return augmenter.augment(square, self._examples[place].id, view)

    def _square(self, place: int) -> Tensor:
        """Return a picture (H, W, 3) as it was decoded: put together like that, nothing has to be turned over."""
        if (kept := self._kept.get(place)) is not None:
            return kept
        coming = self._coming.pop(place, None)
        pixels = coming.result() if coming else self._read_square(place)
        if pixels.nbytes <= self._room:
            self._room -= pixels.nbytes
            self._kept[place] = self._shelf.copy(pixels)
        return pixels

    def _read_square(self, place: int) -> Tensor:
        return self._encoder.encode(self._read(self._examples[place])).permute(1, 2, 0)

    def _read(self, example: Example) -> bytes:
        data = read_bytes(self._locate(example))
        if sha256(data).hexdigest() != example.id:
            raise PictureError(
                "CHANGED", f"{example.name} has changed since the set was read.", "Read the folder in again."
            )
        return data


def split_evenly(places: list[int], size: int) -> Iterator[list[int]]:
    """Yield runs of `size`; a last run of one joins the run before, since BatchNorm cannot learn from one picture."""
    starts = list(range(0, len(places), size))
    if len(starts) > 1 and len(places) - starts[-1] == 1:
        starts.pop()
    for start, end in zip(starts, [*starts[1:], len(places)], strict=True):
        yield places[start:end]
