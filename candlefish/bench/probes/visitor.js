/** Makes the fish the scenario's: its seed, and a visitor it knows. The last expression of this file is a function. */
(function beVisitor({ seed, trust }) {
  try {
    if (trust !== null && localStorage.getItem("candlefish_memory") === null)
      localStorage.setItem("candlefish_memory", JSON.stringify({ trustLevel: trust, lastInteraction: Date.now() }));
  } catch {
    // this document has no storage
  }
  new MutationObserver((_, watching) => {
    const fish = document.querySelector("candle-fish");
    if (fish === null) return;
    watching.disconnect();
    if (!fish.hasAttribute("seed")) fish.setAttribute("seed", String(seed));
  }).observe(document, { childList: true, subtree: true });
});
