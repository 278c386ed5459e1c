import pytest
from pydantic import ValidationError

from data import CATALOGUE, DEFAULT, DatasetConfig, DatasetError, card, is_ready, load


def test_every_card_goes_by_its_name_and_says_what_it_is() -> None:
    assert DEFAULT in CATALOGUE
    for name, entry in CATALOGUE.items():
        assert entry.name == name == name.lower()
        assert entry.title and entry.source and entry.licence and entry.citation
        assert entry.why.endswith(".")


def test_only_a_generated_graph_is_sizable() -> None:
    assert [name for name, entry in CATALOGUE.items() if entry.sizable] == ["generated-citations"]


def test_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["cora"] = card("pubmed")  # type: ignore[index]
    with pytest.raises(ValidationError):
        card("cora").title = "Another"  # type: ignore[misc]


@pytest.mark.parametrize("ask", [card, load, is_ready])
def test_an_unknown_name_gets_the_nearest_and_the_list(ask: object) -> None:
    with pytest.raises(DatasetError, match=r"no data set 'Coar'; did you mean 'cora'\? choose one of cora, cite"):
        ask("Coar")  # type: ignore[operator]


def test_a_name_near_to_none_gets_the_list_only() -> None:
    with pytest.raises(DatasetError, match=r"^There is no data set 'xyzzy'; choose one of cora"):
        card("xyzzy")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "coar"}, "did you mean 'cora'"),
        ({"name": "cora", "nodes": 100}, "nodes is 100, but Cora has one size and no seed"),
        ({"name": "cora", "graph_seed": 0}, "leave graph_seed out, or choose generated-citations"),
        (
            {"name": "generated-citations", "nodes": 49},
            "nodes is 49; a generated graph can have 50 to 2,000,000",
        ),
        ({"name": "generated-citations", "nodes": 2_000_001}, "nodes is 2,000,001; a generated"),
        ({"name": "generated-citations", "graph_seed": -1}, "graph_seed is -1; a seed is a whole number"),
        ({"name": "cora", "split": "full"}, "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_config_is_told_in_a_sentence(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DatasetConfig.model_validate(fields)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    "config",
    [DatasetConfig(name="cora"), DatasetConfig(name="generated-citations", nodes=50, graph_seed=3)],
)
def test_a_config_goes_to_json_and_back(config: DatasetConfig) -> None:
    assert DatasetConfig.model_validate_json(config.model_dump_json()) == config
