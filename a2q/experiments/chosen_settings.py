"""Settings for a graph that the paper has no command for, by what is known of the graph."""

from dataclasses import dataclass

from a2q.datasets import DatasetCard
from a2q.models.config import ModelConfig
from a2q.training.config import TrainingConfig

# Labels a class; between published splits of 20 and those of half of all nodes there is nothing to choose by.
_FEW = 50


@dataclass(frozen=True)
class ChosenSettings:
    """What is chosen for a graph, for FP32 and quantized networks alike.

    Attributes:
        weight_decay, dropout, lr, epochs: as in :class:`a2q.TrainingConfig` and :class:`a2q.ModelConfig`.
        width: values of a node between layers; of GAT all heads together.
        because: what they were chosen by, the end of a sentence.
    """

    weight_decay: float
    dropout: float
    width: int
    lr: float
    epochs: int
    because: str

    @property
    def why(self) -> str:
        """One sentence for whoever meets these settings."""
        return (
            f"Chosen for this graph: weight decay {self.weight_decay:g}, dropout {self.dropout:g}, width {self.width}, "
            f"because {self.because}."
        )


def chosen_settings(card: DatasetCard) -> ChosenSettings:
    """The settings for one graph, from its card alone: nothing is loaded.

    With few labels a class a network learns its training nodes by heart unless its weights are held small; with many,
    small weights are what holds it back. Real numbers are smaller than ones, so that larger weights are needed to
    tell them apart.

    Source: ours; docs/settings.md has the graphs they were chosen on and those they are held against.
    """
    if card.train_nodes is None:
        return ChosenSettings(1e-3, 0.5, 64, 0.01, 200, "how many nodes it is trained with is not recorded")
    per_class = card.train_nodes / (card.classes or 1)
    noun, are = ("label", "is") if round(per_class) == 1 and card.classes else ("labels", "are")
    rate = f"{per_class:,.0f} {noun} a class" if card.classes else f"{card.train_nodes:,} values to learn from"
    if per_class > _FEW:
        return ChosenSettings(5e-4, 0.5, 64, 0.01, 200, f"{rate} {are} many")
    if card.binary:
        return ChosenSettings(5e-3, 0.5, 64, 0.01, 200, f"{rate} {are} few and its features are 0 or 1")
    return ChosenSettings(2e-3, 0.5, 64, 0.01, 200, f"{rate} {are} few and its features are real numbers")


def with_chosen_settings(
    model: ModelConfig, training: TrainingConfig, chosen: ChosenSettings
) -> tuple[ModelConfig, TrainingConfig]:
    """A network and its optimizer with these settings in place of their own."""
    heads = model.heads if model.name == "gat" else 1
    shape = {"hidden": max(1, chosen.width // heads), "dropout": chosen.dropout}
    rates = {"weight_decay": chosen.weight_decay, "lr": chosen.lr, "epochs": chosen.epochs}
    return model.model_copy(update=shape), training.model_copy(update=rates)
