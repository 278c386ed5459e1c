import json
from pathlib import Path

import numpy as np
import pytest
import torch

from a2q.datasets import DatasetConfig, DatasetError, card, is_ready, listing, load, load_graphs
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload
from a2q.graph import prepare

FORMATS = (
    "csv",
    "tsv",
    "txt",
    "semicolons",
    "parquet",
    "graphml",
    "gexf",
    "gml",
    "json",
    "links",
    "npz",
    "npz-dense",
    "npz-sparse",
    "npz-scipy",
    "mtx",
)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_graph(form: str, small, formats, take) -> None:
    found = take(*formats[form])
    data = load(found.card.name).data
    edges = {tuple(edge) for edge in small.edges}
    assert {tuple(edge) for edge in data.edge_index.t().tolist()} == edges | {(b, a) for a, b in edges}
    assert data.edge_index.shape[1] == 2 * len(edges)
    names = getattr(data, "node_names", None) or [str(node) for node in range(12)]
    order = [names.index(str(node)) for node in range(12)]
    assert torch.equal(data.x[order], torch.from_numpy(small.features))
    assert [data.class_names[label] for label in data.y[order]] == list(small.labels)
    for part, mask in zip(
        ("train", "validation", "test"), (data.train_mask, data.val_mask, data.test_mask), strict=True
    ):
        assert [word == part for word in small.split] == mask[order].tolist()
    assert (found.card.nodes, found.card.edges, found.card.features, found.card.classes) == (12, 2 * len(edges), 2, 2)
    assert found.card.train_nodes == int(data.train_mask.sum())
    assert found.card.binary == (prepare(data).input_bits == 1)


def test_the_same_content_has_the_same_name_whatever_the_format(formats, take) -> None:
    names = {form: take(*formats[form]).card.name for form in ("csv", "tsv", "parquet", "npz", "mtx", "json")}
    assert len(set(names.values())) == 1
    assert len(list(keeping.folder().iterdir())) == 1


def test_another_content_has_another_name(small, formats, take) -> None:
    table = ("nodes.csv", small.nodes_csv())
    names = {
        take(("e.csv", small.csv()), table).card.name,
        take(("e.csv", small.csv() + b"2,6\n"), table).card.name,
        take(("e.csv", small.csv()), ("nodes.csv", small.nodes_csv().replace(b"0.5,", b"0.6,"))).card.name,
        take(("e.csv", small.csv()), ("nodes.csv", small.nodes_csv().replace(b"red", b"green"))).card.name,
        take(("e.csv", small.csv()), table, directed=True).card.name,
        take(("e.csv", small.csv()), table, split="", seed=1).card.name,
        take(("e.csv", small.csv()), table, features=("a",)).card.name,
    }
    assert len(names) == 7


def test_direction_is_part_of_the_name_even_where_the_edges_stored_are_the_same(small, take) -> None:
    """Every edge leads from a lower to a higher number, as undirected ones are stored too."""
    path = ("edges.csv", b"source,target\n" + b"".join(b"%d,%d\n" % (node, node + 1) for node in range(11)))
    both, one = (take(path, ("nodes.csv", small.nodes_csv()), directed=directed).card for directed in (False, True))
    assert (both.edges, one.edges) == (22, 11)
    assert both.name != one.name
    stored = [keeping.arrays_of(card.name)["edges"] for card in (both, one)]
    assert np.array_equal(*stored)


def test_an_imported_graph_is_a_data_set_like_any_other(small, formats, take) -> None:
    found = take(*formats["csv"], title="Mine")
    name = found.card.name
    assert name == f"own-{found.digest[:12]}"
    assert card(name) == found.card
    assert list(listing())[-1] == name
    assert is_ready(name)
    assert DatasetConfig(name=name).name == name
    loaded = load(DatasetConfig(name=name))
    assert loaded.source == "Mine (your own files: edges.csv, nodes.csv)"
    with pytest.raises(DatasetError, match="Mine is one graph, not a set of graphs"):
        load_graphs(name)


def test_a_deleted_graph_keeps_its_card_for_its_runs(small, formats, take) -> None:
    files = formats["csv"]
    name = take(*files).card.name
    keeping.delete(name)
    assert not is_ready(name)
    assert name not in listing()
    assert DatasetConfig(name=name).name == name
    with pytest.raises(DatasetError, match=r"was deleted from this machine; import its files \(edges.csv, nodes.csv\)"):
        load(name)
    with pytest.raises(DatasetError, match="is deleted already"):
        keeping.delete(name)
    assert take(*files).card.name == name
    assert is_ready(name)


@pytest.mark.parametrize("name", ["own-000000000000", "own-../../etc", "own-"])
def test_a_graph_that_was_never_imported_is_unknown(name: str) -> None:
    with pytest.raises(DatasetError, match="There is no"):
        card(name)


