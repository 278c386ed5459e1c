from a2q_studio.pages.learn.lesson.step import coloured, nearest


def test_colouring_by_hand() -> None:
    roles = {"x": "#1", "s": "#2", "b": "#3", "rounding": "#4", "clipping": "#5"}
    assert coloured(r"\X _i \Sum \C{\text{c}}", roles) == r"{\textcolor{#1}{x}} _i \Sum \textcolor{#5}{\text{c}}"
    assert coloured("a [s], a [x]y", roles) == r"a ${\textcolor{#2}{s}}$, a ${\textcolor{#1}{x}}$y"


def test_nearest() -> None:
    assert nearest(0.3, (0.9, 0.5, 0.2)) == 2
    assert nearest(2.0, (1.0, 1.4, 2.0)) == 2
