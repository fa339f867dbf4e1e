"""Fetches published weights that a person asked for."""

from collections.abc import Callable
from pathlib import Path

from tlcore.catalog.cards import WeightsCard
from tlcore.catalog.weights import torch_cache
from tlcore.fetch import fetch


def download_weights(card: WeightsCard, progress: Callable[[int, int], None]) -> Path:
    """Fetch these weights into torch's cache, where torchvision finds them too, and check them."""
    target = torch_cache() / card.file
    target.parent.mkdir(parents=True, exist_ok=True)
    return fetch(card.url, target, progress, card.sha256)
