"""What is typed into the table of the plan becomes rates, or is refused in words."""

import pytest

from tlcore.errors import ChoiceError
from tlcore.ui.plan_table import read_edits

BLOCKS = ("stem", "layer1", "head")


def test_cells_become_rates_by_phase_and_block() -> None:
    rows = {0: {"Phase 1": 0.1, "Phase 2": 0}, 2: {"Phase 2": 1e-5}}
    assert read_edits(rows, BLOCKS, 2) == {0: {"stem": 0.1}, 1: {"stem": 0.0, "head": 1e-5}}


def test_nothing_typed_is_nothing_changed() -> None:
    assert read_edits({}, BLOCKS, 2) == {}


@pytest.mark.parametrize("cell", [None, "fast", True])
def test_a_cell_without_a_number_is_told_with_its_block(cell: object) -> None:
    with pytest.raises(ChoiceError, match=r"The rate of layer1 is empty. It takes a number; 0 is frozen."):
        read_edits({1: {"Phase 1": cell}}, BLOCKS, 1)
