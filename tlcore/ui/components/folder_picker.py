"""Takes a folder, some files or an archive from the browser to this machine."""

from collections.abc import Callable

from tlcore.ui.components.bridge import register
from tlcore.ui.components.sending import Part, mount_sending

_mount = register("folder_picker", "shared", "sending")


def folder_picker(
    *,
    key: str,
    on_part: Callable[[Part], None],
    acknowledged: int,
    problem: str = "",
    filed: str = "",
    needs_folders: bool = False,
) -> None:
    """Show the place to drop a folder, and call `on_part` with each part of what comes; see `mount_sending`.

    Where it `needs_folders`, files that lie in none are not sent: the person is told to choose their class first.
    """
    mount_sending(
        _mount,
        key=key,
        on_part=on_part,
        acknowledged=acknowledged,
        problem=problem,
        filed=filed,
        needs_folders=needs_folders,
    )
