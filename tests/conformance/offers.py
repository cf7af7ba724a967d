"""The prompts and resources of the conformance suite."""

import base64
import json
from collections.abc import Mapping

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.prompts.registry import Argument, Prompt, Resource
from tests.conformance.media import PNG
from tests.conformance.tools import elicitation, said


def user(content: JSON) -> JSON:
    """A message in the user's name."""
    return {"role": "user", "content": content}


def spoken(text: str) -> JSON:
    """A text message in the user's name."""
    return user({"type": "text", "text": text})


def with_arguments(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    arg1, arg2 = arguments["arg1"], arguments["arg2"]
    return [spoken(f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")]


def with_resource(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    resource = {
        "uri": arguments["resourceUri"],
        "mimeType": "text/plain",
        "text": "Embedded resource content for testing.",
    }
    return [
        user({"type": "resource", "resource": resource}),
        spoken("Please process the embedded resource above."),
    ]


def with_image(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    image = {"type": "image", "data": PNG, "mimeType": "image/png"}
    return [user(image), spoken("Please analyze the image above.")]


def with_input(ctx: Context, arguments: Mapping[str, str]) -> list[JSON]:
    question = elicitation("What context should the prompt use?", {"context": {"type": "string"}})
    return [
        spoken(f"Use this: {said(ctx.channel.ask({'user_context': question})['user_context'])}")
    ]


def words(ctx: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
    suggestions = ["paris", "park", "party", "test", "testing"]
    return [word for word in suggestions if word.startswith(typed)]


PROMPTS = (
    Prompt(
        "test_simple_prompt",
        "Simple",
        "A prompt without arguments.",
        lambda ctx, arguments: [spoken("This is a simple prompt for testing.")],
    ),
    Prompt(
        "test_prompt_with_arguments",
        "With arguments",
        "A prompt with two arguments.",
        with_arguments,
        (Argument("arg1", "The first", True, words), Argument("arg2", "The second", True, words)),
    ),
    Prompt(
        "test_prompt_with_embedded_resource",
        "With a resource",
        "A prompt with a resource in it.",
        with_resource,
        (Argument("resourceUri", "Which resource", True),),
    ),
    Prompt("test_prompt_with_image", "With an image", "A prompt with an image.", with_image),
    Prompt(
        "test_input_required_result_prompt",
        "With a question",
        "A prompt that asks the user first.",
        with_input,
    ),
)


def template(ctx: Context, variables: Mapping[str, str]) -> str:
    return json.dumps({"id": variables["id"], "templateTest": True, "data": "Data for ID"})


RESOURCES = (
    Resource(
        "test://static-text",
        "static-text",
        "Static text",
        "A text.",
        "text/plain",
        lambda ctx, variables: "This is the content of the static text resource.",
    ),
    Resource(
        "test://static-binary",
        "static-binary",
        "Static bytes",
        "An image.",
        "image/png",
        lambda ctx, variables: base64.b64decode(PNG),
    ),
    Resource(
        "test://watched-resource",
        "watched-resource",
        "Watched",
        "A resource to subscribe to.",
        "text/plain",
        lambda ctx, variables: "Watched resource content.",
    ),
    Resource(
        "test://template/{id}/data",
        "template",
        "Template",
        "A resource whose address has a variable.",
        "application/json",
        template,
        (Argument("id", "Any text", True, words),),
    ),
)
