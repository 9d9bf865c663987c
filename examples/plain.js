const fish = document.querySelector("#fish");
const says = document.querySelector("#says");

fish.addEventListener("candlefish:ready", () => (says.textContent = "It is awake."));
fish.addEventListener(
  "candlefish:moodchange",
  ({ detail }) => (says.textContent = `It is ${detail.to}: ${detail.reason}.`),
);
fish.addEventListener(
  "candlefish:fallback",
  ({ detail }) => (says.textContent = `A picture, because of ${detail.reason}.`),
);

document.querySelector("#feed").addEventListener("click", () => fish.feed(fish.clientWidth / 2, fish.clientHeight / 3));
