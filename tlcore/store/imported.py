"""Weights files that people brought along."""

from dataclasses import dataclass

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
