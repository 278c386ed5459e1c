"""How docs/results.md comes about: rows, trials, the page and its figures."""
