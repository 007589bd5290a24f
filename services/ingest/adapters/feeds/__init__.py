"""News feeds from the outside: requests, the parsing process, the schedule, what is stored, and the tape of sample articles."""
