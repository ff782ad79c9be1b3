"""An independent oracle: every question answered in plain Python, and data full of traps.

Nothing here reads the packs or the offline engine. What they answer is held against this.
"""
