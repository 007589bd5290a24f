"""Breadth, moves, leaders and relative strength of industries and markets (role ``industries``). Loads no kernels."""
