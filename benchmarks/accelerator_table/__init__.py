"""The paper's speedup under every convention, from our own trained runs."""
