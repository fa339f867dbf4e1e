"""Opens a network by its name: from the catalog, or a timm network that gets its card on the spot."""

from tlcore.catalog.backbones import backbone, known, more_backbones
from tlcore.catalog.cards import BackboneCard


def opened(name: str) -> BackboneCard:
    """Return the card called `name`, measured now if it is a timm network that has no card here.

    Raises ChoiceError for a name that nobody knows, and WeightsError for a network that Thaw does not understand.
    """
    if name in more_backbones() and known(name) is None:
        from tlcore.engine.survey import survey_by_name

        return survey_by_name(name)
    return backbone(name)
