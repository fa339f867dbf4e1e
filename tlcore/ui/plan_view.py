"""The plan in one picture and in exact numbers: what learns when, and the groups that the optimizer will hold."""

from dataclasses import replace
from typing import Any, cast, get_args

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.catalog.cards import Sizes
from tlcore.config import Augment
from tlcore.data.manifest import Manifest
from tlcore.figures.rates import rates
from tlcore.listing import listing
from tlcore.plan import Group, preview
from tlcore.timeline import Stretch, steps_per_epoch, stretches
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import numbers
from tlcore.ui.editing import edit, held, show_refusal
from tlcore.ui.session import draft
from tlcore.ui.words import amount, percent, rate

_HEIGHT = 500
_PIXELS = 16


def settings() -> None:
    """Draw the few numbers of a plan."""
    plan = draft()
    with st.container(key="card_settings"):
        st.header("Settings", anchor=False)
        augmented = plan.augment != "none"
        epochs, batch, side, augment, *views, decay, seed = st.columns(6 + augmented, gap="medium")
        own = plan.strategy == "own"
        epochs.number_input(
            "Epochs in all",
            step=1,
            key=held("epochs", sum(phase.epochs for phase in plan.phases)),
            disabled=own and len(plan.phases) > 1,
            on_change=_set_epochs,
            help="Passes over the pictures, in all phases. In a plan of your own each phase has its own number.",
        )
        batch.number_input(
            "Batch size",
            step=1,
            key=held("batch_size", plan.batch_size),
            on_change=_set_numbers,
            help="Pictures per step.",
        )
        sizes = backbone(plan.backbone).sizes
        side.number_input(
            "Picture size",
            step=_step(sizes.step),
            key=held("image_size", plan.image_size),
            disabled=sizes.least == sizes.most,
            on_change=_set_numbers,
            help=_takes(sizes),
        )
        augment.selectbox(
            "Augmentation",
            get_args(Augment),
            format_func=str.capitalize,
            key=held("augment", plan.augment),
            on_change=_set_numbers,
            help="Training pictures changed at random, anew in every epoch. Gentle: cut a little, mirrored, a little "
            "lighter or darker. Strong: turned, cut further, with other colours, with a piece covered. "
            "Not for letters and digits: mirrored, they are others.",
        )
        if augmented:
            views[0].number_input(
                "Drawings of each",
                step=1,
                key=held("views", plan.views),
                on_change=_set_numbers,
                help="0: every epoch draws its own, and every picture goes through the frozen blocks again. "
                "Any other number: so many drawings of each picture come in turn, and each goes through the frozen "
                "blocks once: quicker, with less variety. “What it will take” below says what that is worth here.",
            )
        decay.number_input(
            "Weight decay",
            step=0.01,
            format="%g",
            key=held("weight_decay", plan.weight_decay),
            on_change=_set_numbers,
            help="The share of each weight that AdamW takes away per step, times the rate.",
        )
        seed.number_input(
            "Seed",
            step=1,
            key=held("seed", plan.seed),
            on_change=_set_numbers,
            help="The same seed gives the same run.",
        )
        show_refusal("settings")


def draw_plan(manifest: Manifest) -> None:
    """Draw the rates over the epochs, and the optimizer's groups."""
    plan = draft()
    config = plan.config(manifest.name)
    groups = preview(config, len(manifest.classes))
    steps = steps_per_epoch(len(manifest.of("train")), plan.batch_size)
    with st.container(key="card_plan"):
        st.header("Plan preview", anchor=False)
        st.caption(
            "Each line is the rate of one block, step by step; frozen blocks lie in the lane below, at exactly 0."
            + (" Dotted: a change within a phase." if plan.changes else "")
        )
        live_chart(
            key="plan",
            figure=rates(
                plan.blocks,
                config.schedule,
                _HEIGHT,
                steps_per_epoch=steps,
                changes=config.changes,
                values={group.block: group.values for group in groups[0]},
            ),
            revision=f"{plan.backbone}",
            height=_HEIGHT,
            description="Learning rate of every block and parameters that learn, over the planned epochs",
        )
        st.html(numbers(_totals(groups, list(stretches(config.schedule, config.changes, steps)))))
        with st.expander("The groups that the optimizer will hold"):
            number = 0
            if len(groups) > 1:
                number = st.segmented_control(
                    "Phase",
                    range(len(groups)),
                    default=0,
                    format_func=lambda place: f"Phase {place + 1}",
                    required=True,
                )
            st.dataframe(
                {
                    "Block": [group.block for group in groups[number]],
                    "Learning rate": [rate(group.rate) if group.rate else "0 (frozen)" for group in groups[number]],
                    "Weight decay": [group.weight_decay for group in groups[number]],
                    "Tensors": [group.tensors for group in groups[number]],
                    "Parameters": [f"{group.values:,}" for group in groups[number]],
                },
                hide_index=True,
                width="stretch",
            )


def draw_listing(manifest: Manifest) -> None:
    """Draw the PyTorch lines that say the same."""
    with st.container(key="card_listing"):
        st.header("The same plan in PyTorch", anchor=False)
        st.code(listing(draft().config(manifest.name), len(manifest.classes)), language="python")


def _totals(groups: tuple[tuple[Group, ...], ...], parts: list[Stretch]) -> list[tuple[str, str, str]]:
    values = {group.block: group.values for group in groups[0]}
    counts = [sum(count for block, count in values.items() if part.rates.get(block)) for part in parts]
    total = sum(values.values())
    shown = [(counts[0], " at first"), (counts[-1], " at the end")] if len(parts) > 1 else [(counts[0], "")]
    rows = [
        (amount(count), f"parameters learn{when}", f"{percent(count / total)} of {amount(total)}")
        for count, when in shown
    ]
    frozen = sum(1 for block in values if not any(part.rates.get(block) for part in parts))
    return [*rows, (f"{frozen} of {len(values)}", "blocks stay frozen", "to the end")]


def _step(multiple: int) -> int:
    """Return by how many pixels a press on plus or minus goes: about 16, and what the network takes."""
    return multiple * max(1, round(_PIXELS / multiple))


def _takes(sizes: Sizes) -> str:
    if sizes.least == sizes.most:
        return f"This network takes {sizes.usual} pixels and no other size."
    steps = f" in steps of {sizes.step}" if sizes.step > 1 else ""
    return f"Side of the square that goes in, in pixels: {sizes.least} to {sizes.most}{steps}, usually {sizes.usual}."


def _set_epochs() -> None:
    epochs = int(st.session_state["epochs"])
    edit("settings", lambda plan: plan.with_epochs(epochs))


def _set_numbers() -> None:
    state = st.session_state
    numbers: dict[str, Any] = {
        name: int(state[name]) for name in ("batch_size", "image_size", "seed", "views") if name in state
    }
    decay, augment = float(state["weight_decay"]), cast(Augment, state["augment"])
    edit("settings", lambda plan: replace(plan, **numbers, augment=augment, weight_decay=decay))
