"use strict";
// The chat page: keeps the customer's token, shows the conversation, sends
// what is typed or pressed until it is taken, and follows the stream of
// answers, reconnecting by itself from the last one it has.

const $ = (id) => document.getElementById(id);
const log = $("log"), lines = $("lines"), form = $("say"), input = $("text"), notice = $("notice"), typing = $("typing"), picker = $("language");
const storeKey = "latchkey-chat";
const speech = {lang: ""};

// memory is localStorage, or nothing where the browser does not allow it.
const memory = {
  get() { try { return JSON.parse(localStorage.getItem(storeKey)) || {}; } catch { return {}; } },
  set(change) { try { localStorage.setItem(storeKey, JSON.stringify({...memory.get(), ...change})); } catch { /* this page only */ } },
};
const chat = {token: memory.get().token || "", last: 0, outbox: memory.get().outbox || [], sending: false, online: true};

function word(key, args = {}) {
  const words = pageWords[speech.lang] || pageWords[speech.lang.split("-")[0]] || pageWords.en;
  return (words[key] || pageWords.en[key]).replace(/\{(\w)\}/g, (_, k) => args[k]);
}

function speak(lang) {
  if (!lang || lang === speech.lang) return;
  speech.lang = lang;
  document.documentElement.lang = lang;
  for (const el of document.querySelectorAll("[data-word]")) el.textContent = word(el.dataset.word);
  for (const el of document.querySelectorAll("[data-word-label]")) el.setAttribute("aria-label", word(el.dataset.wordLabel));
  for (const el of document.querySelectorAll("[data-word-placeholder]")) el.placeholder = word(el.dataset.wordPlaceholder);
  if (picker && [...picker.options].some((o) => o.value === lang)) picker.value = lang;
}

function make(tag, cls, text) {
  const el = document.createElement(tag);
  if (cls) el.className = cls;
  if (text !== undefined) el.textContent = text;
  return el;
}

function newID() {
  const a = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...crypto.getRandomValues(new Uint8Array(26))].map((b) => a[b & 31]).join("");
}

// --- showing -------------------------------------------------------------

// pinned is whether the newest line is to stay in view: until the customer
// scrolls up to read.
let pinned = true;
function atEnd() { return log.scrollHeight - log.scrollTop - log.clientHeight < 80; }
function toEnd() { pinned = true; log.scrollTop = log.scrollHeight; }
log.addEventListener("scroll", () => { pinned = atEnd(); }, {passive: true});
new ResizeObserver(() => { if (pinned) toEnd(); }).observe(lines);

// show puts one line of the conversation on the page.
function show(entry) {
  if (entry.id && entry.id <= chat.last) return;
  const follow = pinned || entry.from === "customer";
  if (entry.lang) speak(entry.lang);
  const li = make("li", "line " + entry.from);
  const who = entry.from === "customer" ? word("you") : entry.author || word(entry.from);
  li.append(make("span", entry.from === "person" ? "who" : "hidden", who));
  const bubble = make("div", "bubble");
  if (entry.progress) bubble.append(progress(entry.progress));
  if (entry.html) { const p = make("div", "words"); p.innerHTML = entry.html; p.lang = entry.lang || ""; bubble.append(p); } else { bubble.append(make("p", "words", entry.text || "")); }
  for (const m of entry.media || []) bubble.append(media(m));
  li.append(bubble);
  if (entry.id) { chat.last = entry.id; retire(); }
  if (entry.choices) li.append(choices(entry.choices));
  lines.append(li);
  if (entry.from !== "customer") typing.hidden = true;
  if (follow) toEnd();
  return li;
}

function progress(p) {
  const box = make("div", "progress");
  box.append(make("span", "", word("step", {n: p.step, m: p.of})));
  const bar = make("progress");
  bar.max = p.of; bar.value = p.step; bar.setAttribute("aria-hidden", "true");
  box.append(bar);
  return box;
}

function media(m) {
  if (m.kind === "image") {
    const a = make("a", "picture"); a.href = m.url; a.target = "_blank"; a.rel = "noopener";
    const img = make("img"); img.src = m.url; img.alt = m.alt; img.loading = "lazy";
    a.append(img);
    return a;
  }
  const a = make("a", "link", m.alt || m.url); a.href = m.url; a.target = "_blank"; a.rel = "noopener noreferrer";
  return a;
}

function choices(list) {
  const box = make("div", "choices");
  box.setAttribute("role", "group");
  for (const c of list) {
    const b = make("button", c.minor ? "choice minor" : "choice", c.label);
    b.type = "button"; b.dataset.token = c.token;
    box.append(b);
  }
  return box;
}

