"""Charts that set several runs side by side: pure functions from reports to a figure."""
