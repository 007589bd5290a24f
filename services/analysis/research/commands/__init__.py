"""``python -m services.analysis research COMMAND``: one file a command. Importing them loads neither kernels nor pandas."""
