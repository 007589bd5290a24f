"""The look-ahead audit: whether what a signal says of a bar depends on later bars. Pure functions of kernels and series."""
