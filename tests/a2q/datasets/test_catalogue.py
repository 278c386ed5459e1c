import pytest
from pydantic import ValidationError

from a2q.datasets import CATALOGUE, DEFAULT, DatasetConfig, DatasetError, card, is_ready, load, load_graphs
from a2q.datasets.catalogue import SPECS
from a2q.datasets.config import OPTIONS
from a2q.datasets.graph_sets.tu import FOLDS
from a2q.datasets.sets.rebuilt import REBUILT


def test_every_card_goes_by_its_name_and_says_what_it_is() -> None:
    assert DEFAULT in CATALOGUE
    for name, entry in CATALOGUE.items():
        assert entry.name == name == name.lower()
        assert entry.title and entry.source and entry.licence and entry.citation and entry.split
        assert entry.why.endswith(".")
        assert len(entry.class_names) in (0, entry.classes)


def test_a_card_has_the_sizes_of_its_task() -> None:
    for entry in CATALOGUE.values():
        of_graphs = (entry.graphs, entry.mean_nodes, entry.mean_edges)
        assert all(size is not None for size in of_graphs) == entry.graph_level
        assert entry.nodes is None or not entry.graph_level
        assert (entry.task == "graph regression") == (entry.graph_level and entry.classes is None)
        assert entry.folds in (None, FOLDS)
    for entry in CATALOGUE.values():
        # TUDataset's are cross-validated; one graph may come with ten splits.
        several = "through PyTorch Geometric's TUDataset" in entry.source or "10 published splits" in entry.split
        assert (entry.folds == FOLDS) == several
    assert [name for name, entry in CATALOGUE.items() if entry.types] == ["zinc"]


def test_each_set_to_download_has_raw_files_and_the_published_come_first() -> None:
    downloaded = {name: spec.files for name, spec in SPECS.items() if spec.files}
    assert set(downloaded) == {name for name, entry in CATALOGUE.items() if entry.needs == "download"}
    for name, files in downloaded.items():
        assert files[0].names
        assert [bool(other.rebuilt) for other in files] == [False] + [True] * (len(files) - 1)
        assert (len(files) > 1) == (name in REBUILT)


def test_a_rebuilt_set_says_so_wherever_it_is_named() -> None:
    for name, entry in REBUILT.items():
        assert entry.name == name
        assert entry.title == f"{card(name).title} (rebuilt)"
        assert entry.source.startswith("rebuilt")
        assert (entry.graphs, entry.mean_edges) != (card(name).graphs, card(name).mean_edges)
        assert all(files.title == entry.title for files in SPECS[name].files[1:])


def test_only_a_generated_graph_or_a_drawn_split_has_options() -> None:
    for name, entry in CATALOGUE.items():
        drawn = {"nodes", "graph_seed"} if "drawn at random from a seed" in entry.source else set()
        drawn |= {"split_seed"} if "drawn with a seed" in entry.split else set()
        shape = {"exponent", "homophily", "label_rate", "feature_sparsity"}
        assert set(entry.options) - shape == drawn, name
    assert {option for entry in CATALOGUE.values() for option in entry.options} == set(OPTIONS)


def test_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["cora"] = card("pubmed")  # type: ignore[index]
    with pytest.raises(ValidationError):
        card("cora").title = "Another"  # type: ignore[misc]


@pytest.mark.parametrize("ask", [card, load, load_graphs, is_ready])
def test_an_unknown_name_gets_the_nearest_and_the_list(ask: object) -> None:
    with pytest.raises(DatasetError, match=r"no dataset 'Coar'; did you mean 'cora'\? choose one of cora, cite"):
        ask("Coar")  # type: ignore[operator]


def test_a_name_near_to_none_gets_the_list_only() -> None:
    with pytest.raises(DatasetError, match=r"^There is no dataset 'xyzzy'; choose one of cora"):
        card("xyzzy")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "coar"}, "did you mean 'cora'"),
        ({"name": "cora", "nodes": 100}, "nodes is 100, but Cora has one size and no seed"),
        ({"name": "cora", "graph_seed": 0}, "leave graph_seed out, or choose generated-citations"),
        (
            {"name": "generated-citations", "nodes": 49},
            "nodes is 49; it can be from 50 to 2,000,000",
        ),
        ({"name": "generated-citations", "nodes": 2_000_001}, "nodes is 2,000,001; it can be from"),
        ({"name": "generated-citations", "graph_seed": -1}, "graph_seed is -1; it can be from 0 to"),
        ({"name": "generated-citations", "exponent": 3.0}, "a shape of its own: leave exponent out, or choose power-l"),
        ({"name": "power-law", "exponent": 2.0}, "exponent is 2.0; it can be from 2.05 to 5.0."),
        ({"name": "ring", "homophily": float("nan")}, "homophily is nan; it can be from 0.0 to 1.0."),
        ({"name": "cora", "split_seed": 1}, "Cora has a split of its own that no seed changes"),
        (
            {"name": "cora", "fold": 0},
            "fold is 0, but Cora has one split and no folds: leave fold out, or choose actor",
        ),
        ({"name": "zinc", "fold": 3}, "reddit-binary, proteins, mutag, enzymes, imdb-binary, imdb-multi, nci1."),
        ({"name": "mutag", "fold": 10}, "fold is 10; the folds of MUTAG are 0 to 9."),
        ({"name": "mutag", "fold": -1}, "fold is -1; the folds of MUTAG are 0 to 9."),
        ({"name": "mutag", "nodes": 100}, "nodes is 100, but MUTAG has one size"),
        ({"name": "cora", "split": "full"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_config_is_told_in_a_sentence(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetConfig.model_validate(fields)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "config",
    [
        DatasetConfig(name="cora"),
        DatasetConfig(name="generated-citations", nodes=50, graph_seed=3),
        DatasetConfig(name="mutag", fold=9),
        DatasetConfig(name="power-law", exponent=2.2, homophily=0.5, label_rate=0.1, feature_sparsity=0.9),
        DatasetConfig(name="amazon-photo", split_seed=7),
    ],
)
def test_a_config_goes_to_json_and_back(config: DatasetConfig) -> None:
    assert DatasetConfig.model_validate_json(config.model_dump_json()) == config


def test_a_config_is_written_as_before_options_came() -> None:
    # Stored runs are found again by a fingerprint of this text.
    written = '{"name":"cora","nodes":null,"graph_seed":null,"fold":null}'
    assert DatasetConfig(name="cora").model_dump_json() == written
    chosen = DatasetConfig(name="ring", homophily=0.5).model_dump_json()
    assert chosen == '{"name":"ring","nodes":null,"graph_seed":null,"fold":null,"homophily":0.5}'
