"""Pictures from the camera of whoever looks at the page: classes that are named in place, and bursts for each."""

from collections.abc import Callable, Sequence

from tlcore.ui.components.bridge import register
from tlcore.ui.components.sending import Part, mount_sending

_mount = register("webcam", "shared", "sending", "camera", "hold_button")


def webcam(
    *,
    key: str,
    on_part: Callable[[Part], None],
    acknowledged: int,
    problem: str = "",
    filed: str = "",
    classes: Sequence[str] = (),
    add_to: str = "",
) -> None:
    """Show the camera and a row for each class, and call `on_part` with each part of what was recorded.

    `add_to` names the set that the pictures are added to, if they are not to make a new one; `classes` are those that
    it has. Each picture's path is its class and a name. See `mount_sending` for the rest.
    """
    mount_sending(
        _mount,
        key=key,
        on_part=on_part,
        acknowledged=acknowledged,
        problem=problem,
        filed=filed,
        classes=list(classes),
        add_to=add_to,
    )
