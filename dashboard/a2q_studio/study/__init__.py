"""What the study in docs/worth.md measured: learned bits against the same bits on other nodes."""
