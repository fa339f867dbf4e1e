"""Looks at one pinned picture after every epoch, without leaving a trace in the run, in a small part of its time."""

import logging
import time
from base64 import b64encode
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from tlcore.config import RunConfig
from tlcore.data.manifest import Example
from tlcore.engine.answers.see import as_grid, as_map, likely
from tlcore.engine.assemble import Assembly
from tlcore.engine.borrowing import borrowed_flags
from tlcore.engine.gradcam import grad_cam
from tlcore.engine.hooks import HookSession
from tlcore.engine.modality.image import jpeg
from tlcore.engine.numerics import Numerics
from tlcore.engine.portions import is_shortage
from tlcore.errors import ThawError
from tlcore.events import Evaluated, Pictured
from tlcore.history import History
from tlcore.questions.seen import Map
from tlcore.replay import frames
from tlcore.store.datasets import Dataset

SHARE = 0.02
"""Most of a run's time that looking may take."""
_CROP = 160
"""Most pixels along the square that is kept."""
_SIDE = 56
"""Squares along a map that is kept; of finer ones four are taken together, as often as it needs."""


class Recorder:
    """The pinned picture of one run: looked at before the first step, after epochs, and at the end."""

    def __init__(
        self, config: RunConfig, dataset: Dataset, assembly: Assembly, numerics: Numerics, history: History
    ) -> None:
        """Go on from what `history` says was seen; a picture that is not in the set is the first validation picture."""
        self._assembly = assembly
        self._numerics = numerics
        self._epochs = config.epochs
        self._example = pinned(dataset, config.pinned)
        self._file = dataset.file(self._example)
        self._pixels: Tensor | None = None
        seen = frames(history.pictured)
        self._maps: dict[str, Map] = dict(seen[-1].maps) if seen else {}
        grids = [block for block in assembly.card.blocks if block.layout != "vector"]
        self._places = [block for block in reversed(grids) if not seen or block.name == seen[-1].cam_block]
        """Blocks to take the class-activation map from; the first of them whose places count is the only one."""
        self._spent = self._cost = 0.0
        self._is_blind = False

    def before(self) -> Iterator[Pictured]:
        """Yield what the network makes of the picture before it learns, unless that is known."""
        if not self._maps:
            yield from self._looked(epoch=0, step=0)
            # Once in a run, part of getting ready, and slower than all that follow.
            self._spent = self._cost = 0.0

    def after(self, evaluated: Evaluated) -> Iterator[Pictured]:
        """Yield what the network makes of it after an epoch, unless looking has had its share of the time."""
        is_last = evaluated.epoch == self._epochs
        if is_last or self._spent + self._cost <= SHARE * evaluated.seconds:
            yield from self._looked(evaluated.epoch, evaluated.step)

    def _looked(self, epoch: int, step: int) -> Iterator[Pictured]:
        """Yield what it sees; a picture that cannot be read, or memory that is short, is no reason to end a run."""
        if self._is_blind:
            return
        try:
            pictured = self._look(epoch, step)
        except Exception as error:
            if not (isinstance(error, ThawError | OSError) or is_shortage(error)):
                raise
            logging.warning("the pinned picture is looked at no more: %s", error)
            self._is_blind = True
        else:
            if pictured is not None:
                yield pictured

    def _look(self, epoch: int, step: int) -> Pictured | None:
        """Return what it sees; nothing where numbers are none any more, which the run itself will tell."""
        began = time.perf_counter()
        pixels = self._input()
        module, card = self._assembly.module, self._assembly.card
        with borrowed_flags(module), HookSession(module, card.blocks) as hooks:
            module.eval()
            cam = self._cam(pixels)
        answers = hooks.captured[card.head.name].flatten(1)[0].float().cpu()
        means = {
            block.name: as_grid(hooks.captured[block.name][0].float().cpu(), block.layout).mean(0)
            for block in card.blocks
            if block.layout != "vector"
        }
        if not all(values.isfinite().all() for values in (answers, *means.values())):
            return None
        maps = {name: as_map(_coarse(values)) for name, values in means.items()}
        new = {name: value for name, value in maps.items() if value != self._maps.get(name)}
        pictured = Pictured(
            epoch=epoch,
            step=step,
            picture=self._example.id,
            crop="" if self._maps else self._crop(),
            answers=likely(answers, self._assembly.classes),
            maps=new,
            cam=as_map(_coarse(cam), low=0.0) if cam is not None else None,
            cam_block=self._places[0].name if cam is not None else "",
        )
        self._maps = maps
        self._cost = time.perf_counter() - began
        self._spent += self._cost
        return pictured

    def _crop(self) -> str:
        crop = self._assembly.encoder.crop(self._file)
        crop.thumbnail((_CROP, _CROP))
        return b64encode(jpeg(crop)).decode("ascii")

    def _input(self) -> Tensor:
        """Return the picture (1, 3, H, W) as the network gets it."""
        if self._pixels is None:
            encoder, device = self._assembly.encoder, self._assembly.runtime.device
            pixels = encoder.normalise(encoder.encode(self._file).unsqueeze(0).to(device))
            self._pixels = self._numerics.laid_out(pixels)
        return self._pixels

    def _cam(self, pixels: Tensor) -> Tensor | None:
        """Send the picture through the network; return where what speaks for its class is (H, W), if that counts."""
        while self._places:
            block = self._places[0]
            with torch.enable_grad():
                maps = grad_cam(self._assembly.module, (block,), pixels, self._example.label)
            if maps:
                return maps[block.name].float().cpu()
            # After the last block of most ViTs only the class token counts; one block earlier all places do.
            self._places.pop(0)
        with torch.no_grad():
            self._assembly.module(pixels)
        return None


def pinned(dataset: Dataset, picture: str) -> Example:
    """Return the picture with this id, or the first validation picture where the set has none."""
    manifest = dataset.manifest
    return next((example for example in manifest.examples if example.id == picture), manifest.of("val")[0])


def _coarse(values: Tensor) -> Tensor:
    """Return a map (H, W) with few enough squares."""
    while max(values.shape) > _SIDE:
        values = avg_pool2d(values[None], 2, ceil_mode=True)[0]
    return values
