"""The public sets that can be downloaded: what each is, how much it is, and whose."""

import streamlit as st

from tlcore.data.downloads import PublicSet
from tlcore.data.public_sets import PUBLIC_SETS
from tlcore.errands import FetchSet
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft
from tlcore.ui.words import count, memory

_FEWEST = 2
"""Classes; one alone cannot be told from anything."""


def draw_public_sets() -> None:
    """Draw the list; a download is the only thing on this page that asks another machine, and only when pressed."""
    st.caption("The only thing here that needs the internet. What broke off goes on where it stopped.")
    for public in PUBLIC_SETS:
        with st.container(key=f"row_public_{public.key}"):
            _draw(public)


def _draw(public: PublicSet) -> None:
    about, numbers, button = st.columns([3.2, 1.5, 1], vertical_alignment="center")
    with about:
        st.markdown(f"**{public.title}**")
        st.caption(f"{public.about} {public.origin}")
        chosen = _chosen(public) if public.class_folders else ()
    numbers.caption(
        f"{count(public.classes, 'class', 'classes')}  \n{count(public.pictures, 'picture')}  \n{memory(public.size)}"
    )
    with button.container(key=f"slim_public_{public.key}"):
        errand = FetchSet(public_set=public.key, seed=draft().seed, classes=chosen)
        st.button(
            "Download",
            key=f"fetch_{public.key}",
            help=f"Download {public.title}",
            disabled=0 < len(chosen) < _FEWEST,
            on_click=begin,
            args=(errand,),
        )


def _chosen(public: PublicSet) -> tuple[str, ...]:
    """Let a person choose some of the classes, and return their folders; none means all."""
    return tuple(
        st.multiselect(
            f"Classes of {public.title} to take; the download is the whole set all the same",
            public.class_folders,
            format_func=lambda folder: folder.replace("_", " "),
            placeholder=f"All {public.classes}",
            key=f"classes_{public.key}",
        )
    )
