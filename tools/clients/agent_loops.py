"""Lets the demo adapter `tools` call a function with clients that call tools by themselves, each in its own way.

    HEDDLE_KEY=... python agent_loops.py http://127.0.0.1:8080

Prints a line of JSON for each client: what the function was called with, and whether the result was told after it."""

import asyncio
import json
import os
import sys
from typing import Literal

import agents
import anthropic
import openai
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

URL, KEY = sys.argv[1], os.environ["HEDDLE_KEY"]
QUESTION = "what is the weather in Lyon on Saturday?"
RESULT = '{"weather": "sunny", "degrees": 21}'
TOLD = "It will be sunny."
City, Day = Literal["Lyon", "Paris"], Literal["saturday", "sunday"]
SCHEMA = {"type": "object", "properties": {"city": {"enum": ["Lyon", "Paris"]}, "day": {"enum": ["saturday", "sunday"]}},
          "required": ["city", "day"], "additionalProperties": False}
DESCRIPTION = "Weather of a city on a day"
called = []


def weather(city: City, day: Day) -> str:
    """Weather of a city on a day"""
    called.append({"city": city, "day": day})
    return RESULT


def report(client, ended):
    print(json.dumps({"client": client, "called": called, "ended": ended}), flush=True)
    called.clear()


def with_openai(stream):
    """Chat completions; the calls of a stream are put together from their deltas."""
    client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY)
    tools = [{"type": "function", "function": {"name": "weather", "description": DESCRIPTION, "parameters": SCHEMA}}]
    messages = [{"role": "user", "content": QUESTION}]
    for choice in ("required", "auto"):
        asked = {"model": "tools", "messages": messages, "tools": tools, "tool_choice": choice, "temperature": 0,
                 "max_tokens": 200}
        if stream:
            with client.chat.completions.stream(**asked) as events:
                for _ in events:
                    pass
                answer = events.get_final_completion().choices[0]
        else:
            answer = client.chat.completions.create(**asked).choices[0]
        messages.append(answer.message.model_dump(include={"role", "content", "tool_calls"}, exclude_none=True))
        if answer.finish_reason != "tool_calls":
            return answer.message.content == TOLD
        for call in answer.message.tool_calls:
            result = weather(**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return False


def with_anthropic(stream):
    """Messages; a stream's blocks are put together by the client."""
    client = anthropic.Anthropic(base_url=URL, api_key=KEY)
    tools = [{"name": "weather", "description": DESCRIPTION, "input_schema": SCHEMA}]
    messages = [{"role": "user", "content": QUESTION}]
    for choice in ("any", "auto"):
        asked = {"model": "tools", "max_tokens": 200, "tool_choice": {"type": choice}, "tools": tools, "messages": messages,
                 "extra_body": {"temperature": 0}}  # the client has no field for it
        if stream:
            with client.messages.stream(**asked) as events:
                answer = events.get_final_message()
        else:
            answer = client.messages.create(**asked)
        if answer.stop_reason != "tool_use":
            return answer.content[0].text == TOLD
        messages.append({"role": "assistant", "content": answer.content})
        messages.append({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": block.id, "content": weather(**block.input)}
            for block in answer.content if block.type == "tool_use"]})
    return False


class Weather(BaseModel):
    city: City
    day: Day


def with_pydantic_ai():
    """Its typed answers are calls that it requires."""
    model = OpenAIChatModel("tools", provider=OpenAIProvider(base_url=URL + "/v1", api_key=KEY))
    answer = Agent(model, output_type=Weather, model_settings={"temperature": 0, "max_tokens": 200}).run_sync(QUESTION)
    called.append(answer.output.model_dump())
    return True


async def with_agents_sdk(model):
    agents.set_tracing_disabled(True)
    agent = agents.Agent(name="weather", model=model, tools=[agents.function_tool(weather)],
                         tool_use_behavior="stop_on_first_tool",
                         model_settings=agents.ModelSettings(temperature=0, tool_choice="required", max_tokens=200))
    return (await agents.Runner.run(agent, QUESTION)).final_output == RESULT


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
