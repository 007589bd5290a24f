"""Readers of tables that several roles of analysis need. They know the kernels and ``shared``, and no role."""
