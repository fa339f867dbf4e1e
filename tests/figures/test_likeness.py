"""Bars of likeness and drift stand in the order of the network, ice blue where frozen and ember where learned."""

import json

from tlcore.figures.axes import EMBER, ICE
from tlcore.figures.likeness import likeness

BLOCKS = ("stem", "layer1", "head")
ALIKE = {"stem": 1.0, "layer1": 0.62}


def test_blocks_stand_in_order_and_have_the_colour_of_what_they_did():
    figure = likeness(BLOCKS, ALIKE, {"stem": 0.0, "layer1": 0.031, "head": 2.4}, {"layer1": True, "head": True})
    above, below = figure["data"]
    assert above["x"] == below["x"] == list(BLOCKS)
    assert above["marker"]["color"] == [ICE, EMBER, EMBER]
    assert (above["text"], below["text"]) == (["1", "0.62", ""], ["0", "3.1", "240"])
    assert above["y"] == [1.0, 0.62, None]
    assert below["y"][0] == 0.01  # where a bar begins, and so none
    json.dumps(figure, allow_nan=False)


def test_only_what_is_exactly_alike_is_written_as_one():
    figure = likeness(BLOCKS, {"stem": 0.9999, "layer1": -0.01}, {}, {})
    (bars,) = figure["data"]
    assert bars["text"] == [">0.99", "0.00", ""]
    assert bars["y"] == [0.9999, 0.0, None]
