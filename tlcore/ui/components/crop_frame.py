"""A picture with a frame drawn on it: inside is what the network gets, outside is veiled."""

from html import escape


def crop_frame(image: str, frame: tuple[float, float, float, float], description: str) -> str:
    """Return the picture as HTML for `st.html`; the frame is left, top, width and height as shares of it."""
    style = "; ".join(
        f"{side}: {100 * share:.3f}%" for side, share in zip(("left", "top", "width", "height"), frame, strict=True)
    )
    return (
        f'<div class="thaw-crop"><img src="{escape(image)}" alt="{escape(description)}"><i style="{style}"></i></div>'
    )
