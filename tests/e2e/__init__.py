"""The whole mesh at once: a tape goes in, and what comes out is compared with a plain reference."""
