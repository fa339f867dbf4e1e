"""What is looked at: a run's best weights, what it began with, or an untouched backbone; and which picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

import streamlit as st

from tlcore.catalog.backbones import backbone, known
from tlcore.catalog.weights import SCRATCH, is_here
from tlcore.data.manifest import Example, Manifest
from tlcore.errors import ThawError
from tlcore.questions import OWN, Network, Shown
from tlcore.store.runs import Run
from tlcore.text import clean
from tlcore.ui.reading import reader
from tlcore.ui.session import chosen, dataset, draft, readable, store, workspace
from tlcore.ui.titles import plan_title
from tlcore.ui.words import percent

_PICTURE = "picture"
_CLASS, _SIDE, _NAME = "picture_class", "picture_side", "picture_name"
_RUNS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The picture that is looked at."""

    id: str
    name: str
    label: str
    """Its class; empty for a picture that the visitor brought to look at."""

    @property
    def own(self) -> bool:
        """Whether it is in no set."""
        return not self.label

    @property
    def told(self) -> tuple[str, str, str]:
        """What it is, as a row of a table of facts."""
        return ("Picture", "your own", "") if self.own else ("Labelled", self.label, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One network in one state, and the set its pictures come from."""

    key: str
    title: str
    when: str
    manifest: Manifest
    backbone: str
    weights: str
    checkpoint: str | None
    image_size: int
    seed: int
    learned: Mapping[str, bool]
    """Block to whether it learned; empty before training."""
    run: str
    """Id of the run whose network this is; empty for an untouched backbone."""

    @property
    def states(self) -> dict[str, Literal["frozen", "learned"]]:
        """What training made of every block; empty before it."""
        return {block: "learned" if learned else "frozen" for block, learned in self.learned.items()}

    @property
    def network(self) -> Network:
        """The network in this state, as questions are asked about it."""
        return Network(
            backbone=self.backbone,
            weights=self.weights,
            checkpoint=self.checkpoint,
            classes=() if self.checkpoint is None and self._published else self.manifest.classes,
            image_size=self.image_size,
            seed=self.seed,
        )

    def shown(self, picture: str) -> Shown:
        """Return the picture with this id, of the set or the visitor's own, as questions are asked about it."""
        own = picture in store().own.of(workspace()) and _in_set(self.manifest, picture) is None
        return Shown(data=OWN if own else self.manifest.digest, picture=picture, workspace=workspace())

    @property
    def _published(self) -> bool:
        return backbone(self.backbone).published(self.weights) is not None


def subjects() -> list[Subject]:
    """Return what can be looked at: the named run first, then recent ones, then the plan's backbone, untouched."""
    runs = store().runs.recent(readable(), _RUNS)
    if run := _named_run():
        runs = [run, *(other for other in runs if other.id != run.id)]
    found = [subject for run in runs for subject in _of_run(run)]
    manifest = chosen()
    return found if manifest is None else [*found, _untouched(manifest)]


def missing_run() -> str:
    """Return why the run that the address names cannot be looked at; an empty text if it can, or if it names none."""
    if "run" not in st.query_params:
        return ""
    run = _named_run()
    if run is None:
        return "The run of this address is not here any more. You see another network."
    return (
        "" if _of_run(run) else f"{plan_title(run.config)} has no weights that can be shown. You see another network."
    )


def choose_network_state(found: list[Subject]) -> Subject:
    """Draw the choice of a network and its state."""
    titles = {
        subject.key: f"{clean(subject.manifest.name, 24)} · {subject.title} · {subject.when}" for subject in found
    }
    key = st.selectbox("Network", list(titles), format_func=titles.__getitem__, key="subject")
    return next(subject for subject in found if subject.key == key)


def choose_picture(manifest: Manifest) -> Picked:
    """Return the picture that was chosen last, or the first of those that are looked for."""
    picture = st.session_state.get(_PICTURE, "")
    example = _in_set(manifest, picture)
    if example is None and picture in store().own.of(workspace()):
        return Picked(id=picture, name="Your own picture", label="")
    example = example or (listed_pictures(manifest) or list(manifest.examples))[0]
    return Picked(id=example.id, name=example.name, label=manifest.classes[example.label])


def listed_pictures(manifest: Manifest) -> list[Example]:
    """Return the pictures of the class, the side and the name that are looked for, the classes in turn."""
    label, name = st.session_state.get(_CLASS), st.session_state.get(_NAME, "").casefold().strip()
    side = st.session_state.get(_SIDE) or "val"
    places = [count() for _ in manifest.classes]
    found = [
        (next(places[example.label]), example)
        for example in manifest.of(side) or manifest.examples
        if (label is None or manifest.classes[example.label] == label) and name in example.name.casefold()
    ]
    return [example for _, example in sorted(found, key=lambda one: (one[0], one[1].label))]


def take_picture(identifier: str) -> None:
    """Look at this picture from now on."""
    st.session_state[_PICTURE] = identifier


def _in_set(manifest: Manifest, picture: str) -> Example | None:
    return next((example for example in manifest.examples if example.id == picture), None)


def _named_run() -> Run | None:
    named = st.query_params.get("run")
    return store().runs.get(named, readable()) if named else None


def _untouched(manifest: Manifest) -> Subject:
    """Return the plan's backbone as it came; with random numbers where its weights are not on this machine."""
    plan = draft()
    card = backbone(plan.backbone)
    published = card.published(plan.weights)
    weights, when = plan.weights, "as it came (your own weights)"
    if published is not None:
        when = f"as it came ({published.title})"
    if plan.weights == SCRATCH or not is_here(card, plan.weights):
        missing = " · its weights are not on this machine" if plan.weights != SCRATCH else ""
        weights, when = SCRATCH, f"random numbers{missing}"
    return Subject(
        key=f"untouched-{plan.backbone}-{weights}",
        title=f"Untouched {card.title}",
        when=when,
        manifest=manifest,
        backbone=plan.backbone,
        weights=weights,
        checkpoint=None,
        image_size=plan.image_size,
        seed=plan.seed,
        learned={},
        run="",
    )


def _of_run(run: Run) -> list[Subject]:
    """Return a run's network after training, and before; nothing of a run of which something is missing or damaged."""
    try:
        found, history = dataset(run.config.data), reader(run.id).history()
    except ThawError:
        return []
    card = known(run.config.backbone)
    if card is None or found is None or history.checkpoint is None or history.best is None:
        return []
    after = Subject(
        key=f"{run.id}-after",
        title=plan_title(run.config),
        when=f"after epoch {history.best.epoch}, {percent(history.best.accuracy)} right",
        manifest=found.manifest,
        backbone=card.name,
        weights=run.config.weights,
        checkpoint=history.checkpoint.sha256,
        image_size=run.config.loader.image_size,
        seed=run.config.seed,
        learned={block.name: history.learned(block.name, history.best.step) for block in card.blocks},
        run=run.id,
    )
    before = replace(after, key=f"{run.id}-before", when="before training", checkpoint=None, learned={})
    return [after, before]
