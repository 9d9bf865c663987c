"""The fish in a browser; the only part of Candlefish that talks to JavaScript.

Python authors start here: `fish = await mount("#tank", page)`.
"""

from candlefish.browser.mount import MountedFish, mount

__all__ = ["MountedFish", "mount"]