// retire takes the buttons of questions that have been answered.
function retire() {
  for (const box of lines.querySelectorAll(".choices")) box.remove();
}

lines.addEventListener("click", (e) => {
  const b = e.target.closest("button");
  if (!b) return;
  if (b.dataset.retry) { flush(); return; }
  const label = b.textContent;
  retire();
  queue({press: b.dataset.token, label});
  input.focus({preventScroll: true});
});

// --- sending -------------------------------------------------------------

// queue keeps what the customer did until the server has taken it, over a
// closed page and a lost connection.
function queue(item) {
  const entry = {id: newID(), ...item};
  chat.outbox.push(entry);
  memory.set({outbox: chat.outbox});
  const li = show({from: "customer", text: item.text ?? item.label});
  li.dataset.id = entry.id;
  li.classList.add("waiting");
  flush();
}

async function flush() {
  if (chat.sending || !chat.token) return;
  chat.sending = true;
  while (chat.outbox.length > 0) {
    const {id, text, press} = chat.outbox[0];
    let status = 0;
    try {
      const r = await fetch("chat/send", {method: "POST", headers: {"Content-Type": "application/json", "Latchkey-Chat": chat.token}, body: JSON.stringify(press ? {id, press} : {id, text})});
      status = r.status;
    } catch { /* no connection */ }
    if (status === 0 || status === 503 || status === 429) {
      offline(true, status === 429 ? "busy" : "offline");
      setTimeout(flush, 2000);
      break;
    }
    chat.outbox.shift();
    memory.set({outbox: chat.outbox});
    const li = lines.querySelector(`[data-id="${id}"]`);
    if (li) li.classList.remove("waiting");
    if (status >= 400 && li) li.classList.add("refused");
  }
  chat.sending = false;
}

form.addEventListener("submit", (e) => {
  e.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  grow();
  queue({text});
});
input.addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); }
});
function grow() { input.style.height = "auto"; input.style.height = Math.min(input.scrollHeight, 160) + "px"; }
input.addEventListener("input", grow);
if (picker) picker.addEventListener("change", () => {
  const name = picker.selectedOptions[0].textContent;
  speak(picker.value);
  queue({text: name});
});

// --- receiving -----------------------------------------------------------

function offline(yes, key = "offline") {
  notice.hidden = !yes;
  notice.textContent = yes ? word(key) : "";
  chat.online = !yes;
}

async function open() {
  const link = new URLSearchParams(location.search).get("start") || "";
  for (let wait = 500; ; wait = Math.min(wait * 2, 15000)) {
    try {
      const r = await fetch("chat/open", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({token: chat.token, link: memory.get().link === link ? "" : link})});
      if (r.ok) {
        const data = await r.json();
        chat.token = data.token;
        memory.set({token: chat.token, link});
        offline(false);
        for (const e of data.entries) show(e);
        for (const o of chat.outbox) { const li = show({from: "customer", text: o.text ?? o.label}); li.dataset.id = o.id; li.classList.add("waiting"); }
        toEnd();
        return;
      }
      offline(true, r.status === 429 ? "busy" : "offline");
    } catch { offline(true); }
    await pause(wait);
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// follow reads the stream. It is read with fetch because EventSource cannot
// send the token in a header.
async function follow() {
  for (let wait = 500; ;) {
    try {
      const r = await fetch("chat/stream", {headers: {"Latchkey-Chat": chat.token, "Last-Event-ID": String(chat.last), Accept: "text/event-stream"}});
      if (!r.ok || !r.body) throw new Error("stream refused");
      offline(false);
      flush();
      wait = 500;
      await read(r.body.getReader());
    } catch { offline(true); }
    await pause(wait + Math.random() * wait);
    wait = Math.min(wait * 2, 15000);
  }
}

async function read(reader) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    // A stream that says nothing for three heartbeats is dead.
    const {done, value} = await Promise.race([reader.read(), pause(50000).then(() => ({done: true}))]);
    if (done) { reader.cancel().catch(() => {}); return; }
    rest += decoder.decode(value, {stream: true});
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const b of blocks) event(b);
  }
}

let typingTimer;
function event(block) {
  const field = (name) => block.split("\n").filter((l) => l.startsWith(name + ": ")).map((l) => l.slice(name.length + 2)).join("\n");
  const data = field("data");
  if (!data) return;
  if (field("event") === "typing") {
    typing.hidden = false;
    if (pinned) toEnd();
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => { typing.hidden = true; }, 8000);
    return;
  }
  show(JSON.parse(data));
}

speak((navigator.language || "en").split("-")[0] in pageWords ? navigator.language.split("-")[0] : "en");
open().then(() => { follow(); if (!document.body.classList.contains("embedded")) input.focus(); });
addEventListener("online", flush);
