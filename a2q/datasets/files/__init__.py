"""Raw files: which a set is made of, where they are, how they get here, and keeping what is made of them."""
