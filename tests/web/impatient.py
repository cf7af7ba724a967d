"""The real app, which waits for slow clients and for token checks one second only."""

from strava_mcp.app import create_app
from strava_mcp.web import client_socket, request_body, websocket

websocket.TOKEN_CHECK_INTERVAL_S = 1
client_socket.SEND_TIMEOUT_S = 1
request_body.CLIENT_TIMEOUT_S = 1
app = create_app()
