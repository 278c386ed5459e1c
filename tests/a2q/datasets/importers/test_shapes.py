import pytest

from a2q.datasets import DatasetError
from a2q.datasets.importers.readers.delimited import read_delimited
from a2q.datasets.importers.shapes import refuse_other_shapes
from a2q.datasets.importers.uploads import Upload

MATRIX = "a,b,c,d\n0,1,0,1\n1,0,2,0\n0,2,0,1\n1,0,1,0\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "0 2\n1 {}\n2 {}\n",
            r"^Row 2 of e.txt has attributes \('{}'\) where an edge ends, as multi-line adjacency lists",
        ),
        ("0,1\n1,{'w': 2}\n", r"^Row 2 of e.txt has attributes"),
        (MATRIX, r"^e.txt looks like an adjacency matrix, as it has as many rows as columns"),
        (MATRIX.partition("\n")[2], r"^e.txt looks like an adjacency matrix"),
        (",a,b,c\na,0,1,9\nb,3,0,0\nc,0,1,0\n", r"^e.txt looks like an adjacency matrix"),
        (
            "0 1 2 3 4 5 6 7\n1 2 3 4 5 6 7 0\n",
            r"^e.txt has 2 rows of 8 numbers, as edge_index of PyTorch Geometric has",
        ),
    ],
)
def test_other_shapes_are_refused(content: str, sentence: str) -> None:
    with pytest.raises(DatasetError, match=sentence):
        refuse_other_shapes(read_delimited(Upload.of(content.encode(), "e.txt")))


@pytest.mark.parametrize(
    "content",
    [
        "source,target,weight,time\n0,1,0.5,3\n1,2,0.5,4\n2,3,0.25,5\n3,0,0.75,6\n",
        "source,target\n0,1\n1,0\n",
        '"{a, b}",{c}\n{c},{d}\n',
        "source,target,kind,note\na,b,x,y\nb,c,x,y\nc,d,x,y\n",
    ],
)
def test_lists_of_edges_are_none_of_them(content: str) -> None:
    refuse_other_shapes(read_delimited(Upload.of(content.encode(), "e.txt")))
