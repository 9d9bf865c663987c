"""The pure model of the fish and its water: no clock, no browser, no drawing."""
