"""Saves a network's weights whole: written aside, flushed to the disk, then put in place under their sha256."""

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from tlcore import __version__
from tlcore.arithmetic import Arithmetic
from tlcore.config import RunConfig
from tlcore.engine.assemble import Assembly
from tlcore.engine.tensor_file import write_tensors
from tlcore.events import Checkpointed, Evaluated
from tlcore.history import History
from tlcore.records import to_json
from tlcore.store import Store
from tlcore.takeaway import METADATA_KEY, Card


class BestKeeper:
    """Keeps the weights of the best epoch of one run, and only those."""

    def __init__(
        self, store: Store, run: str, config: RunConfig, assembly: Assembly, arithmetic: Arithmetic, history: History
    ) -> None:
        """Keep on from what `history` says is the best so far."""
        self._store = store
        self._run = run
        self._config = config
        self._assembly = assembly
        self._arithmetic = arithmetic
        self._best = history.best
        self._kept = history.checkpoint.sha256 if history.checkpoint else None
        self._before: str | None = None

    def consider(self, evaluated: Evaluated) -> Checkpointed | None:
        """Save the weights if this epoch is the best so far; of equal accuracies the lower loss is better."""
        if self._best and (self._best.right, -self._best.loss) >= (evaluated.right, -evaluated.loss):
            return None
        self._best = evaluated
        with self._store.blobs.aside() as path:
            write_weights(self._assembly.module, path, metadata={METADATA_KEY: to_json(self._card(evaluated))})
            size = path.stat().st_size
            self._before, self._kept = self._kept, self._store.blobs.keep(path)
        return Checkpointed(epoch=evaluated.epoch, sha256=self._kept, size=size)

    def drop_before(self) -> None:
        """Remove the weights before the newest ones; only once the store names the newest."""
        if self._before and self._before != self._kept:
            self._store.blobs.drop(self._before)
            self._before = None

    def drop_earlier(self, earlier: Sequence[Checkpointed]) -> None:
        """Remove weights that were kept before the newest ones, where a try was ended before it could see to that."""
        for kept in earlier:
            if kept.sha256 != self._kept:
                self._store.blobs.drop(kept.sha256)

    def _card(self, evaluated: Evaluated) -> Card:
        card = self._assembly.card
        return Card(
            backbone=card.name,
            library=card.library,
            builder=card.builder,
            options=card.options,
            classes=self._assembly.classes,
            preprocessing=card.preprocessing(self._config.weights).at(self._config.loader.image_size),
            began_with=self._config.weights,
            run=self._run,
            epoch=evaluated.epoch,
            right=evaluated.right,
            count=evaluated.count,
            thaw=__version__,
            computed_in=self._arithmetic.words,
        )


def write_weights(module: nn.Module, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Write all that a network has learned as safetensors; raise OSError where the disk does not take it."""
    state = {name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    write_tensors(state, path, metadata)
