"""What analysis does with what it is handed: gather, call the engine, publish, write down. No formula belongs here."""
