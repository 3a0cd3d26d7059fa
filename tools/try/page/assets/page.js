"use strict";
// Shows what the warden says: 64 bytes a beat, as numbers. There is nothing here that could draw a picture.

const litFor = 1000;    // ms that a line stays lit
const staleAfter = 3000; // ms without news after which numbers are old, not zero

const byId = (id) => document.getElementById(id);
const setText = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };

let last = null; // when the newest state was made, by this page's clock
let state = null;
const timers = {};

function light(line, way, ago) {
  const group = byId("line-" + line);
  if (!group || ago < 0 || ago >= litFor) return;
  group.classList.add("lit", "lit-" + way);
  clearTimeout(timers[line + way]);
  timers[line + way] = setTimeout(() => {
    group.classList.remove("lit-" + way);
    if (!group.classList.contains("lit-forward") && !group.classList.contains("lit-backward")) group.classList.remove("lit");
  }, litFor - ago);
}

function show(s) {
  state = s;
  last = Date.now() - s.age;
  s.lines.forEach((l, i) => {
    const box = byId("totals-" + (i + 1));
    if (box) {
      setText(box.querySelector(".forward"), String(l.forward));
      setText(box.querySelector(".backward"), String(l.backward));
    }
    light(i + 1, "forward", l.forwardAgo);
    light(i + 1, "backward", l.backwardAgo);
  });
  document.querySelectorAll("#zones .zone").forEach((node, i) => {
    if (i < s.zones.length) setText(node, String(s.zones[i]));
  });
  byId("screen").classList.remove("waiting");
  age();
}

function age() {
  if (state === null) return;
  const ms = Math.max(0, Date.now() - last);
  const old = ms > staleAfter;
  const box = byId("state");
  let text = "Counting.";
  if (state.ended) text = "Ended. These are the last numbers.";
  else if (!state.counting) text = "The camera does not count at the moment. These are the last numbers, not zero.";
  else if (old) text = "No news from the camera. These are the last numbers, not zero.";
  setText(box, text);
  const bad = state.ended || !state.counting || old;
  box.classList.toggle("stale", bad);
  byId("totals").classList.toggle("stale-numbers", bad);
  setText(byId("age"), ms < 1000 ? "Numbers from less than a second ago." : "Numbers from " + Math.floor(ms / 1000) + " s ago.");
}

function record(r) {
  setText(byId("record-state"), "Record " + r.count + " since the start: " + r.size + " bytes.");
  setText(byId("record-text"), r.text);
  setText(byId("record-hex"), r.hex);
  const walls = byId("walls");
  setText(walls, r.walls + ".");
  walls.classList.toggle("whole", r.whole);
  walls.classList.toggle("lacking", !r.whole);
  byId("record-text").hidden = false;
  byId("record-more").hidden = false;
}

const events = new EventSource("events");
events.addEventListener("state", (e) => show(JSON.parse(e.data)));
events.addEventListener("record", (e) => record(JSON.parse(e.data)));
setInterval(age, 500);
