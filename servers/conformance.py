"""
What the official conformance suite calls, made by the same kit as the six servers.

Its tools have the names and answers that the suite prescribes; that they pass shows that the kit's pipeline bends
nothing of the protocol. It is not one of the six, and nothing about writing is in it.
"""

import base64
import zlib
from typing import Annotated, Any

import anyio
from mcp.server import MCPServer, ServerRequestContext
from mcp.server.elicitation import AcceptedElicitation, CancelledElicitation, DeclinedElicitation
from mcp.server.mcpserver import Context, Elicit, Resolve, Sample
from mcp.server.mcpserver.prompts.base import Message, UserMessage
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    AudioContent,
    CallToolResult,
    Completion,
    CompletionArgument,
    CompletionContext,
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    EmbeddedResource,
    EmptyResult,
    ImageContent,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    PromptReference,
    ResourceTemplateReference,
    SamplingMessage,
    SetLevelRequestParams,
    SubscribeRequestParams,
    TextContent,
    TextResourceContents,
    UnsubscribeRequestParams,
)
from pydantic import BaseModel, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, Toolbox, Wiring, make_server
from scribetree.shapes import as_object

__all__ = ["create"]

tools = Toolbox()

_STEP_S = 0.05


def _png() -> str:
    """One red pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    pixel = zlib.compress(b"\x00\xff\x00\x00")
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return base64.b64encode(image).decode()


def _wav() -> str:
    """One silent sample."""
    shape = b"fmt " + (16).to_bytes(4, "little") + b"\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00"
    body = b"WAVE" + shape + b"data" + (1).to_bytes(4, "little") + b"\x80"
    return base64.b64encode(b"RIFF" + len(body).to_bytes(4, "little") + body).decode()


_PNG, _WAV = _png(), _wav()


def _text(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)])


def _embedded(uri: str, mime_type: str, text: str) -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text))


# Content


@tools.add(title="Text", hints=READS, structured=False)
async def test_simple_text() -> str:
    """Answer with a text."""
    return "This is a simple text response for testing."


@tools.add(title="Image", hints=READS, structured=False)
async def test_image_content() -> CallToolResult:
    """Answer with an image."""
    return CallToolResult(content=[ImageContent(type="image", data=_PNG, mime_type="image/png")])


@tools.add(title="Audio", hints=READS, structured=False)
async def test_audio_content() -> CallToolResult:
    """Answer with a sound."""
    return CallToolResult(content=[AudioContent(type="audio", data=_WAV, mime_type="audio/wav")])


@tools.add(title="Embedded resource", hints=READS, structured=False)
async def test_embedded_resource() -> CallToolResult:
    """Answer with a resource."""
    text = "This is an embedded resource content."
    return CallToolResult(content=[_embedded("test://embedded-resource", "text/plain", text)])


@tools.add(title="Several contents", hints=READS, structured=False)
async def test_multiple_content_types() -> CallToolResult:
    """Answer with a text, an image and a resource."""
    return CallToolResult(
        content=[
            TextContent(type="text", text="Multiple content types test:"),
            ImageContent(type="image", data=_PNG, mime_type="image/png"),
            _embedded("test://mixed-content-resource", "application/json", '{"test":"data","value":123}'),
        ]
    )


@tools.add(title="Error", hints=READS, structured=False)
async def test_error_handling() -> str:
    """Answer with an error, always."""
    raise InvalidInput("This tool intentionally returns an error for testing", hint="There is nothing to mend.")


# What happens while a tool runs


@tools.add(title="Progress", hints=READS, structured=False)
async def test_tool_with_progress(ctx: Context) -> str:
    """Report progress three times."""
    for progress in (0, 50, 100):
        await ctx.report_progress(progress, 100)
        await anyio.sleep(_STEP_S)
    return "Progress was reported."


async def _log(ctx: Context, message: str) -> None:
    """A log message to the client, which the newer revision deprecates and the older one requires."""
    await ctx.session.send_log_message(  # pyright: ignore[reportDeprecated]
        "info", message, related_request_id=ctx.request_id
    )


@tools.add(title="Logging", hints=READS, structured=False)
async def test_tool_with_logging(ctx: Context) -> str:
    """Send three log messages to the client."""
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await _log(ctx, message)
        await anyio.sleep(_STEP_S)
    return "Three messages were sent."


@tools.add(title="Logging once", hints=READS, structured=False)
async def test_logging_tool(ctx: Context) -> str:
    """Send one log message, if the client asked for any."""
    await _log(ctx, "A message")
    return "A message was sent to those who want it."


@tools.add(title="Reconnection", hints=READS, structured=False)
async def test_reconnection(ctx: Context) -> str:
    """Close the stream in the middle of the call; the answer waits for the client's return."""
    await ctx.close_sse_stream()
    await anyio.sleep(2 * _STEP_S)
    return "Reconnection test completed."


