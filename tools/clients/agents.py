"""Asks the adapter `tools` for the weather with clients that call tools by themselves, each in its own way.

    HEDDLE_KEY=... python agents.py http://127.0.0.1:8080

Prints a line of JSON for each client: what the function was called with, and what the model said of its result."""

import asyncio
import json
import os
import sys

import agents
import anthropic
import openai
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

URL, KEY = sys.argv[1], os.environ["HEDDLE_KEY"]
QUESTION = "what is the weather in Lyon on Saturday?"
RESULT = '{"weather": "sunny", "degrees": 21}'
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "day": {"type": "string"}},
          "required": ["city", "day"]}
DESCRIPTION = "Weather of a city on a day"
called = []


def get_weather(city: str, day: str) -> str:
    """Weather of a city on a day"""
    called.append({"city": city, "day": day})
    return RESULT


def report(client, said):
    print(json.dumps({"client": client, "called": called, "said": said}), flush=True)
    called.clear()


def with_openai(stream):
    """Chat completions; the calls of a stream are put together from their deltas."""
    client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY)
    tools = [{"type": "function", "function": {"name": "get_weather", "description": DESCRIPTION, "parameters": SCHEMA}}]
    messages = [{"role": "user", "content": QUESTION}]
    for _ in range(3):
        if stream:
            with client.chat.completions.stream(model="tools", messages=messages, tools=tools, temperature=0) as events:
                for _ in events:
                    pass
                answer = events.get_final_completion().choices[0]
        else:
            answer = client.chat.completions.create(
                model="tools", messages=messages, tools=tools, temperature=0).choices[0]
        messages.append(answer.message.model_dump(include={"role", "content", "tool_calls"}, exclude_none=True))
        if answer.finish_reason != "tool_calls":
            return answer.message.content
        for call in answer.message.tool_calls:
            result = get_weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return None


def with_anthropic(stream):
    """Messages; a stream's blocks are put together by the client."""
    client = anthropic.Anthropic(base_url=URL, api_key=KEY)
    tools = [{"name": "get_weather", "description": DESCRIPTION, "input_schema": SCHEMA}]
    messages = [{"role": "user", "content": QUESTION}]
    for _ in range(3):
        asked = {"model": "tools", "max_tokens": 200, "temperature": 0, "tools": tools, "messages": messages}
        if stream:
            with client.messages.stream(**asked) as events:
                answer = events.get_final_message()
        else:
            answer = client.messages.create(**asked)
        if answer.stop_reason != "tool_use":
            return answer.content[0].text
        messages.append({"role": "assistant", "content": answer.content})
        messages.append({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": block.id, "content": get_weather(**block.input)}
            for block in answer.content if block.type == "tool_use"]})
    return None


def with_pydantic_ai():
    model = OpenAIChatModel("tools", provider=OpenAIProvider(base_url=URL + "/v1", api_key=KEY))
    return Agent(model, tools=[get_weather], model_settings={"temperature": 0}).run_sync(QUESTION).output


async def with_agents_sdk(model):
    agents.set_tracing_disabled(True)
    agent = agents.Agent(name="weather", model=model, tools=[agents.function_tool(get_weather)],
                         model_settings=agents.ModelSettings(temperature=0))
    return (await agents.Runner.run(agent, QUESTION)).final_output


def main():
    report("openai", with_openai(stream=False))
    report("openai, streaming", with_openai(stream=True))
    report("anthropic", with_anthropic(stream=False))
    report("anthropic, streaming", with_anthropic(stream=True))
    report("pydantic-ai", with_pydantic_ai())
    for name, kind in (("chat completions", agents.OpenAIChatCompletionsModel), ("responses", agents.OpenAIResponsesModel)):
        client = openai.AsyncOpenAI(base_url=URL + "/v1", api_key=KEY)
        report("openai-agents, " + name, asyncio.run(with_agents_sdk(kind(model="tools", openai_client=client))))


main()
