// Connect by OAuth as a TypeScript host would: read, refresh, and call a tool that writes.
// Prints JSON lines: {"authorize": URL} where a person has to approve, and reads the address that
// the browser is sent back to from a line of stdin; {"done": ...} at the end.
// Usage: node oauth.mjs MODULES URL VERSION-OF-THE-CLIENT [sse]
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [modules, url, which, wire] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const print = (value) => console.log(JSON.stringify(value));
const redirectUrl = "http://127.0.0.1:33418/callback";

class Provider {
  redirectUrl = redirectUrl;
  clientMetadata = {
    client_name: "TypeScript client",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  };
  clientInformation = () => this.client;
  saveClientInformation = (client) => void (this.client = client);
  tokens = () => this.saved;
  saveTokens = (tokens) => void (this.saved = tokens);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => void (this.verifier = verifier);
  discoveryState = () => this.discovered;
  saveDiscoveryState = (state) => void (this.discovered = state);
  redirectToAuthorization = (address) => print({ authorize: address.href });
}

let Client, Transport;
if (which === "v1") {
  ({ Client } = await load("@modelcontextprotocol/sdk/client/index.js"));
  const file = wire === "sse" ? "sse" : "streamableHttp";
  const found = await load(`@modelcontextprotocol/sdk/client/${file}.js`);
  Transport = found.SSEClientTransport ?? found.StreamableHTTPClientTransport;
} else {
  const found = await load("@modelcontextprotocol/client");
  Client = found.Client;
  Transport = wire === "sse" ? found.SSEClientTransport : found.StreamableHTTPClientTransport;
}

const authProvider = new Provider();
const open = async () => {
  const transport = new Transport(new URL(url), { authProvider });
  const client = new Client({ name: "tests", version: "1" });
  return { client, transport };
};
const finish = async (transport) => {
  const { value } = await lines.next();
  const parameters = new URL(value).searchParams;
  // The first line of the client takes the code, the second also checks who issued it.
  await transport.finishAuth(which === "v1" ? parameters.get("code") : parameters);
};
const connect = async () => {
  const { client, transport } = await open();
  try {
    await client.connect(transport);
    return { client, transport };
  } catch (error) {
    if (error.constructor.name !== "UnauthorizedError") throw error;
    await finish(transport);
    return connect();
  }
};

let { client, transport } = await connect();
const { tools } = await client.listTools();
const first = authProvider.saved;
authProvider.saved = { ...first, access_token: "expired" };
const read = await client.callTool({ name: "get_athlete", arguments: {} });
const refreshed = authProvider.saved;
const write = { name: "update_activity", arguments: { id: 1, name: "Renamed" } };
let written;
try {
  written = await client.callTool(write);
} catch (error) {
  if (error.constructor.name !== "UnauthorizedError") throw error;
  await finish(transport); // step-up: the client has asked for more scopes
  written = await client.callTool(write);
}
print({
  done: {
    tools: tools.map((tool) => tool.name),
    read: !read.isError,
    refreshed: refreshed.access_token !== first.access_token && refreshed.access_token !== "expired",
    granted: first.scope,
    scope: authProvider.saved.scope,
    written,
  },
});
await client.close();
process.exit(0);
