"""The role research: conditions over stored history, through a real broker and real databases."""
