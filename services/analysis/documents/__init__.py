"""Pages under docs/ that are generated from the kernels and their docstrings, with pictures of real prices.

``__main__.py`` lists the pages. The text of a page is reproducible and compared by a test; a picture is drawn once: its name
contains a hash of its source, so it is drawn again when that changes. Nothing here runs in the service.
"""