@tools.add(title="Change the tools", hints=READS, structured=False)
async def test_trigger_tool_change(ctx: Context) -> str:
    """Tell subscribers that the tools have changed."""
    await ctx.notify_tools_changed()
    return "Subscribers were told."


@tools.add(title="Change the prompts", hints=READS, structured=False)
async def test_trigger_prompt_change(ctx: Context) -> str:
    """Tell subscribers that the prompts have changed."""
    await ctx.notify_prompts_changed()
    return "Subscribers were told."


# Questions to the client


class Person(BaseModel):
    """Who answers."""

    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


class Defaults(BaseModel):
    """A default for each primitive type."""

    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Annotated[str, Field(json_schema_extra={"enum": ["active", "inactive", "pending"]})] = "active"
    verified: bool = True


def _named(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"const": value, "title": title} for value, title in pairs]


_ORDINALS = (("value1", "First Option"), ("value2", "Second Option"), ("value3", "Third Option"))
_CHOICES = (("value1", "First Choice"), ("value2", "Second Choice"), ("value3", "Third Choice"))
_ENUMS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
        "titledSingle": {"type": "string", "oneOf": _named(*_ORDINALS)},
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
        "titledMulti": {"type": "array", "items": {"anyOf": _named(*_CHOICES)}},
    },
}

_Outcome = AcceptedElicitation[Person] | DeclinedElicitation | CancelledElicitation


async def _ask_person(message: str) -> Elicit[Person]:
    return Elicit(message, Person)


async def _ask_model(prompt: str) -> Sample:
    question = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    return Sample([question], max_tokens=100)


async def _ask_anything() -> Sample:
    return await _ask_model("Are you there?")


@tools.add(title="Elicitation", hints=READS, structured=False)
async def test_elicitation(message: str, outcome: Annotated[_Outcome, Resolve(_ask_person)]) -> str:
    """Ask the user who they are."""
    given = outcome.data.model_dump() if isinstance(outcome, AcceptedElicitation) else {}
    return f"User response: action={outcome.action}, content={given}"


@tools.add(title="Sampling", hints=READS, structured=False)
async def test_sampling(prompt: str, reply: Annotated[CreateMessageResult, Resolve(_ask_model)]) -> str:
    """Ask the client's model."""
    said = reply.content.text if isinstance(reply.content, TextContent) else ""
    return f"LLM response: {said}"


@tools.add(title="Elicitation with defaults", hints=READS, structured=False)
async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
    """Ask with a default for each primitive type."""
    outcome = await ctx.elicit("Please review and update the form fields with defaults", Defaults)
    given = outcome.data.model_dump() if isinstance(outcome, AcceptedElicitation) else {}
    return f"Elicitation completed: action={outcome.action}, content={given}"


@tools.add(title="Elicitation with enums", hints=READS, structured=False)
async def test_elicitation_sep1330_enums(ctx: Context) -> str:
    """Ask with each kind of enumeration."""
    outcome = await ctx.session.elicit_form(
        "Please select options from the enum fields", _ENUMS, related_request_id=ctx.request_id
    )
    return f"Elicitation completed: action={outcome.action}, content={outcome.content}"


# Questions in several rounds, as the 2026 revision has them


def _form(message: str, name: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def _sampling(question: str, max_tokens: int) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=question))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=max_tokens))


