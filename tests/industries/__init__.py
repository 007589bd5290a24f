"""Industries and markets as a whole: analysis in its role ``industries``. Nothing here waits for the kernels."""
