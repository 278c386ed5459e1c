"""The user's own graphs: read from untrusted files, checked, kept, and loaded like any other set."""
