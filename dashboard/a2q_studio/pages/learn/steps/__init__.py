"""The steps of the lesson, one folder each: widgets, chart, computation."""
