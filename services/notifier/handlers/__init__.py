"""What the notifier does: gather what is needed, ask the domain, apply the answer. The outside is reached by ports alone."""
