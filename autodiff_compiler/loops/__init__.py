"""Loop nests: tensor operators expanded to nests, and nests fused."""
