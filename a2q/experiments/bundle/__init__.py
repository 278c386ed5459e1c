"""Run bundles: one run as a .zip that any store can import."""
