"""The tools of the conformance suite."""

import time
from typing import Any

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.registry import Reply, Tool, Tools
from tests.conformance.media import PNG, WAV

TOOLS = Tools()


def text(value: str) -> Reply:
    """One block of text."""
    return Reply(content=[{"type": "text", "text": value}])


def fixture(
    description: str, properties: JSON | None = None, *, schema: JSON | None = None, **options: Any
) -> Any:
    """Add a function as a tool under its own name; all its properties are required text."""
    names = {name: {"type": "string", **item} for name, item in (properties or {}).items()}
    shape: JSON = schema or {"type": "object", "properties": names, "required": list(names)}

    def register(function: Any) -> Any:
        name = function.__name__
        title = name.removeprefix("test_").replace("_", " ").capitalize()
        TOOLS.add(Tool(name, title, description, function, shape, **options))
        return function

    return register


@fixture("Returns a text.")
def test_simple_text(ctx: Context, arguments: JSON) -> Reply:
    return text("This is a simple text response for testing.")


@fixture("Returns an image.")
def test_image_content(ctx: Context, arguments: JSON) -> Reply:
    return Reply(content=[{"type": "image", "data": PNG, "mimeType": "image/png"}])


@fixture("Returns a sound.")
def test_audio_content(ctx: Context, arguments: JSON) -> Reply:
    return Reply(content=[{"type": "audio", "data": WAV, "mimeType": "audio/wav"}])


@fixture("Returns a resource within its reply.")
def test_embedded_resource(ctx: Context, arguments: JSON) -> Reply:
    resource = {
        "uri": "test://embedded-resource",
        "mimeType": "text/plain",
        "text": "This is an embedded resource content.",
    }
    return Reply(content=[{"type": "resource", "resource": resource}])


@fixture("Returns a text, an image and a resource.")
def test_multiple_content_types(ctx: Context, arguments: JSON) -> Reply:
    resource = {
        "uri": "test://mixed-content-resource",
        "mimeType": "application/json",
        "text": '{"test":"data","value":123}',
    }
    return Reply(
        content=[
            {"type": "text", "text": "Multiple content types test:"},
            {"type": "image", "data": PNG, "mimeType": "image/png"},
            {"type": "resource", "resource": resource},
        ]
    )


@fixture("Always fails.")
def test_error_handling(ctx: Context, arguments: JSON) -> Reply:
    message = "This tool intentionally returns an error for testing"
    return Reply(content=[{"type": "text", "text": message}], is_error=True)


@fixture("Logs while it runs.", streams=True)
def test_tool_with_logging(ctx: Context, arguments: JSON) -> Reply:
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        ctx.channel.log("info", line, None)
        time.sleep(0.05)
    return text("Logged three messages.")


@fixture("Logs once, if the request asked for logs.", streams=True)
def test_logging_tool(ctx: Context, arguments: JSON) -> Reply:
    ctx.channel.log("info", "A log message", "fixture")
    return text("Logged.")


@fixture("Reports its progress.", streams=True)
def test_tool_with_progress(ctx: Context, arguments: JSON) -> Reply:
    for done in (0, 50, 100):
        ctx.channel.progress(done, 100, f"Completed step {done} of 100")
        time.sleep(0.05)
    return text("Done.")


def sampling(prompt: str, most: int = 100) -> JSON:
    """A request to have the client's model write something."""
    message = {"role": "user", "content": {"type": "text", "text": prompt}}
    return {
        "method": "sampling/createMessage",
        "params": {"messages": [message], "maxTokens": most},
    }


def elicitation(message: str, properties: JSON, required: list[str] | None = None) -> JSON:
    """A request to have the client ask its user something."""
    schema: JSON = {"type": "object", "properties": properties}
    if required is None or required:
        schema["required"] = list(properties) if required is None else required
    return {
        "method": "elicitation/create",
        "params": {"message": message, "requestedSchema": schema},
    }


ROOTS: JSON = {"method": "roots/list", "params": {}}
NAME = elicitation("What is your name?", {"name": {"type": "string"}})


def said(answer: JSON) -> str:
    """An elicitation's outcome as the suite reads it."""
    return f"action={answer.get('action')}, content={answer.get('content')}"


@fixture("Asks the client's model.", {"prompt": {"description": "What to ask"}}, streams=True)
def test_sampling(ctx: Context, arguments: JSON) -> Reply:
    answer = ctx.channel.ask({"sample": sampling(arguments["prompt"])})["sample"]
    return text(f"LLM response: {answer['content']['text']}")


@fixture("Asks the user.", {"message": {"description": "What to ask"}}, streams=True)
def test_elicitation(ctx: Context, arguments: JSON) -> Reply:
    fields = {"username": {"type": "string"}, "email": {"type": "string"}}
    answer = ctx.channel.ask({"user": elicitation(arguments["message"], fields)})["user"]
    return text(f"User response: {said(answer)}")


@fixture("Asks the user while streaming.", streams=True)
def test_streaming_elicitation(ctx: Context, arguments: JSON) -> Reply:
    ctx.channel.progress(0, 1, None)
    return text(f"User response: {said(ctx.channel.ask({'user': NAME})['user'])}")


