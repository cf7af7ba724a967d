"""What must be remembered across requests and processes: one interface, several stores."""

from importlib import import_module

from strava_mcp.store.base import Record, Store

#: URL scheme → the class that keeps it, named and not imported: only one of them is ever used.
STORES = {
    "sqlite": "strava_mcp.store.sqlite:SQLiteStore",
    "dynamodb": "strava_mcp.store.dynamodb:DynamoDBStore",
}

__all__ = ["STORES", "Record", "Store", "open_store"]


def open_store(url: str) -> Store:
    """Open the store at ``url``: ``sqlite:///path/to/file`` or ``dynamodb://table``.

    Raises StoreError if it cannot.
    """
    scheme, _, rest = url.partition("://")
    module, _, name = STORES[scheme].partition(":")
    store: Store = getattr(import_module(module), name)(rest)
    return store
