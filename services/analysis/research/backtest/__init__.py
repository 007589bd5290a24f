"""The simulation of trades on bars: arrays in, arrays out. Nothing here reads files, the clock or the network."""
