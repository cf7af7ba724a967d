"""A program for an environment of its own: LangChain's adapters on the SDK's 1.x line.

``python langchain_agent.py URL TRANSPORT TOKEN`` prints JSON: the tools, a reply, and what became
of a call that the token may not make, with a call after it in the same session.
"""

import asyncio
import json
import sys
from importlib.metadata import version

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools


async def main(url: str, transport: str, token: str) -> None:
    """Visit the server as an agent would."""
    connection = {
        "url": url,
        "transport": transport,
        "headers": {"Authorization": f"Bearer {token}"},
        "timeout": 60,
    }
    client = MultiServerMCPClient({"strava": connection})
    async with client.session("strava") as session:
        tools = {tool.name: tool for tool in await load_mcp_tools(session)}
        call = {"type": "tool_call", "id": "1"}
        blanks = {"before": "", "after": "", "per_page": 2, "sport_type": "", "cursor": ""}
        listed = await tools["get_activities"].ainvoke({**call, "args": blanks})
        try:
            renamed = {"id": 1, "name": "Renamed"}
            refused = str(await tools["update_activity"].ainvoke({**call, "args": renamed}))
        except Exception as exc:
            refused = str(exc)
        after = await tools["get_athlete"].ainvoke({**call, "args": {}})
        report = {
            "sdk": version("mcp"),
            "tools": list(tools),
            "listed": listed.artifact["structured_content"],
            "refused": refused,
            "after": after.artifact["structured_content"],
        }
        print(json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
