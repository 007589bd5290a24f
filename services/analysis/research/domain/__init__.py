"""What a job asks for, and its evaluation over whole series. No I/O, no clock, no logging."""
