"""What every surface says about the sandbox, so that nobody takes its athlete for themselves."""

from strava_mcp.config import IMPORT_ADVICE, IN_BUNDLE

INVENTED = "invented sandbox athlete"
HOW_TO_CHANGE = f"For your own data, {IMPORT_ADVICE}" + (
    "." if IN_BUNDLE else " where the server runs, or set STRAVA_SOURCE."
)
#: Takes the place of https://www.strava.com in links: the sandbox's ids belong to strangers there.
#: A name that never resolves (RFC 2606 §2).
SITE = "https://sandbox.invalid"
