"""Widgets of the accelerator's page."""
