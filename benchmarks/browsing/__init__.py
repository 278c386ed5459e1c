"""What ``benchmarks/dashboard.py`` measures in a browser, a file for each part."""
