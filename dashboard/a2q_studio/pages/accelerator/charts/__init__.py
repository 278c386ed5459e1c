"""Charts of the accelerator: from simulated reports to figures."""
