"""Pictures and the page of a result, as bytes. What is drawn is given: nothing is read or computed here."""
