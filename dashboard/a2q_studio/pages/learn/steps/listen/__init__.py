"""Step 1: a node aggregates its neighbours."""
