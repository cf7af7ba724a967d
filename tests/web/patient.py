"""The real app, which waits long for its clients, because a busy machine may hold one up."""

from strava_mcp.app import create_app
from strava_mcp.web import client_socket, request_body, websocket

PATIENCE_S = 120

request_body.CLIENT_TIMEOUT_S = client_socket.SEND_TIMEOUT_S = PATIENCE_S
websocket.PING_S = websocket.CLOSING_S = PATIENCE_S
app = create_app()
