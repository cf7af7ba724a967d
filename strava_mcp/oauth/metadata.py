"""Metadata for discovery: this resource (RFC 9728), its authorization server (RFC 8414)."""

from strava_mcp.identity import SCOPES
from strava_mcp.json_types import JSON

#: Path of the resource's metadata; the path of the resource is appended (RFC 9728 §3.1).
WELL_KNOWN = "/.well-known/oauth-protected-resource"
#: Paths of this server's MCP endpoints, which include the base URL itself. Those with a trailing
#: slash are the same endpoints: clients compare the resource with the URL that was typed.
PATHS = ("", "/mcp", "/mcp/", "/sse", "/sse/")


def protected_resource(base_url: str, path: str) -> JSON:
    """Metadata of the resource (RFC 9728 §2). ``path``: the one of PATHS that the client uses."""
    return {
        "resource": base_url + path,
        "resource_name": "Strava",
        "authorization_servers": [base_url],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
    }


def authorization_server(base_url: str) -> JSON:
    """Metadata of the server (RFC 8414 §2), with RFC 9207 and client ID metadata documents."""
    methods = ["none", "client_secret_basic", "client_secret_post"]
    return {
        "issuer": base_url,
        "authorization_endpoint": f"{base_url}/authorize",
        "token_endpoint": f"{base_url}/token",
        "registration_endpoint": f"{base_url}/register",
        "revocation_endpoint": f"{base_url}/revoke",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
    }
