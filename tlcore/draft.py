"""The plan that a person is still working on; it becomes a RunConfig when training starts."""

from dataclasses import dataclass, replace

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.weights import IMAGENET, SCRATCH
from tlcore.config import Loader, Phase, RunConfig, Strategy
from tlcore.strategies import fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Choices so far, one per workspace."""

    data: str | None = None
    """Digest of the chosen set."""
    backbone: str = DEFAULT
    weights: str = IMAGENET
    strategy: Strategy = "features"
    epochs: int = 10
    schedule: tuple[Phase, ...] = ()
    batch_size: int = 32
    image_size: int = 224
    seed: int = 0

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The schedule, filled by the strategy where no hand has touched it."""
        if self.strategy == "own" and self.schedule:
            return self.schedule
        return fill(self.strategy, [block.name for block in backbone(self.backbone).blocks], self.epochs)

    def by_strategy(self, strategy: Strategy) -> "Draft":
        """Return this draft with its schedule filled by `strategy`; from scratch begins with random numbers."""
        left = IMAGENET if self.strategy == "scratch" else self.weights
        return replace(self, strategy=strategy, schedule=(), weights=SCRATCH if strategy == "scratch" else left)

    def beginning_with(self, weights: str) -> "Draft":
        """Return this draft with other weights; with any at all, it is no longer from scratch."""
        plan = self.by_strategy("low") if self.strategy == "scratch" and weights != SCRATCH else self
        return replace(plan, weights=weights)

    def on(self, name: str) -> "Draft":
        """Return this draft for the backbone `name`; rates set by hand belonged to the other one's blocks."""
        if name == self.backbone:
            return self
        strategy: Strategy = "features" if self.strategy == "own" else self.strategy
        card = backbone(name)
        size = self.image_size if card.sizes.takes(self.image_size) else card.sizes.usual
        changed = replace(self, backbone=name, weights=IMAGENET, schedule=(), image_size=size)
        return changed.by_strategy(strategy)

    def with_rate(self, phase: int, block: str, rate: float) -> "Draft":
        """Return this draft with one rate of one phase set by hand; 0.0 freezes the block."""
        phases = list(self.phases)
        phases[phase] = replace(phases[phase], rates={**phases[phase].rates, block: rate})
        return replace(self, strategy="own", schedule=tuple(phases))

    def config(self, name: str) -> RunConfig:
        """Return the choices as a run; a set has to be chosen."""
        assert self.data is not None
        return RunConfig(
            name=name,
            data=self.data,
            backbone=self.backbone,
            weights=self.weights,
            strategy=self.strategy,
            schedule=self.phases,
            loader=Loader(batch_size=self.batch_size, image_size=self.image_size),
            seed=self.seed,
        )
