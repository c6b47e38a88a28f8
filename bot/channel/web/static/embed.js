"use strict";
// Puts the chat into another site: <script src="https://help.example.com/embed.js" async></script>
// The page asks for its parent's permission by Content-Security-Policy: the
// site has to be named in the config (web.embed_origins).
(() => {
  const script = document.currentScript;
  if (!script || document.getElementById("latchkey-launcher")) return;
  const base = new URL(".", script.src).href;
  const label = script.dataset.label || "Help";
  const button = document.createElement("button");
  button.id = "latchkey-launcher";
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "latchkey-frame");
  Object.assign(button.style, {position: "fixed", right: "20px", bottom: "20px", zIndex: 2147483646, padding: "14px 20px", border: 0, borderRadius: "28px", background: "#1d4ed8", color: "#fff", font: "600 16px system-ui, sans-serif", boxShadow: "0 4px 14px rgba(0,0,0,.25)", cursor: "pointer"});
  let frame;
  function toggle() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.id = "latchkey-frame";
      frame.title = label;
      frame.src = base + "?embedded";
      Object.assign(frame.style, {position: "fixed", right: "20px", bottom: "84px", zIndex: 2147483647, width: "min(400px, calc(100vw - 40px))", height: "min(640px, calc(100vh - 110px))", border: 0, borderRadius: "16px", boxShadow: "0 8px 30px rgba(0,0,0,.3)", colorScheme: "normal"});
      document.body.append(frame);
      button.setAttribute("aria-expanded", "true");
      return;
    }
    const show = frame.hidden;
    frame.hidden = !show;
    frame.style.display = show ? "" : "none";
    button.setAttribute("aria-expanded", String(show));
  }
  button.addEventListener("click", toggle);
  addEventListener("keydown", (e) => { if (e.key === "Escape" && frame && !frame.hidden) { toggle(); button.focus(); } });
  const place = () => document.body.append(button);
  if (document.body) place(); else addEventListener("DOMContentLoaded", place);
})();
