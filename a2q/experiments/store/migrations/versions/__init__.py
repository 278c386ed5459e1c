"""The migrations, one to a module; each names the one before it as ``down_revision``."""
