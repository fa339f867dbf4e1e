"""The app without a browser: any page, for one person, with a run in any state; no process is started."""

import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import tlcore
from tlcore.config import Loader, Phase, RunConfig
from tlcore.data.manifest import Example, LeftOut, Manifest, in_order
from tlcore.draft import Draft
from tlcore.events import Checkpointed, Evaluated, Event, PhaseStarted, Started, Stepped
from tlcore.records import digest
from tlcore.store import Store
from tlcore.store.claims import Claimant
from tlcore.store.runs import Run
from tlcore.ui import session

ROOT = Path(tlcore.__file__).parent.parent
PERSON = "a" * 32
"""The workspace that the visitor's cookie names."""
GONE = Claimant(pid=2**22 + 1, started=1.0)
"""A process that cannot be there."""

OpenPage = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def visit(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Be one person with a cookie, in an app that keeps nothing of the test before and starts no supervisor."""
    monkeypatch.setattr(session, "ensure_supervisor", lambda _store: None)
    monkeypatch.setattr(type(st.context), "cookies", {session.COOKIE: PERSON})
    yield own_home
    session.store().close()
    st.cache_resource.clear()
    st.cache_data.clear()
    # The app puts what it imported out of the collector's sight; the tests after this one want it back.
    gc.unfreeze()


@pytest.fixture
def person() -> str:
    """The workspace of the visitor."""
    return PERSON


@pytest.fixture
def open_page() -> OpenPage:
    """Open a page by its name, as an address with these query parameters does."""

    def go(name: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        page.run()
        page.query_params.update(query)
        if name != "start":
            page.switch_page(f"pages/{name}.py").run()
        elif query:
            page.run()
        return page

    return go


@pytest.fixture
def make_set(store: Store, person: str) -> Callable[..., Manifest]:
    """Keep a set of six pictures per class, five to learn from, and choose it; its files need not be there."""

    def make(
        name: str = "Insects",
        classes: tuple[str, ...] = ("ants", "bees"),
        left_out: tuple[LeftOut, ...] = (),
        workspace: str = person,
    ) -> Manifest:
        examples = [
            Example(
                id=digest([name, label, number]),
                where=f"{label}/{number}.jpg",
                name=f"{number}.jpg",
                label=label,
                split="val" if number == 0 else "train",
            )
            for label in range(len(classes))
            for number in range(6)
        ]
        made = Manifest(name=name, classes=classes, examples=in_order(examples), left_out=left_out, split_by="seed 0")
        store.datasets.add(workspace, made, [store.home], state="")
        store.drafts.keep(workspace, Draft(data=made.digest))
        return made

    return make


@pytest.fixture
def make_run(store: Store, person: str) -> Callable[..., Run]:
    """File a run on a set, worked on by `claimant`, in which these events happened."""

    def make(
        manifest: Manifest,
        *events: Event,
        name: str = "First try",
        claimant: Claimant | None = None,
        workspace: str = person,
    ) -> Run:
        config = RunConfig(
            name=name,
            data=manifest.digest,
            backbone="efficientnet_lite0",
            weights="imagenet",
            strategy="gradual",
            schedule=(
                Phase(epochs=1, rates={"head": 0.001}),
                Phase(epochs=1, rates={"blocks.6": 0.0003, "head": 0.001}),
            ),
            loader=Loader(image_size=64),
        )
        run = store.runs.submit(config, workspace, digest([name, workspace, len(events)])[:32], claimant)
        store.runs.append(run.id, events)
        return run

    return make


@pytest.fixture
def two_epochs() -> Callable[[Manifest], tuple[Event, ...]]:
    """What happens in a run up to its second epoch: 3 of 6 right with the head alone, then 5 of 6."""

    def events(manifest: Manifest) -> tuple[Event, ...]:
        total = len(manifest.of("val"))

        def evaluated(epoch: int, right: int) -> Evaluated:
            return Evaluated(
                epoch=epoch,
                step=epoch,
                loss=1.0 / epoch,
                right=right,
                count=total,
                train_loss=1.0 / epoch,
                train_right=right,
                train_count=total,
                seconds=2.0 * epoch,
            )

        def phase(number: int, rates: dict[str, float]) -> PhaseStarted:
            return PhaseStarted(phase=number, epoch=number, rates=rates, learning=1000)

        started = Started(
            device="CPU, 2 cores",
            backbone="EfficientNet-Lite0",
            weights="ImageNet",
            classes=manifest.classes,
            train_counts=manifest.counts("train"),
            val_counts=manifest.counts("val"),
            parameters=3_400_000,
            epochs=2,
            steps_per_epoch=1,
            versions={"torch": "2"},
        )
        return (
            started,
            phase(0, {"head": 0.001}),
            Stepped(step=1, loss=1.2, right=3, count=10, seconds=1.0),
            evaluated(1, total - 1),
            Checkpointed(epoch=1, sha256="c" * 64, size=13_000_000),
            phase(1, {"blocks.6": 0.0003, "head": 0.001}),
            Stepped(step=2, loss=0.6, right=8, count=10, seconds=3.0),
            evaluated(2, total),
            Checkpointed(epoch=2, sha256="d" * 64, size=13_000_000),
        )

    return events


@pytest.fixture
def drawn() -> Callable[[AppTest, str], Any]:
    """Return what a page gave to the one component of its own of this name."""

    def read(page: AppTest, name: str) -> Any:
        protos = [element.proto for element in page.main if element.type == "bidi_component"]
        (found,) = (proto for proto in protos if proto.component_name == f"thaw_{name}")
        return json.loads(json.loads(found.json)["text"])

    return read


@pytest.fixture
def words() -> Callable[[AppTest], str]:
    """Return all that a page says outside the sidebar and our own components, as one text."""

    def read(page: AppTest) -> str:
        bodies = [getattr(element.proto, "body", "") or getattr(element.proto, "label", "") for element in page.main]
        return "\n".join(body for body in bodies if not body.startswith("<style>"))

    return read


@pytest.fixture
def gone() -> Claimant:
    """A process that has died."""
    return GONE
