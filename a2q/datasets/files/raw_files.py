"""The raw files of a set: which they are, where on this machine they may be, and where they are published."""

import os
from dataclasses import dataclass
from pathlib import Path

from a2q.home import home


@dataclass(frozen=True)
class Download:
    """One address and the raw files it gives.

    Args:
        url: the address.
        names: the files as `RawFiles.names` has them.
        members: of a zip archive, where in it each file is; empty where the address is that of the one file.
        sha256: of what the address gives, where it is known; else "".
    """

    url: str
    names: tuple[str, ...]
    members: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class RawFiles:
    """The files a set is made of.

    Args:
        title: the set's name in a sentence.
        folder: the set's folder, below the cache's folder of datasets, e.g. "Planetoid/Cora".
        names: the files, relative to that folder, e.g. "raw/ind.cora.x".
        given: the folders below `$A2Q_DATA` that may hold them, with the same names; none is `folder` alone.
        rebuilt: for a set that is not the published one, the words that say so, e.g. "rebuilt"; else "".
        downloads: the addresses that give all of the files; none where they are not published so.
    """

    title: str
    folder: str
    names: tuple[str, ...]
    given: tuple[str, ...] = ()
    rebuilt: str = ""
    downloads: tuple[Download, ...] = ()

    @property
    def kept(self) -> Path:
        """The set's folder in the cache, there or not."""
        return home() / "datasets" / self.folder

    @property
    def at_hand(self) -> bool:
        """Whether no download is needed.

        A rebuilt set is at hand only while `$A2Q_DATA` names it: whoever took that away means the published one.
        """
        return self.given_folder() is not None or (not self.rebuilt and self.all_in(self.kept))

    def all_in(self, folder: Path) -> bool:
        """Return whether `folder` has every file."""
        return all((folder / name).is_file() for name in self.names)

    def given_folders(self) -> list[Path]:
        """Return the folders that `$A2Q_DATA` may mean; none where it is not set."""
        named = os.environ.get("A2Q_DATA")
        return [Path(named).expanduser() / folder for folder in self.given or (self.folder,)] if named else []

    def given_folder(self) -> Path | None:
        """Return the folder of `$A2Q_DATA` that has every file, or None."""
        return next((folder for folder in self.given_folders() if self.all_in(folder)), None)

    def size(self) -> int | None:
        """Return the size of the raw files on this machine, bytes, or None where they are not all here."""
        folder = self.kept if self.all_in(self.kept) else self.given_folder()
        return None if folder is None else sum((folder / name).stat().st_size for name in self.names)

    def nowhere(self) -> str:
        """Return the sentence for the user when the files are neither on this machine nor to be downloaded."""
        below = Path(self.names[0]).parent
        looked = ", ".join(str(folder / below) for folder in (self.kept, *self.given_folders()))
        return (
            f"{self.title} is not on this machine (looked in {looked}) and could not be downloaded: connect to "
            f"the network once, or set $A2Q_DATA to a folder that holds {Path(self.folder) / below}."
        )
