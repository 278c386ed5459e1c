"""Seeds as people write them."""

import re

from a2q.config import ConfigError

MOST_SEEDS = 1_000


def parse_seeds(text: str) -> list[int]:
    """``"7"``, ``"0,3,5"``, ``"0..9"`` (ends included) or a mix, in order and without repeats.

    Raises:
        ConfigError: anything else, or more than 1,000 seeds.
    """
    seeds: list[int] = []
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d+)\s*(?:\.\.\s*(\d+)\s*)?", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last or len(seeds) + last - first >= MOST_SEEDS:
            raise ConfigError(
                f"Seeds are {text!r}; give a whole number, a list like 0,3,5 or a rising range like 0..9 "
                f"of at most {MOST_SEEDS:,} seeds."
            )
        seeds.extend(range(first, last + 1))
    return list(dict.fromkeys(seeds))
