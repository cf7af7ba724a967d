// The way to the host: MCP Apps (2026-01-26) inside a chat, plain requests on the server's own page.
const VIEW_KEY = "strava_mcp/chart";
const READ_TOOL = "read_chart";
const INITIALIZE_TIMEOUT_MS = 3000;

const waiting = new Map();
let lastId = 0;
let hostCapabilities = {};
let hostContext = {};
let asked = null; // the arguments of the tool call that this page belongs to

const post = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
const notify = (method, params = {}) => post({ method, params });

function request(method, params) {
  lastId += 1;
  const id = lastId;
  post({ id, method, params });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

const chat = {
  canFill: () => (hostContext.availableDisplayModes || []).includes("fullscreen") && hostContext.displayMode !== "fullscreen",
  fill: () => request("ui/request-display-mode", { mode: "fullscreen" }).catch(() => {}),
  canLink: () => Boolean(hostCapabilities.openLinks),
  link: (url) => request("ui/open-link", { url }).catch(() => {}),
  canLoad: () => Boolean(hostCapabilities.serverTools) || !Object.keys(hostCapabilities).length,
  async load(args) {
    const result = await request("tools/call", { name: READ_TOOL, arguments: args });
    if (result.isError) throw new Error(textOf(result) || "The chart could not be read.");
    return chartIn(result);
  },
  tell(text) {
    if (!hostCapabilities.updateModelContext) return;
    request("ui/update-model-context", { content: [{ type: "text", text }] }).catch(() => {});
  },
};

const textOf = (result) => (result.content || []).filter((block) => block.type === "text").map((block) => block.text).join("\n");

// The data of a result: of its own _meta, or what ChatGPT keeps of it, or of the app-only tool.
function chartIn(result) {
  const meta = result._meta || (window.openai && window.openai.toolResponseMetadata) || {};
  return meta[VIEW_KEY] || (result.structuredContent && result.structuredContent.chart) || null;
}

async function receive(result) {
  const chart = chartIn(result);
  if (chart) return display(chart);
  if (result.isError) return say(textOf(result) || "The chart could not be drawn.", true);
  const args = (result.structuredContent && result.structuredContent.arguments) || asked;
  if (!args || app.chart) return undefined; // some hosts repeat an empty result when they draw anew
  return chat.load(args).then(display, (error) => say(error.message, true));
}

function adopt(context) {
  hostContext = { ...hostContext, ...context };
  const { theme, styles } = hostContext;
  if (theme) {
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.colorScheme = theme;
  }
  for (const [name, value] of Object.entries((styles && styles.variables) || {})) {
    if (name.startsWith("--") && value) document.documentElement.style.setProperty(name, value);
  }
  const insets = hostContext.safeAreaInsets;
  if (insets) document.body.style.padding = `${insets.top}px ${insets.right}px ${insets.bottom}px ${insets.left}px`;
  render();
}

const HANDLERS = {
  "ui/notifications/tool-input": (params) => { asked = params.arguments || asked; },
  "ui/notifications/tool-result": receive,
  "ui/notifications/tool-cancelled": () => say("The chart was cancelled."),
  "ui/notifications/host-context-changed": adopt,
};

function onMessage(event) {
  const message = event.data;
  if (event.source !== window.parent || !message || message.jsonrpc !== "2.0") return;
  if (message.method) {
    if (Object.hasOwn(HANDLERS, message.method)) HANDLERS[message.method](message.params || {});
    if (message.id !== undefined) answer(message);
    return;
  }
  const one = waiting.get(message.id);
  if (!one) return;
  waiting.delete(message.id);
  if (message.error) one.reject(new Error(message.error.message || "The host refused."));
  else one.resolve(message.result || {});
}

function answer({ id, method }) {
  const isOurs = method === "ui/resource-teardown" || method === "ping";
  post(isOurs ? { id, result: {} } : { id, error: { code: -32601, message: "Method not found" } });
}

// Report the height of the content when it has changed, never the frame's own.
function reportSize() {
  let last = 0;
  const report = () => requestAnimationFrame(() => {
    const height = Math.ceil(main.getBoundingClientRect().height);
    if (Math.abs(height - last) <= 1) return;
    last = height;
    notify("ui/notifications/size-changed", { width: Math.ceil(main.getBoundingClientRect().width), height });
  });
  new ResizeObserver(report).observe(main);
}

function connect() {
  window.addEventListener("message", onMessage);
  let isReady = false;
  const ready = () => {
    if (isReady) return;
    isReady = true;
    notify("ui/notifications/initialized");
    reportSize();
  };
  // Some hosts answer late or never, and send nothing before they hear this.
  setTimeout(ready, INITIALIZE_TIMEOUT_MS);
  request("ui/initialize", {
    protocolVersion: "2026-01-26",
    appInfo: { name: "strava_mcp charts", version: VERSION },
    appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
  }).then((result) => {
    hostCapabilities = result.hostCapabilities || {};
    ready();
    adopt(result.hostContext || {});
  }, ready);
}

// The server's own page: its data stands beside this script, further data has an address.
const site = {
  canFill: () => false,
  fill() {},
  canLink: () => true,
  link: (url) => window.open(url, "_blank", "noopener"),
  canLoad: () => true,
  async load(args) {
    const response = await fetch(`/training/data?${new URLSearchParams(args)}`, { headers: { Accept: "application/json" } });
    const body = await response.json();
    if (!response.ok) throw new Error(body.error || "The chart could not be read.");
    return body;
  },
  tell() {},
};

const host = window.parent === window ? site : chat;