def test_files_on_disk_are_read_in_place(small, formats, tmp_path: Path, take) -> None:
    (tmp_path / "edges.csv").write_bytes(small.csv())
    (tmp_path / "nodes.csv").write_bytes(small.nodes_csv())
    found = import_graph(Files(Upload.of(tmp_path / "edges.csv"), Upload.of(str(tmp_path / "nodes.csv"))))
    assert found.card.name == take(*formats["csv"]).card.name
    with pytest.raises(DatasetError, match="There is no file"):
        Upload.of(tmp_path / "none.csv")


def test_progress_rises_and_what_it_raises_leaves_nothing(small) -> None:
    files = Files(Upload.of(small.csv(), "edges.csv"), Upload.of(small.nodes_csv(), "nodes.csv"))
    told: list[float] = []
    import_graph(files, progress=lambda fraction, sentence: told.append(fraction))
    assert told == sorted(told) and told[0] == 0 and told[-1] == 1
    kept = set(keeping.folder().iterdir())

    def stop(fraction: float, _: str) -> None:
        if fraction > 0.7:
            raise KeyboardInterrupt

    other = Files(Upload.of(small.csv() + b"2,6\n", "edges.csv"), files.nodes)
    with pytest.raises(KeyboardInterrupt):
        import_graph(other, progress=stop)
    assert set(keeping.folder().iterdir()) == kept


class TestWithout:
    """What is said and done where something is missing."""

    def test_features_in_degree_stands_in(self, small, formats, take) -> None:
        nodes = small.nodes_frame.drop(columns=["a", "b"]).to_csv(index=False).encode()
        found = take(("e.csv", small.csv()), ("nodes.csv", nodes))
        loaded = load(found.card.name)
        assert torch.equal(loaded.data.x.argmax(1), loaded.in_degree)
        assert torch.equal(loaded.data.x.sum(1), torch.ones(12))
        assert any("no features: every node gets its in-degree one-hot, in" in sentence for sentence in found.warnings)

    def test_features_a_constant_stands_in(self, small, formats, take) -> None:
        found = take(("e.csv", small.csv()), ("nodes.csv", small.nodes_csv()), features=(), missing_features="constant")
        assert load(found.card.name).data.x.tolist() == [[1.0]] * 12
        assert any(sentence == "There are no features: every node gets a 1." for sentence in found.warnings)

    def test_a_split_is_drawn_of_each_class_and_by_seed(self, take) -> None:
        edges = "\n".join(f"{node},{node + 1}" for node in range(99))
        nodes = "id,label\n" + "\n".join(f"{node},{'rare' if node % 10 == 0 else 'common'}" for node in range(100))
        found = [take(("e.csv", edges.encode()), ("n.csv", nodes.encode()), seed=seed) for seed in (0, 0, 1)]
        first, again, other = (load(one.card.name).data for one in found)
        assert torch.equal(first.train_mask, again.train_mask)
        assert not torch.equal(first.train_mask, other.train_mask)
        for mask, share in ((first.train_mask, 0.6), (first.val_mask, 0.2), (first.test_mask, 0.2)):
            assert mask.sum() == 100 * share
            assert (first.y[mask] == 1).sum() == 10 * share
        assert "60 % train, 20 % validation, 20 % test are drawn, of each class, with seed 0." in " ".join(
            found[0].warnings
        )

    def test_labels_nothing_is_made_up_unless_asked_for(self, small, formats, take) -> None:
        with pytest.raises(DatasetError, match="No column of labels is chosen"):
            take(("e.csv", small.csv()))
        found = take(("e.csv", small.csv()), stand_in_labels=True)
        loaded = load(found.card.name)
        assert any("stand in for classes, which says nothing of your data" in sentence for sentence in found.warnings)
        means = [loaded.in_degree[loaded.data.y == kind].float().mean() for kind in range(loaded.num_classes)]
        assert means == sorted(means)
        assert loaded.class_names[-1] == "high in-degree"

    def test_some_labels_those_nodes_stay_in_no_part(self, small, formats, take) -> None:
        frame = small.nodes_frame
        frame.loc[3, "label"] = None
        found = take(("e.csv", small.csv()), ("n.csv", frame.to_csv(index=False).encode()))
        data = load(found.card.name).data
        assert data.y[3] == -1
        assert not (data.train_mask | data.val_mask | data.test_mask)[3]
        assert "1 of 12 rows of n.csv have no label in column 'label': they are kept" in " ".join(found.warnings)
        assert "1 nodes of the split have no label" in " ".join(found.warnings)


