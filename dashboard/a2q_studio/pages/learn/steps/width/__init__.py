"""Step 3: one bitwidth for all."""
