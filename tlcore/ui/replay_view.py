"""A run's pinned picture, played through its epochs: where it looks, what it answers, what the blocks make of it."""

from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.figures.heatmaps import JPEG, heatmap
from tlcore.replay import Frame, frames
from tlcore.text import clean, count, plain
from tlcore.ui.components.heat_strip import Heat, heat_strip
from tlcore.ui.components.overlay import overlay
from tlcore.ui.components.static import facts_table, legend, say
from tlcore.ui.reading import reader
from tlcore.ui.session import draft, keep_draft
from tlcore.ui.subject import Subject, choose_picture
from tlcore.ui.words import percent

_EPOCH, _PLAYS = "replay_epoch", "replay_plays"
_EVERY = 0.9
"""Seconds for which an epoch is shown while it plays."""


def draw_replay(subject: Subject) -> None:
    """Draw the pinned picture of the subject's run with a slider over its epochs."""
    found = frames(reader(subject.run).history().pictured)
    with st.container(key="card_replay"):
        st.header("Epoch by epoch", anchor=False)
        _pin(subject)
        if len(found) < 2:
            st.html(say("this run did not look at a picture after its epochs.", lead="Nothing to replay:"))
            return
        every = _EVERY if st.session_state.get(_PLAYS) else None
        st.fragment(_play, run_every=every)(found, subject)


def _play(found: list[Frame], subject: Subject) -> None:
    epochs = [frame.epoch for frame in found]
    now = st.session_state.get(_EPOCH)
    if now not in epochs:
        st.session_state[_EPOCH] = epochs[-1]
    elif st.session_state.get(_PLAYS) and st.session_state.get("replay_shown") == now:
        st.session_state[_EPOCH] = epochs[(epochs.index(now) + 1) % len(epochs)]
    slider, button = st.columns([4, 1], vertical_alignment="bottom")
    with slider:
        epoch = st.select_slider("Epoch", epochs, key=_EPOCH)
    with button:
        st.toggle("Play", key=_PLAYS, on_change=_turn)
    st.session_state["replay_shown"] = epoch
    _draw(found[epochs.index(epoch)], found, subject)
    if st.session_state.pop("replay_turned", False):
        st.rerun()  # so that the fragment begins to tick, or ends


def _turn() -> None:
    st.session_state["replay_turned"] = True


def _draw(frame: Frame, found: list[Frame], subject: Subject) -> None:
    manifest = subject.manifest
    example = next((example for example in manifest.examples if example.id == frame.picture), None)
    label = manifest.classes[example.label] if example else ""
    history = reader(subject.run).history()
    picture, answers = st.columns([1, 1.9], gap="large")
    with picture:
        heat = heatmap(frame.cam.png) if frame.cam else ""
        words = f"Where {frame.cam_block} finds what speaks for the class, after epoch {frame.epoch}"
        if frame.cam:
            overlay(
                key="replay_overlay",
                picture=JPEG + frame.crop,
                heat=heat,
                label=words,
                legend=("nothing", "speaks for it"),
            )
        else:
            st.image(JPEG + frame.crop, width="stretch")
    with answers:
        st.markdown("**Answers** " + ("before training" if frame.epoch == 0 else f"after epoch {frame.epoch}"))
        st.html(facts_table([("Labelled", label, "")]))
        for answer in frame.answers:
            st.progress(answer.probability, text=f"{plain(answer.name, 24)}, {percent(answer.probability)}")
    with st.container():
        title, scale = st.columns([1.6, 1], vertical_alignment="center")
        title.markdown("**Mean map of every block**, each on its own scale")
        scale.html(legend("quiet", "strong"))
        card = backbone(subject.backbone)
        heats = [
            Heat(
                id=block,
                image=heatmap(value.png),
                title=card.block(block).label,
                code=block,
                state="" if not frame.epoch else "learned" if history.learned(block, frame.step) else "frozen",
            )
            for block, value in frame.maps.items()
        ]
        description = f"Mean activation of every block after epoch {frame.epoch}"
        heat_strip(key="replay_maps", heats=heats, chosen=None, columns="row", on_choose=None, description=description)
    st.html(say(_told(frame, found, label)))


def _told(frame: Frame, found: list[Frame], label: str) -> str:
    """Return what is bright, which blocks answer as before training, and which epochs were not looked at."""
    still = [block for block, epoch in frame.since.items() if epoch == 0]
    cam = (
        f"bright over the picture is where `{frame.cam_block}` finds what speaks for “{clean(label, 24)}”. "
        if frame.cam and frame.cam.high > 0
        else f"nothing in the picture speaks for “{clean(label, 24)}” here. "
    )
    if len(still) == len(frame.maps):
        same = "All maps are as before training: what changes is the head."
    elif still:
        same = (
            f"`{still[0]}` to `{still[-1]}` are as before training."
            if len(still) > 1
            else (f"`{still[0]}` is as before training.")
        )
    else:
        same = "No map is as it was before training; each is on its own scale."
    seen = {frame.epoch for frame in found}
    left_out = found[-1].epoch + 1 - len(seen)
    passed = (
        f" {count(left_out, 'epoch', 'epochs')} went by too quickly: looking takes at most 2 % of the time."
        if left_out
        else ""
    )
    return f"{cam}{same}{passed}"


def _pin(subject: Subject) -> None:
    """Offer to look at the picture that is chosen above in the next run."""
    picture = choose_picture(subject.manifest)
    is_pinned = draft().pinned == picture.id
    st.caption(
        "After every epoch a run looks at one picture: the first validation picture, or one that you pin before the "
        "start."
    )
    words = "Pinned for the next run" if is_pinned else "Pin the picture above for the next run"
    if st.button(words, key="slim_pin", disabled=is_pinned or picture.own, icon=":material/keep:"):
        keep_draft(replace(draft(), pinned=picture.id))
        st.rerun()
