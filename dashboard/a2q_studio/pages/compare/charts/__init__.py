"""Charts of the Compare page alone."""
