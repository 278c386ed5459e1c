"""Step 2: the quantizer as a ruler."""
