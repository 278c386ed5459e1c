"""The user's own graphs: uploaded, looked at, imported, deleted."""
