"""The plan that a person is still working on; it becomes a RunConfig when training starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tlcore.catalog.backbones import DEFAULT, backbone
from tlcore.catalog.weights import IMAGENET, SCRATCH
from tlcore.config import (
    Augment,
    Change,
    Compute,
    Loader,
    Optimizer,
    Phase,
    Precision,
    RunConfig,
    Strategy,
    check_epochs,
)
from tlcore.errors import ChoiceError
from tlcore.strategies import Slope, fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Choices so far, one per workspace."""

    album: str | None = None
    """Id of the chosen album."""
    data: str | None = None
    """Digest of the set that came of it."""
    backbone: str = DEFAULT
    weights: str = IMAGENET
    strategy: Strategy = "features"
    epochs: int = 10
    """For a strategy to share out; phases of a person's own have theirs."""
    slope: Slope = field(default_factory=Slope)
    """For the strategy of rates by depth."""
    schedule: tuple[Phase, ...] = ()
    changes: tuple[Change, ...] = ()
    """In the middle of phases; they come with a plan that was read from a file, and go with its schedule."""
    batch_size: int = 32
    image_size: int = 224
    augment: Augment = "none"
    views: int = 0
    weight_decay: float = 0.01
    precision: Precision = "auto"
    """For this machine: a plan that is written to a file leaves it out."""
    seed: int = 0
    pinned: str = ""
    """Id of the picture that the next run looks at after every epoch; empty for the first validation picture."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the network's blocks, stem first."""
        return backbone(self.backbone).block_names

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The schedule, filled by the strategy where no hand has touched it."""
        if self.strategy == "own" and self.schedule:
            return self.schedule
        return fill(self.strategy, self.blocks, self.epochs, self.slope)

    @property
    def learned_weights(self) -> str:
        """The weights to ask when it matters what the network knows; random numbers know nothing to tell apart."""
        return IMAGENET if self.weights == SCRATCH else self.weights

    def phase(self, place: int) -> Phase:
        """Return the phase at `place`, counted from 0; raise ChoiceError if a page still shows one that is gone."""
        if not 0 <= place < len(self.phases):
            raise changed_elsewhere(f"there is no phase {place + 1} in it")
        return self.phases[place]

    def by_strategy(self, strategy: Strategy) -> "Draft":
        """Return this draft with its schedule filled by `strategy`; from scratch begins with random numbers."""
        left = IMAGENET if self.strategy == "scratch" else self.weights
        weights = SCRATCH if strategy == "scratch" else left
        return replace(self, strategy=strategy, schedule=(), changes=(), weights=weights)

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
        filled = self.by_strategy(strategy)
        return replace(filled, backbone=name, weights=IMAGENET if strategy != "scratch" else SCRATCH, image_size=size)

    def with_rate(self, phase: int, block: str, rate: float) -> "Draft":
        """Return this draft with one rate of one phase set by hand; 0.0 freezes the block."""
        return self.with_rates(phase, {block: rate})

    def with_rates(self, phase: int, rates: Mapping[str, float]) -> "Draft":
        """Return this draft with some rates of one phase set by hand, all at once; 0.0 freezes a block."""
        old = self.phase(phase)
        return self.with_phase(phase, replace(old, rates={**old.rates, **rates}))

    def with_phase(self, place: int, phase: Phase) -> "Draft":
        """Return this draft with another phase at `place`, counted from 0."""
        self.phase(place)
        phases = self.phases
        return self.with_schedule([*phases[:place], phase, *phases[place + 1 :]])

    def with_epochs(self, epochs: int) -> "Draft":
        """Return this draft with so many epochs in all; phases of a person's own have theirs, unless there is one."""
        if self.strategy != "own":
            return replace(self, epochs=epochs)
        if len(self.phases) > 1:
            raise changed_elsewhere("each of its phases has epochs of its own")
        return self.with_phase(0, replace(self.phase(0), epochs=epochs))

    def adding(self, place: int) -> "Draft":
        """Return this draft with the phase at `place` twice; the second is there to be changed."""
        phases = self.phases
        return self.with_schedule([*phases[:place], self.phase(place), *phases[place:]])

    def removing(self, place: int) -> "Draft":
        """Return this draft without the phase at `place`; raise ChoiceError if it is the only one."""
        self.phase(place)
        phases = self.phases
        if len(phases) == 1:
            raise ChoiceError("This is the plan's only phase.", "A plan has at least one: add another first.")
        return self.with_schedule([*phases[:place], *phases[place + 1 :]])

    def moving(self, place: int, by: int) -> "Draft":
        """Return this draft with the phase at `place` moved by so many places; it stops at either end."""
        moved, phases = self.phase(place), list(self.phases)
        del phases[place]
        phases.insert(min(max(place + by, 0), len(phases)), moved)
        return self.with_schedule(phases)

    def with_schedule(self, phases: Sequence[Phase]) -> "Draft":
        """Return this draft with phases of the person's own; raise ChoiceError if their epochs are too many."""
        epochs = sum(phase.epochs for phase in phases)
        check_epochs(epochs)
        return replace(self, strategy="own", schedule=tuple(phases), epochs=epochs)

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
            changes=self.changes,
            optimizer=Optimizer(weight_decay=self.weight_decay),
            loader=Loader(
                batch_size=self.batch_size, image_size=self.image_size, augment=self.augment, views=self.views
            ),
            compute=Compute(precision=self.precision),
            seed=self.seed,
            pinned=self.pinned,
        )


def changed_elsewhere(how: str) -> ChoiceError:
    """Return the fault of a page that changes a plan which is another one by now; `how` is the rest of a sentence."""
    return ChoiceError(f"The plan changed in another tab: {how}.", "This page shows it as it is now.")
