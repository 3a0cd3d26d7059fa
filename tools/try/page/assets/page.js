"use strict";
// Shows what the wardens and the collector say, as numbers. There is nothing here that could draw a picture.

const litFor = 1000;    // ms that a line stays lit
const staleAfter = 3000; // ms without news after which numbers are old, not zero
const perDay = 96;      // records of a day

const byId = (id) => document.getElementById(id);
const setText = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };
const each = (list, f) => Array.prototype.forEach.call(list, f);

let ended = false;
const doors = []; // of each: element, newest state, when it was made by this page's clock
each(document.querySelectorAll(".door"), (box) => { doors.push({ box, state: null, last: 0, timers: {} }); });

function light(door, n, way, ago) {
  const group = door.box.querySelectorAll("g.line")[n];
  if (!group || ago < 0 || ago >= litFor) return;
  group.classList.add("lit", "lit-" + way);
  clearTimeout(door.timers[n + way]);
  door.timers[n + way] = setTimeout(() => {
    group.classList.remove("lit-" + way);
    if (!group.classList.contains("lit-forward") && !group.classList.contains("lit-backward")) group.classList.remove("lit");
  }, litFor - ago);
}

function show(s) {
  ended = s.ended;
  s.doors.forEach((state, i) => {
    const door = doors[i];
    if (!door || !state.seen) return;
    door.state = state;
    door.last = Date.now() - state.age;
    const forward = door.box.querySelectorAll("dd.forward"), backward = door.box.querySelectorAll("dd.backward");
    state.lines.forEach((l, n) => {
      setText(forward[n], String(l.forward));
      setText(backward[n], String(l.backward));
      light(door, n, "forward", l.forwardAgo);
      light(door, n, "backward", l.backwardAgo);
    });
    each(door.box.querySelectorAll(".zone"), (node, n) => {
      if (n < state.zones.length) setText(node, String(state.zones[n]));
    });
    door.box.querySelector(".screen").classList.remove("waiting");
  });
  age();
}

function age() {
  for (const door of doors) {
    if (door.state === null) continue;
    const ms = Math.max(0, Date.now() - door.last);
    const old = ms > staleAfter;
    let text = "Counting.";
    if (ended) text = "Ended. These are the last numbers.";
    else if (!door.state.counting) text = "The camera does not count at the moment. These are the last numbers, not zero.";
    else if (old) text = "No news from the camera. These are the last numbers, not zero.";
    const bad = ended || !door.state.counting || old;
    const state = door.box.querySelector(".state");
    setText(state, text);
    state.classList.toggle("stale", bad);
    door.box.querySelector(".counted").classList.toggle("stale-numbers", bad);
    setText(door.box.querySelector(".age"), ms < 1000 ? "Numbers from less than a second ago." : "Numbers from " + Math.floor(ms / 1000) + " s ago.");
  }
}

function record(r) {
  const box = document.querySelector('[data-record="' + r.door + '"]');
  if (!box) return;
  const state = box.querySelector(".record-state");
  setText(state, r.good ? "Record " + r.count + ": " + r.size + " bytes, signature verified with the key of the device."
    : r.size + " bytes, SIGNATURE WRONG: this is not from the device, and is not shown.");
  setText(box.querySelector(".says"), r.good ? r.says : "");
  state.classList.toggle("wrong", !r.good);
  const text = box.querySelector(".record-text");
  setText(text, r.text);
  text.hidden = !r.good;
  setText(box.querySelector(".record-hex"), r.hex);
  const walls = box.querySelector(".walls");
  setText(walls, r.good ? r.walls + "." : "Nobody said what held the eye in.");
  walls.classList.toggle("whole", r.good && r.whole);
  walls.classList.toggle("lacking", !r.good || !r.whole);
  box.querySelector(".record-more").hidden = false;
}

const plural = (n, word) => n + " " + word + (n === 1 ? "" : "s");

function house(h) {
  const button = byId("network-button");
  if (!button) return;
  setText(byId("calendar"), h.calendar || "not known yet");
  const state = byId("network-state");
  setText(state, h.pulled ? "Network: out." : "Network: in.");
  state.classList.toggle("out", h.pulled);
  button.value = h.pulled ? "restore" : "pull";
  setText(button, h.pulled ? "Put the network back" : "Pull the network out");
  const estimate = byId("estimate");
  estimate.classList.toggle("old", h.old);
  setText(estimate, h.estimate || "not known");
  let upto = "The collector has no record yet.";
  if (h.upto) upto = (h.old ? "Old: it knows nothing newer than " : "Up to ") + h.upto + ". It has no exact number.";
  setText(byId("upto"), upto);
  const trouble = [];
  h.doors.forEach((k, i) => {
    const row = document.querySelector('[data-kept="' + i + '"]');
    if (!row) return;
    for (const name of ["made", "waiting", "stored", "late", "missing"]) setText(row.querySelector("." + name), String(k[name]));
    const name = row.querySelector("th").textContent;
    if (k.lost > 0) trouble.push(name + ": its queue holds seven days and pushed out " + plural(k.lost, "record") + "; the totals of later ones have their counts.");
    if (k.refused > 0) trouble.push(name + ": the collector refused " + plural(k.refused, "item") + ".");
    const queue = doors[i] && doors[i].box.querySelector(".queue");
    if (!queue) return;
    const days = k.waiting / perDay;
    setText(queue, "Waiting on this device: " + plural(k.waiting, "record") + (days >= 0.5 ? " (" + days.toFixed(1) + " days)." : "."));
    queue.classList.toggle("filling", h.pulled || days >= 0.5);
  });
  setText(byId("trouble"), trouble.join(" "));
  byId("trouble").hidden = trouble.length === 0;
}

const form = byId("network");
if (form) {
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    body.set("do", byId("network-button").value);
    fetch("network", { method: "POST", body, redirect: "manual" }).catch(() => {});
  });
}

const events = new EventSource("events");
events.addEventListener("state", (e) => show(JSON.parse(e.data)));
events.addEventListener("house", (e) => house(JSON.parse(e.data)));
events.addEventListener("record", (e) => record(JSON.parse(e.data)));
setInterval(age, 500);
