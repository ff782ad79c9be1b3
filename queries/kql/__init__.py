"""KQL as a text that somebody writes: its tokens, its words, what may come next."""
