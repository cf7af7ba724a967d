"""Plans an activity: course, blocks, times, gear, name."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from strava_mcp.sandbox import physics, seasons, titles
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.body import Body, body_on
from strava_mcp.sandbox.courses import (
    TIME_TRIAL,
    TO_WORK,
    ZURICH,
    Course,
    circuit,
    loop,
    path,
    random_course,
)
from strava_mcp.sandbox.gear import gear_of
from strava_mcp.sandbox.outing import Stretch
from strava_mcp.sandbox.plan import Plan, climb_push
from strava_mcp.sandbox.sessions import Session
from strava_mcp.sandbox.workouts import REST, STEADY, WARM_UP, WORKOUTS, Block
from strava_mcp.sports import RIDES

#: How a race is paced: shares of the distance, relative to the mean speed.
RACE_PACING = ((0.08, 1.02), (0.5, 1.003), (0.36, 0.988), (0.06, 1.03))
#: One set in the gym and the rest behind it: seconds, and effort as a share of threshold.
SET, BETWEEN_SETS = (45, 0.62), (75, 0.4)
#: Of long sessions, this share leads somewhere new.
NEW_COURSES = 0.12
COFFEE_S = (600, 1500)
#: The share of activities that is entered by hand, by sport.
BY_HAND = {"Walk": 0.2, "WeightTraining": 0.2, "Swim": 0.2, "Run": 0.01}


def make_plan(
    ids: range, day: date, athlete: Athlete, session: Session, rng: Random, after: datetime | None
) -> Plan:
    """Plan the activity of a session. ``ids``: one of them becomes its id.

    ``after``: when the previous one of the day ended.
    """
    activity_id = ids[rng.randrange(len(ids))]
    sport, kind = session.sport, session.kind
    place, body = seasons.place_of(day), body_on(day, athlete)
    is_frozen = sport == "Run" and day.month in (12, 1, 2) and session.workout != "hills"
    indoor = sport in ("VirtualRide", "WeightTraining", "Swim") or (
        is_frozen and kind != "race" and rng.random() < 0.25
    )
    course, stretches, distance_m = _on_ground(day, body, session, indoor, rng)
    manual = rng.random() > 1 - BY_HAND.get(sport, 0.0) and kind != "race"
    start = _start(day, session, rng, after)
    moving = tuple(stretch for stretch in stretches if stretch.kind != REST)
    pauses = _rests(stretches) or _pauses(session, moving, indoor or manual, rng)
    race = seasons.race_on(day)
    return Plan(
        id=activity_id,
        athlete=athlete,
        body=body,
        sport=sport,
        kind=kind,
        workout=session.workout,
        name=race[0] if race and kind == "race" else titles.title(session, place, start, rng),
        description=titles.description(kind, rng),
        private_note=titles.private_note(rng),
        start_local=start,
        offset_s=seasons.offset_s(day),
        place=place,
        course=course,
        stretches=moving,
        distance_m=round(distance_m, 1),
        pauses=pauses,
        indoor=indoor,
        manual=manual,
        has_heart_rate=not manual and athlete.has_heart_rate and rng.random() > 0.06,
        visibility=rng.choices(["everyone", "followers_only", "only_me"], [88, 8, 4])[0],
        gear_id=gear_of(sport, kind, day) if athlete is MIRA else None,
    )


Ground = tuple[Course | None, list[Stretch], float]


def _on_ground(day: date, body: Body, session: Session, indoor: bool, rng: Random) -> Ground:
    """Course, blocks with the times and distances that the athlete's fitness makes them, length."""
    workout = WORKOUTS[session.workout]
    if session.sport == "WeightTraining":
        return None, _sets(session.minutes), 0.0
    is_on_the_road = session.sport == "Ride" or session.workout == "fast end"
    if workout.blocks is not None and not is_on_the_road:
        blocks = workout.blocks(rng)
        return _measured(blocks, body, session.sport, workout.where, indoor, rng)
    if session.kind == "race":
        return _race(day, body, rng)
    share = workout.share + rng.uniform(-0.045, 0.045)
    if session.sport == "VirtualRide" or (session.sport == "Run" and indoor):
        blocks = [Block(b.kind, b.share, seconds=b.seconds * 60) for b in _steady(share, session)]
        return _measured(blocks, body, session.sport, "circuit", indoor, rng)
    course = _course(day, body, session, share, rng)
    blocks = workout.blocks(rng) if workout.blocks else _steady(share, session)
    return _stretched(blocks, body, session, course, rng)