@fixture("Asks with a default for each kind of field.", streams=True)
def test_elicitation_sep1034_defaults(ctx: Context, arguments: JSON) -> Reply:
    fields = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {
            "type": "string",
            "enum": ["active", "inactive", "pending"],
            "default": "active",
        },
        "verified": {"type": "boolean", "default": True},
    }
    answer = ctx.channel.ask({"user": elicitation("Please check these values", fields, [])})
    return text(f"Elicitation completed: {said(answer['user'])}")


@fixture("Asks with every kind of choice.", streams=True)
def test_elicitation_sep1330_enums(ctx: Context, arguments: JSON) -> Reply:
    options = ["option1", "option2", "option3"]
    titled = [
        {"const": "value1", "title": "First Option"},
        {"const": "value2", "title": "Second Option"},
        {"const": "value3", "title": "Third Option"},
    ]
    fields = {
        "untitledSingle": {"type": "string", "enum": options},
        "titledSingle": {"type": "string", "oneOf": titled},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": options}},
        "titledMulti": {"type": "array", "items": {"anyOf": titled}},
    }
    answer = ctx.channel.ask({"user": elicitation("Please choose", fields, [])})["user"]
    return text(f"Elicitation completed: {said(answer)}")


@fixture("Needs sampling, whatever the client declared.", streams=True)
def test_missing_capability(ctx: Context, arguments: JSON) -> Reply:
    answer = ctx.channel.ask({"sample": sampling("Hello")})["sample"]
    return text(str(answer["content"]["text"]))


@fixture("Asks for a name.")
def test_input_required_result_elicitation(ctx: Context, arguments: JSON) -> Reply:
    answer = ctx.channel.ask({"user_name": NAME})["user_name"]
    return text(f"Hello, {answer.get('content', {}).get('name')}!")


@fixture("Asks the client's model.")
def test_input_required_result_sampling(ctx: Context, arguments: JSON) -> Reply:
    question = sampling("What is the capital of France?")
    answer = ctx.channel.ask({"capital_question": question})["capital_question"]
    return text(str(answer.get("content", {}).get("text")))


@fixture("Asks for the client's roots.")
def test_input_required_result_list_roots(ctx: Context, arguments: JSON) -> Reply:
    answer = ctx.channel.ask({"client_roots": ROOTS})["client_roots"]
    return text(f"Roots: {[root.get('uri') for root in answer.get('roots', [])]}")


CONFIRM = elicitation("Please confirm", {"ok": {"type": "boolean"}})


@fixture("Asks for a confirmation and proves that its state came back.")
def test_input_required_result_request_state(ctx: Context, arguments: JSON) -> Reply:
    ctx.channel.ask({"confirm": CONFIRM})
    return text("state-ok")


@fixture("Asks for a confirmation whose state nobody can change.")
def test_input_required_result_tampered_state(ctx: Context, arguments: JSON) -> Reply:
    ctx.channel.ask({"confirm": CONFIRM})
    return text("Confirmed.")


@fixture("Asks three things at once.")
def test_input_required_result_multiple_inputs(ctx: Context, arguments: JSON) -> Reply:
    questions = {
        "user_name": NAME,
        "greeting": sampling("Generate a greeting", 50),
        "client_roots": ROOTS,
    }
    answers = ctx.channel.ask(questions)
    return text(f"Answered: {', '.join(answers)}")


@fixture("Asks two things, one after the other.")
def test_input_required_result_multi_round(ctx: Context, arguments: JSON) -> Reply:
    first = elicitation("Step 1: What is your name?", {"name": {"type": "string"}})
    name = ctx.channel.ask({"step1": first})["step1"]
    second = elicitation("Step 2: What is your favorite color?", {"color": {"type": "string"}})
    color = ctx.channel.ask({"step2": second})["step2"]
    return text(f"{said(name)} and {said(color)}")


@fixture("Asks only what the client declared that it can answer.")
def test_input_required_result_capabilities(ctx: Context, arguments: JSON) -> Reply:
    questions = {"sampling": sampling("Hello"), "elicitation": NAME, "roots": ROOTS}
    answers = ctx.channel.ask({k: q for k, q in questions.items() if ctx.channel.supports(k)})
    return text(f"Answered: {', '.join(answers)}")


@fixture("Repeats its argument in a header.", {"region": {"x-mcp-header": "Region"}})
def test_header_argument(ctx: Context, arguments: JSON) -> Reply:
    return text(arguments["region"])


JSON_SCHEMA: JSON = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
        }
    },
    "properties": {
        "name": {"type": "string"},
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": {"type": "string"},
        "email": {"type": "string"},
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {
        "properties": {"contactMethod": {"const": "phone"}},
        "required": ["contactMethod"],
    },
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


@fixture("Tool with JSON Schema 2020-12 features", schema=JSON_SCHEMA)
def json_schema_2020_12_tool(ctx: Context, arguments: JSON) -> Reply:
    return text(f"Received: {sorted(arguments)}")
