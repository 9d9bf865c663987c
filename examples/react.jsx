import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

/** React sets attributes and listens to `candlefish:…` like to any custom event; a ref reaches the methods. */
function Fish({ seed, onMood }) {
  const fish = useRef(null);
  useEffect(() => {
    const { current } = fish;
    const listen = ({ detail }) => onMood(detail.to);
    current.addEventListener("candlefish:moodchange", listen);
    return () => current.removeEventListener("candlefish:moodchange", listen);
  }, [onMood]);
  return (
    <>
      <candle-fish ref={fish} seed={seed} height="420" label="A fish that React keeps" />
      <p><button type="button" onClick={() => fish.current.feed(200, 150)}>Feed it</button></p>
    </>
  );
}

function App() {
  const [mood, setMood] = useState("curious");
  const [shown, setShown] = useState(true);
  return (
    <>
      <h1>React</h1>
      <p>It is <span id="mood">{mood}</span>.</p>
      {shown && <Fish seed={5} onMood={setMood} />}
      <p><button type="button" onClick={() => setShown(!shown)}>{shown ? "Take it away" : "Bring it back"}</button></p>
    </>
  );
}

createRoot(document.querySelector("#app")).render(<StrictMode><App /></StrictMode>);