def _steady(share: float, session: Session) -> list[Block]:
    """A session without structure: it begins and ends easily. Its blocks are in minutes."""
    minutes = session.minutes
    warm, cool = min(8.0, 0.12 * minutes), min(4.0, 0.06 * minutes)
    parts = ((WARM_UP, 0.9, warm), (STEADY, 1.012, minutes - warm - cool), (STEADY, 0.95, cool))
    return [Block(kind, share * factor, seconds=length) for kind, factor, length in parts]


def _sets(minutes: float) -> list[Stretch]:
    """Sets with rests between them, in the gym."""
    pair = [Stretch(STEADY, share, seconds, 0.0) for seconds, share in (SET, BETWEEN_SETS)]
    return pair * max(1, round(minutes * 60 / (SET[0] + BETWEEN_SETS[0])))


def _measured(
    blocks: Sequence[Block], body: Body, sport: str, where: str, indoor: bool, rng: Random
) -> Ground:
    """A session whose blocks have lengths: on the track, a path, the trainer, in the pool."""
    form = rng.uniform(0.993, 1.007)
    stretches = [_stretch(block, body, sport, form) for block in blocks]
    length_m = sum(stretch.metres for stretch in stretches)
    if sport == "Swim" or (indoor and sport == "Run"):
        return None, stretches, length_m
    if sport in RIDES:
        return circuit(ZURICH, sport, length_m, rng), stretches, length_m
    if where == "track":
        return circuit(ZURICH, sport, length_m, rng), stretches, length_m
    return path(where, length_m, _turns(stretches)), stretches, length_m


def _stretch(block: Block, body: Body, sport: str, form: float) -> Stretch:
    """A block in seconds and metres."""
    if block.kind == REST:
        return Stretch(REST, 0.0, round(block.seconds), 0.0)
    if sport in RIDES:
        mass_kg = body.athlete.weight_kg + physics.BICYCLE_KG
        speed = physics.flat_speed(round(body.ftp_w * block.share), mass_kg)
    else:
        speed = body.speed(sport) * block.share * form / physics.slowness(sport, block.slope)
    seconds = round(block.seconds or block.metres / speed)
    return Stretch(block.kind, block.share, seconds, block.metres or seconds * speed, block.slope)


def _turns(stretches: Sequence[Stretch]) -> list[float]:
    """The distances at which up turns into down, and down into up."""
    result, at = [], 0.0
    for stretch, following in zip(stretches, stretches[1:], strict=False):
        at += stretch.metres
        if stretch.slope and following.slope:
            result.append(at)
    return result


def _race(day: date, body: Body, rng: Random) -> Ground:
    """A race: as fast as the body allows over this distance and these hills."""
    race = seasons.race_on(day)
    assert race
    course = race[1]
    share = body.race_speed(course.length_m) / body.speed("Run") * rng.uniform(0.997, 1.003)
    slowness = physics.mean_slowness(course, "Run")
    result = []
    for part, factor in RACE_PACING:
        metres = course.length_m * part
        speed = body.speed("Run") * share * factor / slowness
        result.append(Stretch(STEADY, share * factor, round(metres / speed), metres))
    return course, result, course.length_m


def _course(day: date, body: Body, session: Session, share: float, rng: Random) -> Course:
    """A favourite loop of about the wanted length, or one that is done only once."""
    sport = session.sport
    if session.kind == "commute":
        return TO_WORK[sport]
    if session.workout == "time trial":
        return TIME_TRIAL
    place = seasons.place_of(day)
    wanted_m = session.minutes * 60 * 0.93
    if sport in RIDES:
        wanted_m *= physics.flat_speed(round(body.ftp_w * share), body.athlete.weight_kg + 9, sport)
    else:
        wanted_m *= body.speed(sport) * share * (0.78 if sport == "Hike" else 1)
    course = random_course(place, sport, wanted_m, rng)
    assert course
    if session.kind == "long" and place == ZURICH and rng.random() < NEW_COURSES:
        length_m = course.length_m * rng.uniform(0.9, 1.15)
        return loop(f"{sport}-{day.isoformat()}", course.place, sport, round(length_m))
    return course


