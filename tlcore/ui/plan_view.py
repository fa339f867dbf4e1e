"""The plan in one picture and in exact numbers: what learns when, and the groups that the optimizer will hold."""

from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.config import LARGEST_BATCH, MOST_EPOCHS, SIZES
from tlcore.data.manifest import Manifest
from tlcore.figures.rates import rates
from tlcore.listing import listing
from tlcore.plan import Group, learning, preview
from tlcore.ui.components.live_chart import live_chart
from tlcore.ui.components.static import numbers
from tlcore.ui.session import draft, keep_draft
from tlcore.ui.words import amount, percent, rate

_HEIGHT = 400
_SIZE = "image_size_"


def settings() -> None:
    """Draw the few numbers of a plan."""
    plan = draft()
    with st.container(key="card_settings"):
        st.header("Settings", anchor=False)
        epochs, batch, side, seed = st.columns(4)
        own = plan.strategy == "own"
        epochs.number_input(
            "Epochs (passes over the pictures)",
            1,
            MOST_EPOCHS,
            sum(phase.epochs for phase in plan.phases),
            key=f"epochs_{plan.strategy}",
            disabled=own and len(plan.phases) > 1,
            on_change=_set_epochs,
            args=(f"epochs_{plan.strategy}",),
        )
        batch.number_input(
            "Pictures per step (batch size)",
            2,
            LARGEST_BATCH,
            plan.batch_size,
            key="batch_size",
            on_change=_set_numbers,
        )
        side.number_input(
            "Picture size, pixels",
            *SIZES,
            plan.image_size,
            step=16,
            # The key holds the backbone, since another one may bring another size.
            key=_SIZE + plan.backbone,
            disabled=backbone(plan.backbone).sizes.least == backbone(plan.backbone).sizes.most,
            on_change=_set_numbers,
        )
        seed.number_input("Seed (same seed, same run)", 0, 2**31 - 1, plan.seed, key="seed", on_change=_set_numbers)


def draw_plan(manifest: Manifest) -> None:
    """Draw the rates over the epochs, and the optimizer's groups."""
    plan = draft()
    config = plan.config(manifest.name)
    blocks = [block.name for block in backbone(plan.backbone).blocks]
    groups = preview(config, len(manifest.classes))
    with st.container(key="card_plan"):
        st.header("Plan preview", anchor=False)
        st.caption("Each line is the rate of one block; frozen blocks lie in the lane below, at exactly 0.")
        live_chart(
            key="plan",
            figure=rates(blocks, config.schedule, _HEIGHT),
            revision=f"{plan.backbone}",
            height=_HEIGHT,
            description="Learning rate of every block over the planned epochs",
        )
        st.html(numbers(_totals(groups)))
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


def _totals(groups: tuple[tuple[Group, ...], ...]) -> list[tuple[str, str, str]]:
    total = sum(group.values for group in groups[0])
    shown = [(0, groups[0])] if len(groups) == 1 else [(0, groups[0]), (len(groups) - 1, groups[-1])]
    rows = [
        (
            amount(learning(phase)),
            f"parameters learn in phase {number + 1}" if len(groups) > 1 else "parameters learn",
            f"{percent(learning(phase) / total)} of {amount(total)}",
        )
        for number, phase in shown
    ]
    frozen = sum(1 for group in groups[-1] if group.rate == 0)
    return [*rows, (f"{frozen} of {len(groups[-1])}", "blocks stay frozen", "to the end")]


def _set_epochs(key: str) -> None:
    plan = draft()
    epochs = int(st.session_state[key])
    if plan.strategy == "own":
        (phase,) = plan.phases
        keep_draft(replace(plan, epochs=epochs, schedule=(replace(phase, epochs=epochs),)))
    else:
        keep_draft(replace(plan, epochs=epochs))


def _set_numbers() -> None:
    state = st.session_state
    batch, side, seed = (int(state[name]) for name in ("batch_size", _SIZE + draft().backbone, "seed"))
    keep_draft(replace(draft(), batch_size=batch, image_size=side, seed=seed))
