"""The database, the calendars, the kernels and the processes that the role research uses."""
