"""The user's own graphs: ``python -m a2q import-graph`` and ``delete-dataset``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from a2q.config import ConfigError, sentences
from a2q.datasets import DatasetError, card
from a2q.datasets.importers import import_store as keeping
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.endings import ENDINGS, TABLES
from a2q.experiments.store import RunStore

if TYPE_CHECKING:
    from a2q.datasets.importers.reading import Files

_FIELDS = ImportConfig.model_fields


def _about(field: str) -> str:
    return str(_FIELDS[field].description)


def import_graph(
    file: Annotated[Path, typer.Argument(help=f"Edges, or a whole graph: .{', .'.join(ENDINGS)}.")],
    nodes: Annotated[Path | None, typer.Option(help=f"A row for each node: .{', .'.join(TABLES)}.")] = None,
    graphs: Annotated[Path | None, typer.Option(help="A row for each graph of a set of graphs.")] = None,
    matrix: Annotated[Path | None, typer.Option(help="Features, a row for each node: .npz or .mtx.")] = None,
    source: Annotated[str | None, typer.Option(help=_about("source"))] = None,
    target: Annotated[str | None, typer.Option(help=_about("target"))] = None,
    node: Annotated[str | None, typer.Option(help=_about("node"))] = None,
    label: Annotated[str | None, typer.Option(help=_about("label"))] = None,
    split: Annotated[str | None, typer.Option(help=_about("split"))] = None,
    graph: Annotated[str | None, typer.Option(help=_about("graph"))] = None,
    feature: Annotated[
        list[str] | None, typer.Option(help="A column of numbers that describes a node; may be given again.")
    ] = None,
    one_hot: Annotated[
        list[str] | None,
        typer.Option(help="A column of categories: each value becomes a feature of 1 and 0; may be given again."),
    ] = None,
    task: Annotated[str | None, typer.Option(help=_about("task"))] = None,
    stand_in_labels: Annotated[bool, typer.Option(help=_about("stand_in_labels"))] = False,
    missing_features: Annotated[str, typer.Option(help=_about("missing_features"))] = "degree",
    directed: Annotated[bool | None, typer.Option("--directed/--undirected", help=_about("directed"))] = None,
    seed: Annotated[int, typer.Option(help=_about("seed"))] = 0,
    folds: Annotated[int | None, typer.Option(help=_about("folds"))] = None,
    title: Annotated[str, typer.Option(help=_about("title"))] = "",
    header: Annotated[bool | None, typer.Option("--header/--no-header", help=_about("header"))] = None,
    decimal: Annotated[str | None, typer.Option(help=_about("decimal"))] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the first rows as they would be read, and import nothing.")
    ] = False,
) -> None:
    """Import your own graph; it gets the name own-…, by its content, to train on."""
    from a2q.datasets.importers import confined
    from a2q.datasets.importers.reading import Files
    from a2q.datasets.importers.uploads import Upload

    given = {
        "source": source,
        "target": target,
        "node": node,
        "label": label,
        "split": split,
        "graph": graph,
        "features": tuple(feature) if feature else None,
        "one_hot": tuple(one_hot or ()),
        "task": task,
        "stand_in_labels": stand_in_labels,
        "missing_features": missing_features,
        "directed": directed,
        "seed": seed,
        "folds": folds,
        "title": title,
        "header": header,
        "decimal": decimal,
    }
    try:
        config = ImportConfig.model_validate(given)
    except ValidationError as error:
        raise ConfigError(sentences(error)) from error
    optional = (None if path is None else Upload.of(path) for path in (nodes, graphs, matrix))
    files = Files(Upload.of(file), *optional)
    if preview:
        _preview(files, config)
        return
    found = confined.import_graph(files, config)
    made = found.card
    sizes = {"graphs": made.graphs, "nodes": made.nodes, "edges": made.edges, "features": made.features}
    told = ", ".join(f"{count:,} {kind}" for kind, count in sizes.items() if count is not None)
    for sentence in found.warnings:
        typer.echo(sentence)
    typer.echo(f"Imported {made.title} as {made.name}: {made.task}, {told}; {made.split}.")
    folds_of = "" if made.folds is None else f" --folds 0..{made.folds - 1}"
    typer.echo(f"Train on it with: python -m a2q train {made.name}{folds_of}")


def _preview(files: "Files", config: ImportConfig) -> None:
    from a2q.datasets.importers import confined
    from a2q.datasets.importers.first_rows import first_rows
    from a2q.datasets.importers.guesses import outlook
    from a2q.datasets.importers.mapping import guess

    parts = confined.look(files, config.header, config.decimal)
    found = guess(parts, config)
    for sentence in outlook(parts, config, found):
        typer.echo(sentence)
    for title, rows in first_rows(parts, found).items():
        typer.echo(f"\n{title}:\n{rows.to_string(index=False)}")
    typer.echo("\nNothing is imported; leave --preview out to do so.")


def delete_dataset(
    name: Annotated[str, typer.Argument(help="An own-… name from `a2q datasets`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Delete it even if runs use it.")] = False,
) -> None:
    """Remove an imported graph; where runs use it, only after a warning."""
    if not keeping.is_own(card(name).name):
        raise DatasetError(f"{name} is none of your own graphs; only those can be deleted.")
    with RunStore() as store:
        using = store.ids_on(name)
    if using and not yes:
        raise DatasetError(
            f"{len(using):,} run{'s use' if len(using) > 1 else ' uses'} {name} ({', '.join(using[:3])}"
            f"{' …' if len(using) > 3 else ''}): results stay, but none of them can be resumed or trained again until "
            "the same files are imported again; give --yes to delete it all the same."
        )
    keeping.delete(name)
    typer.echo(f"{name} is deleted.")
