"""One draft per workspace, so that a refresh loses nothing."""

from tlcore.catalog.backbones import DEFAULT, known
from tlcore.draft import Draft
from tlcore.errors import ChoiceError, DamagedError
from tlcore.records import from_json, to_json
from tlcore.store.database import Database, as_written


class Drafts:
    """The drafts of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, workspace: str) -> Draft:
        """Return the workspace's draft; a fresh one if there is none, or if an older Thaw wrote it.

        A network whose card is gone gives way to the default one.
        """
        row = self._database.row("SELECT body FROM drafts WHERE workspace = ?", workspace)
        try:
            with as_written():
                draft = from_json(Draft, row["body"]) if row else Draft()
        except (ChoiceError, DamagedError):
            return Draft()
        return draft if known(draft.backbone) else draft.on(DEFAULT)

    def keep(self, workspace: str, draft: Draft) -> None:
        """Replace the workspace's draft."""
        self._database.write(
            "INSERT INTO drafts VALUES (?, ?) ON CONFLICT (workspace) DO UPDATE SET body = excluded.body",
            workspace,
            to_json(draft),
        )
