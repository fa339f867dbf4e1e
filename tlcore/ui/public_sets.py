"""The public sets that can be downloaded: what each is, how much it is, and whose."""

import streamlit as st

from tlcore.data.downloads import PublicSet
from tlcore.data.public_sets import PUBLIC_SETS, public_set
from tlcore.errands import FetchSet
from tlcore.text import memory
from tlcore.ui.components.static import numbers
from tlcore.ui.gathering import begin
from tlcore.ui.session import draft

_TITLES = {public.key: public.title for public in PUBLIC_SETS}


def draw_public_sets() -> None:
    """Draw the sets by their titles, and what is to be known of the one that is looked at."""
    st.caption("The only thing here that needs the internet; what broke off goes on where it stopped.")
    looked_at = st.pills(
        "Public set",
        list(_TITLES),
        format_func=_TITLES.__getitem__,
        default=PUBLIC_SETS[0].key,
        required=True,
        key="public_set",
        label_visibility="collapsed",
    )
    _draw(public_set(looked_at))


def _draw(public: PublicSet) -> None:
    st.markdown(public.about)
    st.html(
        numbers(
            [
                (f"{public.classes}", "classes", ""),
                (f"{public.pictures:,}", "pictures", ""),
                (memory(public.size), "to download", ""),
            ]
        )
    )
    chosen = _chosen(public) if public.class_folders else ()
    st.caption(public.origin)
    errand = FetchSet(public_set=public.key, seed=draft().seed, classes=chosen)
    st.button(
        f"Download {public.title}",
        key="download_public",
        disabled=len(chosen) == 1,
        help="One class alone cannot be told from anything." if len(chosen) == 1 else None,
        on_click=begin,
        args=(errand,),
    )


def _chosen(public: PublicSet) -> tuple[str, ...]:
    """Let a person choose some of the classes, and return their folders; none means all."""
    return tuple(
        st.multiselect(
            "Classes to take; the download is the whole set all the same",
            public.class_folders,
            format_func=lambda folder: folder.replace("_", " "),
            placeholder=f"All {public.classes}",
            key=f"classes_{public.key}",
        )
    )
