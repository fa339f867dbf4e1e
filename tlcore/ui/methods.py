"""The methods that say where a network looks, in words: what each asks, what bright means, how it is computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tlcore.questions.attribution import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One method in words; `{name}` stands for the class that is asked about."""

    title: str
    asks: str
    bright: str
    legend: tuple[str, str]
    """What the ends of the colours mean."""
    steps: tuple[str, ...]
    source: str
    for_class: bool = True
    """Whether it asks about a class."""
    by_block: bool = False
    """Whether it has a map for every block, and not one for the picture."""


METHODS: Mapping[Method, Words] = MappingProxyType(
    {
        "grad_cam": Words(
            title="Grad-CAM",
            asks="Which channels of a block would raise the score of “{name}”, and where are they on?",
            bright="the block finds something there that speaks for “{name}”. What speaks against it stays dark.",
            legend=("nothing", "speaks for it most"),
            steps=(
                "The picture goes forward; what each block puts out is kept.",
                "The score of the class goes back: how would it change with each number that was kept?",
                "A channel's weight is the mean of these changes over its grid.",
                "The channels are added up by their weights, and only what is positive stays.",
            ),
            source="Selvaraju et al. 2017",
            by_block=True,
        ),
        "eigen_cam": Words(
            title="Eigen-CAM",
            asks="Where do the channels of a block agree most? It needs no gradient, and asks about no class.",
            bright="most of the block is on there, whichever class that speaks for.",
            legend=("nothing", "agree most"),
            steps=(
                "The picture goes forward; what each block puts out is kept.",
                "Each place of the grid is a point with as many coordinates as there are channels.",
                "The direction along which these points reach furthest is the first singular vector.",
                "How far each place goes along it is the map.",
            ),
            source="Muhammad and Yeasin 2020",
            for_class=False,
            by_block=True,
        ),
        "integrated_gradients": Words(
            title="Integrated gradients",
            asks="While the picture comes up out of plain grey, which pixels add to the score of “{name}”?",
            bright="these pixels add to the score. With those that take away, which stay dark, they make up "
            "how far it rises above that of plain grey.",
            legend=("nothing", "adds most"),
            steps=(
                "The picture comes up from grey to itself in small steps.",
                "At each step the score of the class is sent back to the pixels.",
                "The mean of these gradients, times how far a pixel came, is what that pixel added.",
                "Pixels are summed up in small squares, so that one can see them.",
            ),
            source="Sundararajan et al. 2017; computed by Captum",
        ),
        "occlusion": Words(
            title="Occlusion",
            asks="If a grey square covers a part of the picture, how far does the score of “{name}” fall?",
            bright="the network misses what was covered there. Where the score rises instead, it stays dark.",
            legend=("not missed", "missed most"),
            steps=(
                "A grey square covers one part of the picture, then the next.",
                "Each covered picture goes forward, without any gradient.",
                "A place is as bright as the score falls while it is covered, on the mean.",
            ),
            source="Zeiler and Fergus 2014; computed by Captum",
        ),
    }
)
