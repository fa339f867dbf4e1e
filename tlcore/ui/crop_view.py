"""What the network really gets of a picture: the cut, the square, and what augmentation makes of it in each epoch."""

from dataclasses import replace
from typing import get_args

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.config import Augment
from tlcore.data.manifest import Example, Manifest
from tlcore.errors import ThawError
from tlcore.figures.heatmaps import JPEG, PNG
from tlcore.questions import Prepared
from tlcore.ui.components.crop_frame import crop_frame
from tlcore.ui.components.picture_wall import Thumb, picture_wall
from tlcore.ui.components.static import say
from tlcore.ui.editing import edit, show_refusal
from tlcore.ui.picture_view import preparation
from tlcore.ui.session import draft, store
from tlcore.ui.thumbnails import small, some_of_each
from tlcore.ui.waiting import wait_for
from tlcore.ui.words import percent

_PICTURE = "crop_picture"
_OFFERED = 14


def draw_crop(manifest: Manifest) -> None:
    """Draw the picture that is chosen on its way to the network."""
    offered = some_of_each(manifest.of("train"), _OFFERED)
    picture = next((one for one in offered if one.id == st.session_state.get(_PICTURE)), offered[0])
    picture_wall(
        key="crop_wall",
        thumbs=[Thumb(id=one.id, image=small(one.id)) for one in offered],
        chosen=picture.id,
        on_choose=lambda identity: st.session_state.__setitem__(_PICTURE, identity),
        size=56,
    )
    plan = draft()
    kind = st.segmented_control(
        "Augmentation of training pictures",
        get_args(Augment),
        default=plan.augment,
        format_func=str.capitalize,
        required=True,
        key="crop_augment",
    )
    question = replace(preparation(manifest, picture), augment=kind)
    try:
        prepared = store().asked.ask(question)
    except ThawError as error:
        st.html(say(str(error), lead="Not shown:", mark="cross"))
        return
    if prepared is None:
        wait_for(question, "Sending the picture through the steps of training: a second or two.")
        return
    _way(prepared, picture)
    _epochs(prepared, picture, kind)


def _way(prepared: Prepared, picture: Example) -> None:
    plan = draft()
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        st.subheader("The picture, and the cut", anchor=False)
        st.html(crop_frame(JPEG + prepared.original, prepared.frame, f"{picture.name}, with the cut drawn on it"))
    with right:
        st.subheader(f"What goes in: {plan.image_size} × {plan.image_size}", anchor=False)
        st.image(PNG + prepared.square, width=min(plan.image_size, 320))
    _, _, width, height = prepared.frame
    st.html(
        say(
            f"{backbone(plan.backbone).title} gets the square from the middle, {percent(width * height)} of this "
            f"picture, at {plan.image_size} × {plan.image_size} pixels. What lies outside it, it never sees. "
            "A cut that loses what matters speaks for another picture."
        )
    )


def _epochs(prepared: Prepared, picture: Example, kind: Augment) -> None:
    plan = draft()
    if prepared.augmented:
        st.subheader(f"In the first {len(prepared.augmented)} epochs of training", anchor=False)
        names = (f"epoch {epoch}" for epoch in range(1, len(prepared.augmented) + 1))
        picture_wall(
            key="crop_epochs",
            thumbs=[
                Thumb(id=f"{picture.id} {name}", image=JPEG + square, caption=name)
                for name, square in zip(names, prepared.augmented, strict=True)
            ],
            size=116,
        )
        st.caption("Drawn by the seed of the plan: training gets exactly these. Validation pictures stay as they are.")
    else:
        st.caption("Without augmentation every epoch gets the same square.")
    if kind != plan.augment:
        st.button(f"Use “{kind}” in the plan", key="crop_use", on_click=_use, args=(kind,))
    show_refusal("crop")


def _use(kind: Augment) -> None:
    edit("crop", lambda plan: replace(plan, augment=kind))
