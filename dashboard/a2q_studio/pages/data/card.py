"""The card of a dataset: all there is to know before it is loaded."""

import streamlit as st

from a2q.datasets import DatasetCard, DatasetConfig, is_ready
from a2q.datasets.catalogue import SPECS
from a2q.datasets.importers.import_store import is_own
from a2q.datasets.memory import first_load_memory, training_memory
from a2q_studio.ui.cost import size
from a2q_studio.ui.dataset_card import READY, WAIT

_MIB = 2**20


def show_card(card: DatasetCard, config: DatasetConfig) -> None:
    """Draw the card."""
    st.markdown(f"**{card.title}** · {card.why}")
    needs = (READY if is_ready(card.name) else WAIT)[card.needs]
    facts = {
        "Task": f"{card.task}{', inductive: test nodes are hidden while training' if card.inductive else ''}",
        "Split": card.split,
        "Source": card.source,
        "Licence": card.licence,
        "Citation": card.citation,
        "On disk": _on_disk(card),
        "Needs": needs.replace("when training starts", "at first use"),
        "Memory to train": _memory(card, config),
    }
    with st.expander("Card: task, split, source, licence, size, memory", icon=":material/badge:"):
        st.markdown("  \n".join(f"**{name}**: {fact}" for name, fact in facts.items()))


def _on_disk(card: DatasetCard) -> str:
    if is_own(card.name):
        return "kept on this server as arrays, until it is deleted on this page"
    spec = SPECS[card.name]
    if not spec.files:
        return "nothing is kept but what can be made again"
    found = spec.to_use().size()
    if found is not None:
        return f"{found / _MIB:.1f} MiB of raw files, here"
    return "told when the download starts" if card.raw_mib is None else f"{card.raw_mib:.1f} MiB of raw files"


def _memory(card: DatasetCard, config: DatasetConfig) -> str:
    gcn, gat = (training_memory(card, config, attention=attention) for attention in (False, True))
    if gcn is None or gat is None:
        return "depends on the graph; Train estimates it from runs on this machine"
    first = first_load_memory(card)
    once = "" if first is None else f"; its first load takes roughly {size(first)}, once"
    return (
        f"roughly {size(gcn)} for a GCN of two layers of 16, {size(gat)} for a GAT of 8 heads of 8, besides Python "
        f"and its libraries; Train estimates it for a run's own settings{once}"
    )
