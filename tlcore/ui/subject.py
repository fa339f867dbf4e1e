"""What is looked at: a run's best weights, what it began with, or an untouched backbone; and which picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from tlcore.catalog.backbones import backbone, known
from tlcore.catalog.weights import weights_file
from tlcore.data.manifest import Example, Manifest
from tlcore.questions import Network, Shown
from tlcore.store.runs import Run
from tlcore.text import clean
from tlcore.ui.reading import reader
from tlcore.ui.session import chosen, dataset, draft, readable, store, workspace
from tlcore.ui.thumbnails import some_of_each
from tlcore.ui.titles import plan_title
from tlcore.ui.words import percent

_PICTURE = "picture"
_RUNS = 12
_OFFERED = 10
"""Pictures to choose from at once."""


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
    run: str | None = None
    """Id of the run that it belongs to."""

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
        """Return the picture with this id, as questions are asked about it."""
        return Shown(data=self.manifest.digest, picture=picture, workspace=workspace())

    @property
    def _published(self) -> bool:
        return backbone(self.backbone).published(self.weights) is not None


def subjects() -> list[Subject]:
    """Return what can be looked at: the named run first, then recent ones, then the plan's backbone, untouched."""
    named = st.query_params.get("run")
    runs = store().runs.recent(readable(), _RUNS)
    if named and (run := store().runs.get(named, readable())):
        runs = [run, *(other for other in runs if other.id != run.id)]
    found = [subject for run in runs for subject in _of_run(run)]
    manifest, plan = chosen(), draft()
    card = backbone(plan.backbone)
    published = card.published(plan.weights) or card.weights[0]
    if manifest is not None and weights_file(published) is not None:
        found.append(
            Subject(
                key=f"untouched-{plan.backbone}-{published.name}",
                title=f"Untouched {card.title}",
                when=f"as it came ({published.title})",
                manifest=manifest,
                backbone=plan.backbone,
                weights=published.name,
                checkpoint=None,
                image_size=plan.image_size,
                seed=plan.seed,
                learned={},
            )
        )
    return found


def choose_network_state(found: list[Subject]) -> Subject:
    """Draw the choice of a network and its state."""
    titles = {
        subject.key: f"{clean(subject.manifest.name, 24)} · {subject.title} · {subject.when}" for subject in found
    }
    key = st.selectbox("Network", list(titles), format_func=titles.__getitem__, key="subject")
    return next(subject for subject in found if subject.key == key)


def choose_picture(manifest: Manifest) -> Example:
    """Return the picture that was clicked last, or the first validation picture."""
    offered = offered_pictures(manifest)
    picture = st.session_state.get(_PICTURE)
    return next((example for example in offered if example.id == picture), offered[0])


def offered_pictures(manifest: Manifest) -> list[Example]:
    """Return the validation pictures to choose from, all classes in turn."""
    return some_of_each(manifest.of("val"), _OFFERED)


def take_picture(identifier: str) -> None:
    """Look at this picture from now on."""
    st.session_state[_PICTURE] = identifier


def _of_run(run: Run) -> list[Subject]:
    """Return a run's network after training, and before."""
    found = dataset(run.config.data)
    history = reader(run.id).history()
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
