import pytest

from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers import progress as with_progress
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload

EDGES = b"from,to\n" + b"".join(b"%d,%d\n" % (n % 500, (7 * n + n // 500) % 500) for n in range(20_000))
CONFIG = ImportConfig(stand_in_labels=True)


class NotWantedError(Exception):
    pass


def test_rows_are_told_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_progress, "EVERY_ROWS", 1)
    told: list[tuple[float, str]] = []
    import_graph(Files(Upload.of(EDGES, "many.csv")), CONFIG, lambda *report: told.append(report))
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert (0.25, "Reading the edges of 500 nodes: 20,000 rows of many.csv") in told


def test_an_import_that_is_not_wanted_at_the_last_moment_leaves_nothing() -> None:
    def stop(fraction: float, _: str) -> None:
        if fraction == 1:
            raise NotWantedError

    with pytest.raises(NotWantedError):
        import_graph(Files(Upload.of(EDGES, "many.csv")), CONFIG, stop)
    assert not list(keeping.folder().iterdir())


@pytest.mark.parametrize("at", [0.1, 0.25])
def test_an_import_ends_among_the_rows_and_leaves_nothing(at: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_progress, "EVERY_ROWS", 1)

    def stop(fraction: float, sentence: str) -> None:
        if fraction == at and "rows of" in sentence:
            raise NotWantedError

    with pytest.raises(NotWantedError):
        import_graph(Files(Upload.of(EDGES, "many.csv")), CONFIG, stop)
    assert not keeping.here()
    assert not list(keeping.folder().iterdir())
