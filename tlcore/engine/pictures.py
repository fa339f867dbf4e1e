"""A set's pictures as batches for the network; each file is decoded once per run."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from tlcore.data.decode import read_bytes
from tlcore.data.limits import KEPT_READY
from tlcore.data.manifest import Example
from tlcore.engine.modality.augment import Augmenter
from tlcore.engine.modality.image import Encoder
from tlcore.errors import PictureError
from tlcore.timeline import steps_per_epoch

_DECODERS = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """What the network is called with, and what it should answer."""

    inputs: dict[str, Tensor]
    targets: Tensor
    """Classes by number, (N,)."""


class Pictures:
    """The examples of one split, in a fixed order."""

    def __init__(
        self,
        examples: Sequence[Example],
        locate: Callable[[Example], Path],
        encoder: Encoder,
        device: torch.device,
        augmenter: Augmenter | None = None,
    ) -> None:
        self._examples = examples
        self._locate = locate
        self._encoder = encoder
        self._device = device
        self._augmenter = augmenter
        self._kept: dict[int, Tensor] = {}
        self._room = KEPT_READY
        self._pool = ThreadPoolExecutor(_DECODERS, thread_name_prefix="decode")

    def __len__(self) -> int:
        return len(self._examples)

    def batches(
        self, size: int, order: Tensor | None = None, skip: int = 0, epoch: int | None = None
    ) -> Iterator[Batch]:
        """Yield all pictures in batches of `size`, in the given order (N,) or their own, without the first `skip`.

        With an epoch, counted from 0, they are augmented as it draws them; without one they are as they are.
        """
        places = (torch.arange(len(self)) if order is None else order).tolist()
        for part in islice(split_evenly(places, size), skip, None):
            squares = list(self._pool.map(self._pixels, part))
            if epoch is not None and self._augmenter is not None:
                ids = (self._examples[place].id for place in part)
                squares = [self._augmenter.augment(*pair, epoch) for pair in zip(squares, ids, strict=True)]
            pixels = torch.stack(squares)
            targets = torch.tensor([self._examples[place].label for place in part])
            # Convolutions on a CPU run faster when the channels of a pixel lie together.
            inputs = self._encoder.normalise(pixels.to(self._device)).contiguous(memory_format=torch.channels_last)
            yield Batch({"x": inputs}, targets.to(self._device))

    def steps(self, size: int) -> int:
        """Return the number of batches of `size`."""
        return steps_per_epoch(len(self), size)

    def close(self) -> None:
        """End the decoding threads."""
        self._pool.shutdown(cancel_futures=True)

    def _pixels(self, place: int) -> Tensor:
        kept = self._kept.get(place)
        if kept is not None:
            return kept
        pixels = self._encoder.encode(self._read(self._examples[place]))
        if pixels.nbytes <= self._room:
            self._room -= pixels.nbytes
            self._kept[place] = pixels
        return pixels

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
