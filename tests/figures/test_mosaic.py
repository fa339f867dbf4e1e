"""The mosaic has a projector's shape and room for every class."""

from math import ceil

import pytest

from tlcore.figures.mosaic import WIDTH, wall_for


@pytest.mark.parametrize("classes", [1, 2, 3, 5, 10, 17, 37, 60])
def test_a_wall_fills_a_projector_and_shows_every_class(classes):
    wall = wall_for(classes)
    assert wall.pictures >= 1
    one = wall.across * (wall.side + wall.gap) - wall.gap
    assert wall.columns * (one + wall.column_gap) - wall.column_gap + 2 * wall.margin <= WIDTH
    lines = ceil(classes / wall.columns)
    height = lines * (2.7 * wall.letters + wall.rows * (wall.side + wall.gap)) + 2 * wall.margin
    assert 500 <= height <= 1200


def test_names_are_largest_where_classes_are_few():
    assert wall_for(2).letters > wall_for(60).letters
