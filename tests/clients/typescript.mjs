// Connect as a TypeScript host would, list the tools and call one; prints what came back as JSON.
// Usage: node typescript.mjs MODULES URL TOKEN VERSION-OF-THE-CLIENT ERA [sse|ws]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, url, token, which, era, wire] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

const requestInit = token ? { headers: { Authorization: `Bearer ${token}` } } : {};
let Client, Transport;
if (which === "v1") {
  ({ Client } = await load("@modelcontextprotocol/sdk/client/index.js"));
  ({ StreamableHTTPClientTransport: Transport } = await load(
    "@modelcontextprotocol/sdk/client/streamableHttp.js",
  ));
} else {
  ({ Client, StreamableHTTPClientTransport: Transport } = await load(
    "@modelcontextprotocol/client",
  ));
}
if (wire === "sse") {
  const name = which === "v1" ? "@modelcontextprotocol/sdk/client/sse.js" : "@modelcontextprotocol/client";
  ({ SSEClientTransport: Transport } = await load(name));
}
if (wire === "ws") {
  ({ WebSocketClientTransport: Transport } = await load("@modelcontextprotocol/sdk/client/websocket.js"));
  const Plain = globalThis.WebSocket; // the transport has no way to send a header
  globalThis.WebSocket = class extends Plain {
    constructor(address, protocols) {
      super(address, { protocols, ...requestInit });
    }
  };
}
const options = era ? { versionNegotiation: { mode: era } } : {};
const client = new Client({ name: "tests", version: "1" }, options);
await client.connect(new Transport(new URL(url), { requestInit }));
const { tools } = await client.listTools();
const called = await client.callTool({ name: "get_activities", arguments: { per_page: 2 } });
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), called }));
await client.close();