class TestSaidAloud:
    """What is mended, and said with the row."""

    def test_self_loops_repeats_and_lonely_nodes(self, take) -> None:
        edges = b"source,target\n0,1\n1,1\n1,2\n2,1\n2,3\n0,1\n3,4\n4,5\n"
        nodes = "id,x1,label\n" + "".join(f"{node},{node},{node % 2}\n" for node in range(8))
        found = take(("e.csv", edges), ("n.csv", nodes.encode()))
        text = " ".join(found.warnings)
        assert "Row 3 of e.csv joins a node with itself (1 self-loop in all): left out" in text
        assert "Row 5 of e.csv repeats an edge (in either direction); 2 repeats in all" in text
        assert "2 nodes have no edge (first: '6')" in text
        assert found.card.edges == 10
        directed = take(("e.csv", edges), ("n.csv", nodes.encode()), directed=True)
        assert "Row 7 of e.csv repeats an edge; 1 repeat in all" in " ".join(directed.warnings)
        assert directed.card.edges == 6

    def test_columns_that_are_not_used(self, small, formats, take) -> None:
        nodes = small.nodes_frame.assign(title="words").to_csv(index=False).encode()
        told = "Columns 'title' of n.csv are not used: they are text; as one-hot, each value of one gets a column."
        assert told in take(("e.csv", small.csv()), ("n.csv", nodes)).warnings

    def test_what_edges_say_beyond_their_ends(self, take) -> None:
        ends = [(n, m) for n in range(12) for m in range(n + 1, 12) if n < 3]
        edges = "from,to,weight,year\n" + "".join(f"{n},{m},0.5,{1990 + n}\n" for n, m in ends)
        found = take(("e.csv", edges.encode()), stand_in_labels=True)
        sentence = "Columns 'weight', 'year' of e.csv are not used: edges have no weights or attributes here."
        assert sentence in found.warnings

    def test_a_label_of_minus_one_is_none(self, take) -> None:
        nodes = "id,f,y\n" + "".join(f"{node},{node},{(-1, 0, 1)[node % 3]}\n" for node in range(12))
        edges = "".join(f"{node},{node + 1}\n" for node in range(11))
        found = take(("e.csv", edges.encode()), ("n.csv", nodes.encode()))
        assert (found.card.classes, found.card.class_names) == (2, ("0", "1"))
        assert any(
            "Label -1 in column 'y' of n.csv is taken to mean that there is none" in one for one in found.warnings
        )


class TestValues:
    """Regression."""

    def test_values_of_nodes_are_standardised_over_the_training_part(self, small, formats, take) -> None:
        value = np.arange(12) * 10 + 3.5
        nodes = small.nodes_frame.assign(label=value).to_csv(index=False).encode()
        found = take(("e.csv", small.csv()), ("n.csv", nodes))
        loaded = load(found.card.name)
        assert (found.card.task, found.card.classes, loaded.num_classes) == ("node regression", None, 1)
        train = loaded.data.y[loaded.data.train_mask]
        assert train.mean().abs() < 1e-6 and train.std(correction=0) == pytest.approx(1)
        assert torch.corrcoef(torch.stack([loaded.data.y, torch.from_numpy(value)]))[0, 1] == pytest.approx(1)
        assert any(one.startswith("Values are standardised: 0 stands for") for one in found.warnings)

    def test_numbers_are_classes_or_values_as_asked(self, small, formats, take) -> None:
        nodes = ("n.csv", small.nodes_frame.assign(label=[0, 1, 2] * 4).to_csv(index=False).encode())
        edges = ("e.csv", small.csv())
        assert take(edges, nodes).card.task == "node classification"
        assert take(edges, nodes, task="values").card.task == "node regression"
        many = "id,label\n" + "\n".join(f"{node},{node}" for node in range(60))
        path = "\n".join(f"{node},{node + 1}" for node in range(59))
        assert take(("e.csv", path.encode()), ("n.csv", many.encode())).card.task == "node regression"


