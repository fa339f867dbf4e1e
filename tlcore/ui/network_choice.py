"""The gallery of backbones: all of the catalog, those that were opened by name, and a search for timm's others."""

from tlcore.catalog.backbones import BACKBONES, RECOMMENDED, backbone, more_backbones, opened_backbones
from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import IMAGENET_CLASSES, about_megabytes, weights_file
from tlcore.errands import Errand, SurveyNetwork
from tlcore.ui.components.gallery import BackboneTile, Filter, gallery
from tlcore.ui.editing import edit, show_refusal
from tlcore.ui.gathering import begin, current_errand, forget_fault
from tlcore.ui.session import draft

_SMALL = 10e6
"""Numbers in its parameters up to which a network counts as small."""
_FILTERS = (
    Filter(key="recommended", title="Recommended"),
    Filter(key="ready", title="Ready offline"),
    Filter(key="small", title="Small"),
    Filter(key="convolutional", title="Convolutional"),
    Filter(key="transformer", title="Transformer"),
    Filter(key="all", title="All"),
)


def choose_network() -> None:
    """Draw the gallery; a click takes the backbone into the plan, or opens one that has no card yet."""
    opened = opened_backbones()
    others = sorted(more_backbones().difference(opened))
    names = [*RECOMMENDED, *opened, *(name for name in BACKBONES if name not in RECOMMENDED)]
    gallery(
        key="gallery",
        cards=[_tile(backbone(name), recommended=name in RECOMMENDED) for name in names],
        filters=_FILTERS,
        others=others,
        chosen=draft().backbone,
        on_choose=_take,
        on_open=_open,
    )
    show_refusal("gallery")
    current_errand((SurveyNetwork,), "Measuring the network", _opened)


def _tile(card: BackboneCard, recommended: bool) -> BackboneTile:
    usual = card.weights[0]
    ready = any(weights_file(weights) for weights in card.weights)
    parameters = card.values(IMAGENET_CLASSES)
    about = "" if usual.megabytes else "about "
    filters = {
        "recommended": recommended,
        "ready": ready,
        "small": parameters <= _SMALL,
        "convolutional": not card.attention,
        "transformer": card.attention,
        "all": True,
    }
    return BackboneTile(
        id=card.name,
        title=card.title,
        family=card.family,
        ready=ready,
        status=f"{'Ready offline' if ready else 'Download'}, {about}{about_megabytes(card, usual):.0f} MB",
        facts=(
            ("Parameters", f"{parameters / 1e6:.1f} M"),
            ("GFLOPs", f"{card.multiply_adds / 1e9:.{1 if card.multiply_adds > 5e8 else 2}f}"),
            ("ImageNet", f"{usual.accuracy:.1f} %" if usual.accuracy is not None else "–"),
            ("Blocks", f"{len(card.blocks)}"),
        ),
        filters=tuple(key for key, passes in filters.items() if passes),
    )


def _take(name: str) -> None:
    forget_fault()
    edit("gallery", lambda plan: plan.on(name))


def _open(name: str) -> None:
    begin(SurveyNetwork(network=name, instead_of=draft().backbone))


def _opened(errand: Errand, name: str) -> None:
    if isinstance(errand, SurveyNetwork) and errand.instead_of == draft().backbone:
        _take(name)
