"""The plan as a YAML file: to take along, to read, and to bring back by file or paste."""

import secrets
from dataclasses import replace

import streamlit as st

from tlcore.catalog.backbones import backbone
from tlcore.draft import Draft
from tlcore.errors import ChoiceError
from tlcore.planfile import LARGEST, from_yaml, to_yaml
from tlcore.ui.editing import choose_phase, edit, show_refusal
from tlcore.ui.session import draft, store, workspace

_PASTED = "plan_pasted"
_SENT = "plan_sent"


def plan_file() -> None:
    """Draw the card with the file, its download, and the way back."""
    text = to_yaml(draft())
    with st.container(key="card_plan_file"):
        title, button = st.columns([1.6, 1], vertical_alignment="center")
        title.header("The plan as a file", anchor=False)
        with button.container(horizontal=True, horizontal_alignment="right"):
            st.download_button("Download plan.yaml", text, "plan.yaml", "application/yaml", on_click="ignore")
        st.caption("The same plan on the command line: `python -m tlcore train FOLDER --plan plan.yaml`")
        with st.expander("Read it"):
            st.code(text, language="yaml")
        with st.expander("Bring a plan"):
            # The key is another one after a plan was taken, which empties the box.
            nonce = st.session_state.setdefault(_SENT, secrets.token_hex(4))
            sent = st.file_uploader("A plan.yaml", type=["yaml", "yml"], max_upload_size=1, key=f"plan_file_{nonce}")
            st.text_area(
                "Or paste it",
                key=_PASTED,
                height=200,
                placeholder="backbone: resnet18\nphases:\n  - epochs: 10\n    rates: {head: 0.001}",
            )
            st.button("Use this plan", key="take_plan", on_click=_take, args=(sent.getvalue() if sent else None,))
            show_refusal("plan_file")


def _take(sent: bytes | None) -> None:
    pasted = str(st.session_state[_PASTED])
    if edit("plan_file", lambda plan: _read(plan, sent, pasted)):
        choose_phase(0)
        st.toast("The plan is taken.")
        st.session_state.update({_PASTED: "", _SENT: secrets.token_hex(4)})


def _read(plan: Draft, sent: bytes | None, pasted: str) -> Draft:
    if sent is not None and pasted.strip():
        raise ChoiceError("There is a file, and something is pasted too.", "Empty one of the two.")
    if sent is not None and len(sent) > 4 * LARGEST:
        raise ChoiceError(f"The file has {len(sent):,} bytes.", f"A plan has at most {LARGEST:,} characters.")
    try:
        text = pasted if sent is None else sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ChoiceError("The file is not text.", "It takes YAML in UTF-8.") from None
    brought = from_yaml(text)
    card = backbone(brought.backbone)
    hint = f"Bring the file on this page, with {card.title} chosen, then the plan again."
    store().imported.check(workspace(), card, brought.weights, hint)
    return replace(brought, data=plan.data)