class TestGraphs:
    """A label for each graph."""

    EDGES = "source,target\n" + "".join(f"{3 * g + a},{3 * g + b}\n" for g in range(10) for a, b in ((0, 1), (1, 2)))
    NODES = "id,graph,f,label\n" + "".join(
        f"{n},{9 - n // 3},{n / 2},{'ring' if n // 3 % 2 else 'path'}\n" for n in range(30)
    )

    def test_labels_that_nodes_of_a_graph_share(self, take) -> None:
        found = take(("e.csv", self.EDGES.encode()), ("n.csv", self.NODES.encode()))
        assert found.card.task == "graph classification"
        assert (found.card.graphs, found.card.mean_nodes, found.card.mean_edges) == (10, 3, 4)
        loaded = load_graphs(found.card.name)
        assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (6, 2, 2)
        for number, graph in enumerate(loaded.graphs):
            first = 3 * (9 - number)
            assert graph.x.flatten().tolist() == [first / 2, (first + 1) / 2, (first + 2) / 2]
            assert {tuple(edge) for edge in graph.edge_index.t().tolist()} == {(0, 1), (1, 0), (1, 2), (2, 1)}
            assert loaded.class_names[graph.y] == ("ring" if (9 - number) % 2 else "path")
        with pytest.raises(DatasetError, match="is a set of 10 graphs"):
            load(found.card.name)

    def test_a_table_of_graphs_has_labels_and_split(self, take) -> None:
        split = ["train"] * 6 + ["validation", "validation", "test", "test"]
        graphs = "graph,value,split\n" + "".join(f"{g},{g * 1.5},{split[g]}\n" for g in range(10))
        found = take(("e.csv", self.EDGES.encode()), ("n.csv", self.NODES.encode()), ("g.csv", graphs.encode()))
        loaded = load_graphs(found.card.name)
        assert found.card.task == loaded.task == "graph regression"
        assert [part.tolist() for part in (loaded.train, loaded.validation, loaded.test)] == [
            [0, 1, 2, 3, 4, 5],
            [6, 7],
            [8, 9],
        ]
        values = torch.cat([graph.y for graph in loaded.graphs])
        assert torch.allclose(values.diff(), values.diff()[0])


def test_text_names_are_kept_and_numbers_are_sorted(take) -> None:
    found = take(
        ("e.csv", b"from,to\nzoe,ann\nann,bob\nbob,cy\ncy,dee\ndee,eve\neve,zoe\nann,eve"), stand_in_labels=True
    )
    assert load(found.card.name).data.node_names == ["zoe", "ann", "bob", "cy", "dee", "eve"]
    found = take(("e.csv", b"10,2\n2,33\n33,10\n33,4\n4,5\n5,6\n2,4"), stand_in_labels=True)
    assert load(found.card.name).data.node_names == ["2", "4", "5", "6", "10", "33"]


def test_a_flipped_bit_of_a_card_is_told_and_earlier_cards_have_no_sum(formats, take) -> None:
    name = take(*formats["csv"]).card.name
    place = keeping.folder() / name
    whole, content = keeping.imported(name), (place / "card.json").read_bytes()
    for bit in range(0, 8 * len(content), 37):
        spoilt = bytearray(content)
        spoilt[bit // 8] ^= 1 << bit % 8
        (place / "card.json").write_bytes(spoilt)
        with pytest.raises(DatasetError, match=r"card of own-.* is damaged; delete the folder"):
            keeping.imported(name)
    (place / "card.json").write_bytes(content)
    (place / "card.sha256").unlink()
    assert keeping.imported(name) == whole


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_flipped_bit_of_a_stored_graph_is_told_or_changes_nothing(form: str, formats, take) -> None:
    name = take(*formats[form]).card.name
    file = keeping.folder() / name / "graph.npz"
    whole, content = keeping.arrays_of(name), file.read_bytes()
    refused = 0
    for place in range(0, len(content), 3):
        file.write_bytes(content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :])
        try:
            found = keeping.arrays_of(name)
        except DatasetError as error:
            assert str(error) == f"{file} is damaged; delete {name} and import its files again."
            refused += 1
        else:
            # Times and rights of members are in a ZIP too.
            assert found.keys() == whole.keys() and all(np.array_equal(found[key], whole[key]) for key in whole)
    assert refused > len(content) / 3 / 2


def test_a_card_of_another_graph_is_told(small, formats, take) -> None:
    names = [take(*formats["csv"], **how).card.name for how in ({}, {"directed": True})]
    cards = [keeping.folder() / name / "card.json" for name in names]
    cards[0].write_bytes(cards[1].read_bytes())
    with pytest.raises(DatasetError, match="is damaged; delete the folder"):
        load(names[0])
    cards[1].write_text(cards[1].read_text().replace('"directed": true', '"directed": false'))
    (cards[1].parent / "card.sha256").unlink()
    with pytest.raises(DatasetError, match="is damaged; delete own-"):
        load(names[1])


def test_the_stored_graph_holds_no_pickle_and_damage_is_told(small, formats, take) -> None:
    name = take(*formats["csv"]).card.name
    place = keeping.folder() / name
    with np.load(place / "graph.npz", allow_pickle=False) as arrays:
        kinds = {array: arrays[array].dtype.kind for array in arrays.files}
    assert kinds == {"x": "f", "edges": "u", "edges_of_part": "i", "y": "i", "split": "u"}
    assert json.loads((place / "card.json").read_text())["card"]["name"] == name
    (place / "graph.npz").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(DatasetError, match="is damaged; delete own-"):
        load(name)
    (place / "card.json").write_text("{}")
    with pytest.raises(DatasetError, match="is damaged; delete the folder"):
        card(name)
    assert name not in listing()
