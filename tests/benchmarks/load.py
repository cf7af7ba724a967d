"""Load generator, run as a process of its own; prints counts and latencies as JSON."""

import http.client
import json
import statistics
import sys
import threading
import time

METHODS: dict[str, dict[str, object]] = {
    "list": {"method": "tools/list"},
    "call": {"method": "tools/call", "params": {"name": "get_athlete", "arguments": {}}},
}


def work(port: int, kind: str, token: str, until: float, times: list[float]) -> None:
    """Send requests over one connection until ``until``; append the seconds each took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {token}",
        "MCP-Protocol-Version": "2025-06-18",
    }
    number = 0
    while time.perf_counter() < until:
        number += 1
        body = json.dumps({"jsonrpc": "2.0", "id": number, **METHODS[kind]})
        began = time.perf_counter()
        connection.request("POST", "/mcp", body, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status != 200 or b'"result"' not in content:
            raise SystemExit(f"{response.status}: {content[:500]!r}")
        times.append(time.perf_counter() - began)


def main() -> None:
    """Usage: load PORT list|call TOKEN CONNECTIONS SECONDS."""
    port, kind, token, connections, seconds = sys.argv[1:]
    times: list[float] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=work, args=(int(port), kind, token, began + float(seconds), times))
        for _ in range(int(connections))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times.sort()
    print(
        json.dumps(
            {
                "count": len(times),
                "rate": len(times) / took,
                "p50_ms": statistics.median(times) * 1000,
                "p99_ms": times[int(len(times) * 0.99)] * 1000,
            }
        )
    )


if __name__ == "__main__":
    main()
