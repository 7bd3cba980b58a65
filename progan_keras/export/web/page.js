// SPDX-License-Identifier: Apache-2.0
// What the page shows, and when.

import { latent, slerp } from "./latents.js";

const SHEET_SIZE = 12;
const find = (id) => document.getElementById(id);
const worker = new Worker("generator.js");
const seeds = { first: 1, second: 2, sheet: 3 };
// What to draw -> its latent, and how. A newer wish takes an older one's
// place, so that a slider in motion leaves no queue behind.
const wishes = new Map();
let facts = null;
let busy = true;

start().catch(showError);

async function start() {
  [facts] = await Promise.all([readFacts(), answer()]);
  describe();
  listen();
  find("controls").hidden = false;
  busy = false;
  drawAll();
}

async function readFacts() {
  const response = await fetch("model.json");
  if (!response.ok) throw new Error(`model.json: ${response.status}`);
  return response.json();
}

/** What the worker says next. */
function answer() {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) =>
      data.error ? reject(new Error(data.error)) : resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

/** Fill in what is known of the generator. */
function describe() {
  const title = `A generator of ${size(facts.resolution)} pictures`;
  document.title = document.querySelector("h1").textContent = title;
  find("version").textContent = facts.progan_keras;
  find("notice").textContent = facts.notice;
  find("notice").hidden = !facts.notice;
  find("class-control").hidden = !facts.class_names.length;
  find("class").append(...facts.class_names.map((name) => new Option(name)));
  for (let i = 0; i < SHEET_SIZE; i++) {
    const button = document.createElement("button");
    button.type = "button";
    button.onclick = () => {
      take("first", seeds.sheet + i);
      find("picture").scrollIntoView({ block: "nearest" });
    };
    button.append(document.createElement("canvas"));
    find("sheet").appendChild(document.createElement("li")).append(button);
  }
}

function listen() {
  find("controls").onsubmit = (event) => event.preventDefault();
  for (const end of ["first", "second"]) {
    const field = find(`${end}-seed`);
    field.onchange = () => field.reportValidity() && take(end, +field.value);
    find(`${end}-new`).onclick = () => take(end, anySeed());
  }
  find("way").oninput = () => drawPicture();
  find("way").onchange = () => drawPicture(true);
  find("truncation").oninput = () => drawPicture();
  find("truncation").onchange = drawAll;
  find("class").onchange = drawAll;
  find("save").onclick = save;
  find("sheet-new").onclick = () => {
    seeds.sheet = anySeed();
    drawSheet();
  };
}

/** Make the picture of a seed the first or second one, and go there. */
function take(end, seed) {
  seeds[end] = find(`${end}-seed`).value = seed;
  find("way").value = end === "first" ? 0 : 100;
  drawPicture(true);
  drawEnd(end);
}

function drawAll() {
  drawPicture(true);
  drawEnd("first");
  drawEnd("second");
  drawSheet();
}

/** Draw the picture between the two; aloud: for screen readers, too. */
function drawPicture(aloud = false) {
  for (const id of ["way", "truncation"]) {
    const value = `${find(id).value} %`;
    find(`${id}-value`).textContent = value;
    find(id).setAttribute("aria-valuetext", value);
  }
  const [start, end] = [vector(seeds.first), vector(seeds.second)];
  const words = `Generated picture${ofClass()}, ${position()}`;
  wish("picture", slerp(start, end, way()), ({ pictures, milliseconds }) => {
    paint(find("picture"), pictures.at(-1), words);
    drawGrowth(pictures);
    const time = milliseconds.toFixed(milliseconds < 10 ? 1 : 0);
    find("timing").textContent = `Made in ${time} ms.`;
    if (aloud) find("status").textContent = `${words}.`;
  });
}

function drawEnd(end) {
  wish(end, vector(seeds[end]), ({ pictures }) =>
    paint(find(end), pictures.at(-1), `The ${end} picture`));
}

function drawGrowth(pictures) {
  const row = find("growth");
  while (row.children.length < pictures.length) {
    const item = row.appendChild(document.createElement("li"));
    const canvas = item.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    item.append(size(pictures[row.children.length - 1].side));
  }
  pictures.forEach((picture, i) => {
    const words = `The picture at ${size(picture.side)}`;
    paint(row.children[i].firstChild, picture, words);
  });
}

function drawSheet() {
  [...find("sheet").children].forEach((item, i) => {
    const seed = seeds.sheet + i;
    item.firstChild.setAttribute("aria-label", `Picture of seed ${seed}`);
    wish(`sheet ${i}`, vector(seed), ({ pictures }) =>
      paint(item.firstChild.firstChild, pictures.at(-1)));
  });
}

/** Ask for pictures of a latent, and draw them in turn. */
function wish(key, point, draw) {
  wishes.delete(key);
  wishes.set(key, { point, draw });
  work().catch(showError);
}

async function work() {
  if (busy) return;
  busy = true;
  find("controls").setAttribute("aria-busy", "true");
  while (wishes.size) {
    const [next] = wishes.keys();
    const key = wishes.has("picture") ? "picture" : next;
    const { point, draw } = wishes.get(key);
    wishes.delete(key);
    worker.postMessage({ latent: truncated(point), label: label() });
    draw(await answer());
  }
  busy = false;
  find("controls").setAttribute("aria-busy", "false");
}

function paint(canvas, { side, pixels }, words = "") {
  canvas.width = canvas.height = side;
  canvas.classList.toggle("enlarged", side < canvas.clientWidth);
  canvas.getContext("2d").putImageData(new ImageData(pixels, side), 0, 0);
  if (words) canvas.setAttribute("aria-label", words);
}

function vector(seed) {
  return latent(seed, facts.latent_dim);
}

/** Nearer to where typical pictures are. */
function truncated(point) {
  return slerp(facts.centre, point, find("truncation").value / 100);
}

function way() {
  return find("way").value / 100;
}

/** Index of the class, null without classes. */
function label() {
  return facts.class_names.length ? find("class").selectedIndex : null;
}

function anySeed() {
  // With room for a sheet of them.
  return Math.floor(Math.random() * (2 ** 32 - SHEET_SIZE));
}

function size(side) {
  return `${side}x${side}`;
}

function ofClass() {
  return label() === null ? "" : ` of class ${facts.class_names[label()]}`;
}

function position() {
  if (way() === 0) return `seed ${seeds.first}`;
  if (way() === 1) return `seed ${seeds.second}`;
  const [start, end] = [`seed ${seeds.first}`, `seed ${seeds.second}`];
  return `${find("way").value} % of the way from ${start} to ${end}`;
}

/** Download the picture as it is, a pixel for a pixel. */
function save() {
  const name = `${ofClass()} ${position()}`.replace(/[^\w.-]+/g, "-");
  find("picture").toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${name.replace(/^-/, "")}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

function showError(error) {
  find("status").classList.add("error");
  find("status").textContent = "The generator does not run here: " +
    `${error.message}. It needs all files of its folder, served by a web ` +
    "server, and a browser of 2023 or later.";
}
