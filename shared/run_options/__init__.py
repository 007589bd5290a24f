"""The options of runs of analysis research, one struct a kind: of the command line, of jobs, and of the bodies of the API.

Names, types and defaults belong here. What they mean and which values are allowed is in analysis research alone.
"""
