"""How docs/worth.md comes about: cells, trials, the page and its figures."""
