"""The offline answerer: readers of exported files, the store, the engine."""
