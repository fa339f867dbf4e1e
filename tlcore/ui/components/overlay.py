"""A heatmap over its picture; how strongly it covers is set in the browser, without a run of the script."""

from tlcore.ui.components.bridge import register

_mount = register("overlay", "shared")


def overlay(*, key: str, picture: str, heat: str, label: str, legend: tuple[str, str]) -> None:
    """Draw `heat` over `picture` (both data URIs or addresses on this server).

    `label` says what it shows, `legend` names little and much.
    """
    _mount(key=key, data={"picture": picture, "heat": heat, "label": label, "legend": list(legend)})
