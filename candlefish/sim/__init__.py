"""The simulation: a pure, deterministic model of the fish and its water, without clock or browser."""
