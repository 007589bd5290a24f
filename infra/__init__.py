"""What the mesh runs on: the broker and the local stack. Services and ``shared`` never import from here."""
