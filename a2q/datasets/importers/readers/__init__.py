"""One reader per file format: from untrusted bytes to tables, arrays and adjacencies."""
