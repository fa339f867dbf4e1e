"""Weights files that people brought along."""

from dataclasses import dataclass

from tlcore.catalog.cards import BackboneCard
from tlcore.catalog.weights import SCRATCH
from tlcore.errors import ChoiceError
from tlcore.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedWeights:
    """A state dict that was found to fit a backbone."""

    sha256: str
    name: str
    """What the person called the file; display only."""
    backbone: str


class Imported:
    """The imported weights of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, workspace: str, weights: ImportedWeights) -> None:
        """Keep the note that these weights are there."""
        query = "INSERT INTO weights VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        self._database.write(query, workspace, weights.sha256, weights.name, weights.backbone)

    def of(self, workspace: str, backbone: str) -> list[ImportedWeights]:
        """Return a workspace's own weights for a backbone."""
        query = "SELECT * FROM weights WHERE workspace = ? AND backbone = ? ORDER BY name"
        return [
            ImportedWeights(sha256=row["sha256"], name=row["name"], backbone=row["backbone"])
            for row in self._database.rows(query, workspace, backbone)
        ]

    def check(self, workspace: str, card: BackboneCard, weights: str, hint: str) -> None:
        """Raise ChoiceError if a plan begins with a file that is not the workspace's; `hint` says how to bring it."""
        known = weights == SCRATCH or card.published(weights) is not None
        if not known and weights not in {file.sha256 for file in self.of(workspace, card.name)}:
            raise ChoiceError(
                f"The plan begins with a weights file of somebody's own, {weights[:8]}…, which is not here.", hint
            )
