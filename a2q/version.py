"""The version of A²Q Studio; pyproject.toml reads it from here."""

VERSION = "0.1.0"
