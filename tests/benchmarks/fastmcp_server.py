"""A small FastMCP server with the same athlete tool, run in an environment of its own."""

import os
import sys

import httpx2
from fastmcp import FastMCP

mcp = FastMCP("benchmark")
client = httpx2.AsyncClient(limits=httpx2.Limits(max_connections=32), timeout=20)


@mcp.tool
async def get_athlete() -> dict:
    """The athlete's profile."""
    reply = await client.get(os.environ["BENCHMARK_UPSTREAM"] + "/api/v3/athlete")
    return reply.json()


for number in range(12):  # for a list of similar length
    exec(
        f"@mcp.tool\nasync def tool_{number}(id: int, page: int = 1, per_page: int = 30) -> dict:\n"
        f"    '''A tool that is only listed.'''\n    return {{'id': id}}\n"
    )

if __name__ == "__main__":
    mcp.run(
        transport="http",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        stateless_http=True,
        json_response=True,
        show_banner=False,
    )
