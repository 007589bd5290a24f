"""Pages under docs/ that are made from what the kernels say of themselves, with pictures of real prices.

``__main__.py`` lists the pages. A page is text that anyone can make again and compare, and pictures that are drawn once: the name
of a picture holds a hash of what it shows, so it is drawn anew when that has changed. Nothing here runs in the service.
"""
