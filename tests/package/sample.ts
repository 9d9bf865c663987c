// How a site owner's TypeScript uses the element; checked by tsc, never run.
import type { CandleFish, FishState, ParamChanges } from "../../web/package/candle-fish";

const fish: CandleFish = document.createElement("candle-fish");
fish.paused = true;
fish.resume();
fish.feed(120, 80);
fish.addEventListener("candlefish:moodchange", ({ detail }) => {
  const mood: FishState["mood"] = detail.to;
  console.log(mood, detail.reason.length);
});
document.addEventListener("candlefish:error", (event) => console.warn(event.detail.where, event.detail.message));
const night: ParamChanges = { curious: { glow: 0.4, colour: "#ffb347" } };
void fish
  .setParams(night)
  .then(() => fish.getState())
  .then((state) => state.trust.toFixed(1));
// @ts-expect-error a place has two coordinates
fish.feed("here");
// @ts-expect-error there is no such mood
const angry: FishState["mood"] = "angry";
void angry;
