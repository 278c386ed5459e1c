"""How good the settings are that are chosen for a graph without a command."""
