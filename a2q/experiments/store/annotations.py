"""Stars, tags and notes that people put on runs; they change no result."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from a2q.experiments.store.errors import RunError, UnknownRunError
from a2q.experiments.store.schema import AnnotationRow, RunRow

MOST_TAGS = 12
MOST_NOTE_CHARACTERS = 4_000
_TAG = re.compile(r"[\w.+=-]{1,32}")


@dataclass(frozen=True)
class Annotation:
    """What is noted on one run.

    Attributes:
        starred: whether somebody marked it to find it again.
        tags: words to filter by, in alphabetical order.
        note: free text.
    """

    starred: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""


class Annotations:
    """The annotations of all runs in one database.

    Args:
        engine: the open database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, run_id: str) -> Annotation:
        """The run's annotation; an empty one where nobody noted anything."""
        with Session(self._engine) as session:
            return _read(session.get(AnnotationRow, run_id))

    def all(self) -> dict[str, Annotation]:
        """Every annotation by the run's id; runs without one are left out."""
        with Session(self._engine) as session:
            return {row.run_id: _read(row) for row in session.scalars(select(AnnotationRow))}

    def change(
        self,
        run_id: str,
        *,
        starred: bool | None = None,
        tags: Iterable[str] | None = None,
        note: str | None = None,
    ) -> Annotation:
        """Replace what is given and keep the rest; returns what is noted then.

        Args:
            run_id: the whole id.
            starred: whether the run has a star.
            tags: at most 12 words of letters, digits and ``. + = - _``, up to 32 characters each.
            note: text of at most 4,000 characters.

        Raises:
            UnknownRunError: there is no such run.
            RunError: a tag or the note is not allowed.
        """
        if note is not None and len(note) > MOST_NOTE_CHARACTERS:
            raise RunError(f"The note has {len(note):,} characters; keep it to {MOST_NOTE_CHARACTERS:,}.")
        words = None if tags is None else checked_tags(tags)
        # Deleted, or first annotated by somebody else, between the look and the write: a second look tells.
        with suppress(IntegrityError):
            return self._changed(run_id, starred, words, note)
        try:
            return self._changed(run_id, starred, words, note)
        except IntegrityError as error:
            raise RunError(f"Run {run_id} was changed at the same moment; try again.") from error

    def _changed(
        self, run_id: str, starred: bool | None, words: tuple[str, ...] | None, note: str | None
    ) -> Annotation:
        with Session(self._engine) as session, session.begin():
            if session.get(RunRow, run_id) is None:
                raise UnknownRunError(f"There is no run {run_id!r}; give an id from the list of runs.")
            row = session.get(AnnotationRow, run_id)
            if row is None:
                row = AnnotationRow(run_id=run_id, starred=False, tags=[], note="")
                session.add(row)
            # Only what is given is written, so that what somebody else notes meanwhile stays.
            if starred is not None:
                row.starred = starred
            if words is not None:
                row.tags = list(words)
            if note is not None:
                row.note = note
            return _read(row)


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags without doubles, in alphabetical order.

    Raises:
        RunError: one has other characters or is too long, or there are too many.
    """
    words = sorted({tag.strip() for tag in tags} - {""})
    for word in words:
        if not _TAG.fullmatch(word):
            raise RunError(f"{word!r} is no tag: use up to 32 letters, digits and . + = - _, no spaces.")
    if len(words) > MOST_TAGS:
        raise RunError(f"{len(words)} tags are too many; a run has at most {MOST_TAGS}.")
    return tuple(words)


def _read(row: AnnotationRow | None) -> Annotation:
    return Annotation() if row is None else Annotation(row.starred, tuple(row.tags), row.note)
