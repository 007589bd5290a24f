"""One module per outside thing that analysis talks to. Nothing here decides on prices."""
