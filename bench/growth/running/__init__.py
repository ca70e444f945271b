"""How a curve is measured: a broker of its own, what a load has cost it, and the rounds."""
