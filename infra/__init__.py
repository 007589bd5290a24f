"""The broker and the local stack that run the mesh. Services and ``shared`` never import from here."""