def _answered(ctx: Context, *keys: str) -> dict[str, Any] | None:
    """The client's answers by key, if all that were asked for are there and usable."""
    responses = ctx.input_responses or {}
    found: dict[str, Any] = {key: responses.get(key) for key in keys}
    return found if all(_is_usable(response) for response in found.values()) else None


def _is_usable(response: Any) -> bool:  # noqa: ANN401 - one of the protocol's response types
    return response is not None and getattr(response, "action", "accept") == "accept"


def _ask(state: str | None = None, /, **requests: InputRequest) -> InputRequiredResult:
    return InputRequiredResult(input_requests=requests, request_state=state)


@tools.add(title="One question", hints=READS, structured=False)
async def test_input_required_result_elicitation(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask for a name, then greet."""
    found = _answered(ctx, "user_name")
    content = as_object(getattr(found["user_name"], "content", None)) if found else None
    name = (content or {}).get("name")
    return _text(f"Hello, {name}!") if name else _ask(user_name=_form("What is your name?", "name"))


@tools.add(title="One question to the model", hints=READS, structured=False)
async def test_input_required_result_sampling(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask the client's model for a capital."""
    found = _answered(ctx, "capital_question")
    if not found:
        return _ask(capital_question=_sampling("What is the capital of France?", 100))
    return _text(getattr(found["capital_question"].content, "text", ""))


@tools.add(title="The roots", hints=READS, structured=False)
async def test_input_required_result_list_roots(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask for the client's roots."""
    found = _answered(ctx, "client_roots")
    if not found:
        return _ask(client_roots=ListRootsRequest())
    return _text(", ".join(str(root.uri) for root in found["client_roots"].roots))


@tools.add(title="A question with state", hints=READS, structured=False)
async def test_input_required_result_request_state(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask for consent, and check that the state comes back."""
    if _answered(ctx, "confirm") and ctx.request_state == "asked":
        return _text("state-ok")
    return _ask("asked", confirm=_form("Please confirm", "ok", "boolean"))


@tools.add(title="A question with sealed state", hints=READS, structured=False)
async def test_input_required_result_tampered_state(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask for consent; the SDK refuses a state that was altered."""
    if _answered(ctx, "confirm") and ctx.request_state == "sealed":
        return _text("state-ok")
    return _ask("sealed", confirm=_form("Please confirm", "ok", "boolean"))


@tools.add(title="Three questions", hints=READS, structured=False)
async def test_input_required_result_multiple_inputs(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask the user, the model and for the roots at once."""
    if _answered(ctx, "user_name", "greeting", "client_roots"):
        return _text("All three were answered.")
    return _ask(
        "three",
        user_name=_form("What is your name?", "name"),
        greeting=_sampling("Generate a greeting", 50),
        client_roots=ListRootsRequest(),
    )


@tools.add(title="Two rounds", hints=READS, structured=False)
async def test_input_required_result_multi_round(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask for a name, then for a colour."""
    if ctx.request_state == "round-2" and _answered(ctx, "step2"):
        return _text("Both steps were answered.")
    if ctx.request_state == "round-1" and _answered(ctx, "step1"):
        return _ask("round-2", step2=_form("Step 2: What is your favorite color?", "color"))
    return _ask("round-1", step1=_form("Step 1: What is your name?", "name"))


@tools.add(title="What the client can do", hints=READS, structured=False)
async def test_input_required_result_capabilities(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Ask only what the client said it can answer."""
    declared = ctx.client_capabilities
    requests: dict[str, InputRequest] = {}
    if declared and declared.elicitation is not None:
        requests["user_name"] = _form("What is your name?", "name")
    if declared and declared.sampling is not None:
        requests["greeting"] = _sampling("Generate a greeting", 50)
    return _ask(**requests) if requests and not ctx.input_responses else _text("There is nothing to ask.")


@tools.add(title="A question in a stream", hints=READS, structured=False)
async def test_streaming_elicitation(ctx: Context) -> CallToolResult | InputRequiredResult:
    """Report progress, then ask."""
    await ctx.report_progress(1, 2)
    return _text("Answered.") if _answered(ctx, "user_name") else _ask(user_name=_form("What is your name?", "name"))


@tools.add(title="A missing capability", hints=READS, structured=False)
async def test_missing_capability(reply: Annotated[CreateMessageResult, Resolve(_ask_anything)]) -> str:
    """Need the client's model, whether the client has one or not."""
    return f"The client can sample: {reply.role}"


# Schemas


@tools.add(title="Mirrored header", hints=READS, structured=False)
async def test_custom_header(region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})]) -> str:
    """Take an argument that HTTP clients mirror into a header."""
    return f"Region: {region}"


@tools.add(title="A rich schema", hints=READS, structured=False)
async def json_schema_2020_12_tool(name: str = "", address: dict[str, Any] | None = None) -> str:
    """Tool with JSON Schema 2020-12 features."""
    return f"{name}, {sorted(address or {})}"


_RICH_SCHEMA: dict[str, Any] = {
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
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


# Prompts, resources, completion


def _add_prompts(server: MCPServer) -> None:
    @server.prompt()
    def test_simple_prompt() -> str:
        """A prompt without arguments."""
        return "This is a simple prompt for testing."

    @server.prompt()
    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        """A prompt with two arguments."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.prompt()
    def test_prompt_with_embedded_resource(resourceUri: str) -> list[Message]:  # noqa: N803 - the suite's name
        """A prompt that holds a resource."""
        embedded = _embedded(resourceUri, "text/plain", "Embedded resource content for testing.")
        return [UserMessage(embedded), UserMessage("Please process the embedded resource above.")]

    @server.prompt()
    def test_prompt_with_image() -> list[Message]:
        """A prompt that holds an image."""
        image = ImageContent(type="image", data=_PNG, mime_type="image/png")
        return [UserMessage(image), UserMessage("Please analyze the image above.")]

    @server.prompt()
    async def test_input_required_result_prompt(ctx: Context) -> list[Message] | InputRequiredResult:
        """A prompt that asks before it answers."""
        found = _answered(ctx, "user_context")
        if not found:
            return _ask(user_context=_form("What context should the prompt use?", "context"))
        return [UserMessage(f"Use this context: {found['user_context'].content}")]


def _add_resources(server: MCPServer) -> None:
    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        """A text."""
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        """An image."""
        return base64.b64decode(_PNG)

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:
        """A text to which a client can subscribe."""
        return "Watched."

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002 - the suite's name
        """A resource for each id."""
        return f'{{"id":"{id}","templateTest":true,"data":"Data for ID: {id}"}}'


def _add_completion(server: MCPServer) -> None:
    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        _ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        _context: CompletionContext | None,
    ) -> Completion:
        words = [word for word in ("paris", "park", "party") if word.startswith(argument.value)]
        return Completion(values=words, total=len(words), has_more=False)


def _add_legacy_methods(server: MCPServer) -> None:
    """What only the older revision has; MCPServer offers no door for it, so its low-level server is used."""
    watched: set[str] = set()
    low = server._lowlevel_server  # pyright: ignore[reportPrivateUsage]

    async def subscribe(_ctx: ServerRequestContext[Any, Any], params: SubscribeRequestParams) -> EmptyResult:
        watched.add(str(params.uri))
        return EmptyResult()

    async def unsubscribe(_ctx: ServerRequestContext[Any, Any], params: UnsubscribeRequestParams) -> EmptyResult:
        watched.discard(str(params.uri))
        return EmptyResult()

    async def set_level(_ctx: ServerRequestContext[Any, Any], params: SetLevelRequestParams) -> EmptyResult:
        if not params.level:
            raise MCPError(INVALID_PARAMS, "A level is needed")
        return EmptyResult()

    low.add_request_handler("resources/subscribe", SubscribeRequestParams, subscribe)
    low.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, unsubscribe)
    low.add_request_handler("logging/setLevel", SetLevelRequestParams, set_level)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The fixture, ready to serve."""
    server = make_server(
        "conformance",
        title="Conformance fixture",
        instructions="For the official conformance suite only.",
        tools=tools,
        wiring=wiring,
    )
    rich = tools.get("json_schema_2020_12_tool")
    if rich is not None:
        rich.tool.parameters = _RICH_SCHEMA
    _add_prompts(server)
    _add_resources(server)
    _add_completion(server)
    _add_legacy_methods(server)
    return server
