// The server's own page while Strava is being read: the same address again, now with its chart.

// Gateways give up after half a minute; the next request goes on where that one stopped.
const MAX_TRIES = 5;
const PAUSE_MS = 2000;

async function arrive() {
  const began = Date.now();
  const hint = html("p", { class: "hint waited" }, "\u00a0");
  main.append(hint);
  const clockwork = setInterval(() => { hint.textContent = `${Math.round((Date.now() - began) / 1000)} s`; }, 1000);
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    if (tries > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const isDone = await requestPage();
    if (isDone) return clearInterval(clockwork);
  }
  clearInterval(clockwork);
  say("Strava did not answer in time. What was read is kept: ", true);
  return main.querySelector("p").append(html("a", { href: window.location.href }, "go on reading"));
}

// Whether the page has arrived, with a chart or with the reason why there is none.
async function requestPage() {
  try {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const arrived = page.getElementById("drawn");
    if (arrived) adoptPage(arrived);
    else if (response.ok) window.location.reload(); // signed out meanwhile
    else return false;
    return true;
  } catch {
    return false; // the connection was lost, or a gateway gave up
  }
}

// Put what has arrived in the place of what said that it would; the chart keeps its element.
function adoptPage(arrived) {
  const [before, chart] = [document.getElementById("drawn"), arrived.querySelector("#chart")];
  if (chart) chart.replaceWith(main);
  before.replaceWith(arrived);
  if (document.getElementById("data")) displayData();
}
