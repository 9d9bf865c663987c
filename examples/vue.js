import { createApp, h, ref } from "vue";

/** Vue passes `on…` properties of an element to addEventListener; `:` in a name is no obstacle. */
const App = {
  setup() {
    const fish = ref(null);
    const mood = ref("curious");
    return () => [
      h("h1", "Vue"),
      h("p", ["It is ", h("span", { id: "mood" }, mood.value), "."]),
      h("candle-fish", {
        ref: fish,
        seed: 6,
        height: 420,
        label: "A fish that Vue keeps",
        "onCandlefish:moodchange": ({ detail }) => (mood.value = detail.to),
      }),
      h("p", h("button", { type: "button", onClick: () => fish.value.feed(200, 150) }, "Feed it")),
    ];
  },
};

createApp(App).mount("#app");