def _stretched(
    blocks: Sequence[Block], body: Body, session: Session, course: Course, rng: Random
) -> Ground:
    """A session whose blocks are stretched over a course: their lengths are relative."""
    sport = session.sport
    mass_kg = body.athlete.weight_kg + physics.BICYCLE_KG
    bike = "commute" if session.kind == "commute" else sport
    total = sum(block.seconds for block in blocks)
    mean = sum(block.share * block.seconds for block in blocks) / total
    if sport in RIDES:
        push = climb_push(max(block.share for block in blocks))
        speed = physics.mean_speed(body.ftp_w * mean, mass_kg, course, bike, push)
        speed *= rng.uniform(0.95, 1.03)  # the wind
    else:
        speed = body.speed(sport) * mean / physics.mean_slowness(course, sport)
    moving_s = course.length_m / speed
    result = []
    for block in blocks:
        seconds = round(moving_s * block.seconds / total)
        metres = seconds * speed * block.share / mean
        result.append(Stretch(block.kind, block.share, max(1, seconds), metres))
    return course, result, course.length_m * rng.uniform(0.996, 1.005)


def _start(day: date, session: Session, rng: Random, after: datetime | None) -> datetime:
    """When the athlete starts: before work, at noon or after it; in the morning at weekends."""
    is_weekend = day.weekday() >= 5
    if session.workout == "brick run" and after:
        return after + timedelta(seconds=rng.randint(120, 300))
    if session.kind == "race":
        begin = time(9, 30)
    elif session.kind == "commute":
        begin = time(7, rng.randrange(20, 50), rng.randrange(60))
    elif is_weekend or session.sport == "Hike":
        earliest = 7 if day.month in (6, 7, 8) else 8
        begin = time(earliest + rng.choice((0, 0, 1, 1, 2)), rng.randrange(60), rng.randrange(60))
    else:
        hour = rng.choices(
            (6, 12, 17, 18), (6, 2, 4, 6) if session.kind == "easy" else (2, 1, 5, 7)
        )
        begin = time(hour[0], rng.randrange(8, 55), rng.randrange(60))
    start = datetime.combine(day, begin)
    earliest_start = after + timedelta(minutes=rng.randint(25, 70)) if after else start
    return max(start, earliest_start)


def _rests(stretches: Sequence[Stretch]) -> tuple[tuple[float, int], ...]:
    """The rests of a workout as the pauses of a plan."""
    moving_s = sum(s.seconds for s in stretches if s.kind != REST)
    at, result = 0, []
    for stretch in stretches:
        if stretch.kind == REST:
            result.append((at / moving_s, stretch.seconds))
        else:
            at += stretch.seconds
    return tuple(result)


def _pauses(
    session: Session, stretches: Sequence[Stretch], is_steady: bool, rng: Random
) -> tuple[tuple[float, int], ...]:
    """Pauses as Plan has them: at traffic lights, for coffee, and a watch that was not stopped."""
    if is_steady or session.kind in ("race", "interval"):
        return ()
    moving_s = sum(stretch.seconds for stretch in stretches)
    lights = rng.choice((0, 0, 1, 2, 3)) if session.sport in ("Run", "Ride", "Walk") else 0
    pauses = [(rng.uniform(0.03, 0.97), rng.randint(8, 55)) for _ in range(lights)]
    if moving_s > 5400 and session.kind == "long":
        pauses += [(rng.uniform(0.3, 0.8), rng.randint(45, 300)) for _ in range(rng.choice((0, 1)))]
    if session.workout in ("group ride", "hike"):
        pauses.append((rng.uniform(0.66, 0.85), rng.randint(*COFFEE_S)))
    if rng.random() < 0.02:
        pauses.append((1.0, rng.randint(400, 1500)))
    return tuple(sorted(pauses))
