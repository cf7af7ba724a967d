"""What every surface says about the sandbox, so that nobody takes its athlete for themselves."""

INVENTED = "invented sandbox athlete"
HOW_TO_CHANGE = (
    "For your own data, run `flask archive import export.zip` where the server runs, or set "
    "STRAVA_SOURCE."
)
#: Takes the place of https://www.strava.com in links: the sandbox's ids belong to strangers there.
#: A name that never resolves (RFC 2606 §2).
SITE = "https://sandbox.invalid"
