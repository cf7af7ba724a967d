"""What is remembered across requests and processes.

``Services`` has a ``LazyStore``, which passes every call on to the store that STORE_URL selects.

* ``base``      the ``Store`` interface
* ``sqlite``    one SQLite file, or memory (``sqlite_file`` creates it)
* ``dynamodb``  one DynamoDB table
* ``lazy``      a store that is opened on first use
* ``lease``     a distributed lock with a timeout
"""

from importlib import import_module

from strava_mcp.store.base import Record, Store

#: URL scheme → the store's class, as a string: only one is ever imported.
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
