"""The plan as a table for precise numbers: a row for each block, a column for each phase, in each cell a rate."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from tlcore.draft import Draft, changed_elsewhere
from tlcore.errors import ChoiceError
from tlcore.records import digest
from tlcore.ui.editing import edit, refusals, show_refusal
from tlcore.ui.session import draft

_BLOCK = "Block"


def edit_table() -> None:
    """Draw the table; what is typed goes into the plan, or is refused and the table shows the plan again."""
    plan = draft()
    with st.expander("The same plan as a table, for precise numbers"):
        st.caption("Each cell is the rate of a block in a phase; 0 is frozen. A double click, or Enter, opens a cell.")
        columns = [_column(number) for number in range(len(plan.phases))]
        rates = {
            column: [phase.rate(block) for block in plan.blocks]
            for column, phase in zip(columns, plan.phases, strict=True)
        }
        # Edits are kept by place, so another plan needs another key; so does the same one after a refusal.
        key = f"table_{digest([plan.blocks, rates])[:16]}_{refusals()}"
        st.data_editor(
            {_BLOCK: list(plan.blocks), **rates},
            key=key,
            hide_index=True,
            width="stretch",
            height=38 * (len(plan.blocks) + 1),
            row_height=38,
            disabled=[_BLOCK],
            # Without bounds of its own: the plan tells what a rate may be, in words.
            column_config={column: st.column_config.NumberColumn(format="plain") for column in columns},
            on_change=_apply,
            args=(key,),
        )
        show_refusal("table")


def read_edits(
    rows: Mapping[int, Mapping[str, Any]], blocks: Sequence[str], phases: int
) -> dict[int, dict[str, float]]:
    """Return the rates that were typed, by phase and block; raise ChoiceError where a cell holds no number."""
    if any(row >= len(blocks) for row in rows):
        raise changed_elsewhere("its network has fewer blocks")
    found: dict[int, dict[str, float]] = {}
    for phase in range(phases):
        for row, cells in rows.items():
            if _column(phase) in cells:
                rate = cells[_column(phase)]
                if isinstance(rate, bool) or not isinstance(rate, int | float):
                    raise ChoiceError(f"The rate of {blocks[row]} is empty.", "It takes a number; 0 is frozen.")
                found.setdefault(phase, {})[blocks[row]] = float(rate)
    return found


def _apply(key: str) -> None:
    rows = st.session_state[key]["edited_rows"]

    def change(plan: Draft) -> Draft:
        for phase, rates in read_edits(rows, plan.blocks, len(plan.phases)).items():
            plan = plan.with_rates(phase, rates)
        return plan

    edit("table", change)


def _column(phase: int) -> str:
    return f"Phase {phase + 1}"
