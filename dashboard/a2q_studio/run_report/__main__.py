"""``python -m a2q_studio.run_report RUN [RUN …] --html FILE --zip FILE``"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from a2q.experiments.store import RunError, RunStore
from a2q.faults import machine_fault
from a2q_studio.run_report import build_archive, build_page, read_contents


def report(
    runs: Annotated[list[str], typer.Argument(help="One to six runs: ids, or their first characters.")],
    html: Annotated[Path | None, typer.Option(help="The page to write; it opens from disk without a network.")] = None,
    archive: Annotated[Path | None, typer.Option("--zip", help="The ZIP of Parquet, CSV and GraphML to write.")] = None,
) -> None:
    """Write a report of one run, or of several side by side."""
    if html is None and archive is None:
        raise RunError("Nothing is asked for; give --html FILE, --zip FILE or both.")
    with RunStore() as store:
        contents = read_contents(store, runs)
    for file, payload in ((html, lambda: build_page(contents).encode()), (archive, lambda: build_archive(contents))):
        if file is not None:
            written = _write(file, payload())
            typer.echo(f"{file}: {written / 1024:,.0f} KiB")


def main() -> int:
    """Run the command; what a user can mend is one sentence and exit code 2."""
    try:
        typer.run(report)
    except RunError as error:
        typer.secho(str(error), err=True, fg="red")
        return 2
    except SQLAlchemyError as error:
        told = machine_fault(error) or f"The run store did not answer ({str(error).splitlines()[0]}); try again."
        typer.secho(told, err=True, fg="red")
        return 1
    return 0


def _write(file: Path, payload: bytes) -> int:
    try:
        return file.write_bytes(payload)
    except OSError as error:
        raise RunError(f"{file} cannot be written ({error.strerror}); choose another place.") from error


if __name__ == "__main__":
    sys.exit(main())
