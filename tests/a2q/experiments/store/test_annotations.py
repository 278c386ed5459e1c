import pytest

from a2q.experiments.store import RunError, RunStore, UnknownRunError, annotations
from a2q.experiments.store.annotations import MOST_NOTE_CHARACTERS, Annotation


def test_nothing_is_noted_until_somebody_does(store: RunStore, small) -> None:
    run = store.submit(small())
    assert store.annotations.of(run.id) == Annotation()
    assert store.annotations.all() == {}


def test_what_is_given_replaces_and_the_rest_stays(store: RunStore, small) -> None:
    run, other = store.submit(small()), store.submit(small())
    store.annotations.change(run.id, tags=["slow", " baseline ", "slow", ""])
    store.annotations.change(run.id, starred=True)
    store.annotations.change(run.id, note="Bits too high?\nLook again.")
    kept = Annotation(starred=True, tags=("baseline", "slow"), note="Bits too high?\nLook again.")
    with RunStore() as another:
        assert another.annotations.of(run.id) == kept
        assert another.annotations.all() == {run.id: kept}
    assert store.annotations.change(run.id, starred=False, tags=[], note="") == Annotation()
    assert store.annotations.of(other.id) == Annotation()


def test_an_annotation_goes_with_its_run(store: RunStore, small) -> None:
    run = store.submit(small())
    store.annotations.change(run.id, note="mine")
    store.cancel(run.id)
    store.delete(run.id)
    assert store.annotations.all() == {}
    with pytest.raises(UnknownRunError, match=f"no run '{run.id}'"):
        store.annotations.change(run.id, starred=True)


@pytest.mark.parametrize("tag", ["two words", "a,b", "x" * 33, "<b>", "per cent%"])
def test_a_tag_is_a_word(store: RunStore, small, tag: str) -> None:
    run = store.submit(small())
    with pytest.raises(RunError, match="is no tag: use up to 32 letters"):
        store.annotations.change(run.id, tags=["fine", tag])
    assert store.annotations.of(run.id) == Annotation()


def test_too_much_is_a_sentence(store: RunStore, small) -> None:
    run = store.submit(small())
    with pytest.raises(RunError, match="13 tags are too many; a run has at most 12"):
        store.annotations.change(run.id, tags=[f"t{number}" for number in range(13)])
    with pytest.raises(RunError, match="4,001 characters; keep it to 4,000"):
        store.annotations.change(run.id, note="x" * (MOST_NOTE_CHARACTERS + 1))


def test_what_two_note_at_the_same_moment_is_kept(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = store.submit(small()).id
    read, others = annotations._read, [("baseline",)]

    def meanwhile(row: object) -> Annotation:
        found = read(row)
        if others:
            # After the look of one, and before its write.
            store.annotations.change(run_id, tags=others.pop())
        return found

    monkeypatch.setattr(annotations, "_read", meanwhile)
    store.annotations.change(run_id, note="the first one")
    assert store.annotations.of(run_id) == Annotation(tags=("baseline",), note="the first one")
