"""From text to site: pair, execute, render, check, publish. ``python -m kzmobility.publish build`` does it all."""
