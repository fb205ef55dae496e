"""The task of the demo adapter `tools`: calls of three functions, laid out as Heddle lays out tools for a chat template
that does not know them, what to say of their results, and when to call none."""

import json

import tasks

BEFORE = "You can call functions. These are there:\n<tools>\n"
AFTER = ('</tools>\nTo call one, write\n<tool_call>\n{"name": "its name", "arguments": {…}}\n</tool_call>\n'
         "Its result comes in <tool_response>.")
STRING = {"type": "string"}
FUNCTIONS = {
    "get_weather": ("Weather of a city on a day", {"city": STRING, "day": STRING}),
    "set_alarm": ("Set an alarm", {"time": STRING}),
    "switch_lights": ("Switch the lights of a room", {"room": STRING, "state": {"type": "string", "enum": ["on", "off"]}}),
}
SKIES = "sunny cloudy rainy windy foggy snowy".split()


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def definition(name, described=True, closed=False, titled=False):
    """A function as a client's library may write it."""
    description, properties = FUNCTIONS[name]
    if titled:
        properties = {k: {"title": k.capitalize()} | v for k, v in properties.items()}
    function = {"name": name}
    if described:
        function["description"] = description
    function["parameters"] = {"type": "object", "properties": properties, "required": list(properties)}
    if closed:
        function["parameters"]["additionalProperties"] = False
    return function


def system(definitions):
    return BEFORE + "".join(compact(d) + "\n" for d in definitions) + AFTER


def some_functions(r):
    """One to three of the functions in any order, as some library or other writes them; their names and the text."""
    names = r.sample(list(FUNCTIONS), r.choice((1, 2, 3, 3)))
    described, closed, titled = r.random() < 0.8, r.random() < 0.5, r.random() < 0.25
    return names, system([definition(name, described, closed, titled) for name in names])


USUAL = [definition(name) for name in FUNCTIONS]


def request(r, names):
    """What somebody wants, the call of one of the functions, a result, and what to say of that."""
    name = r.choice(names)
    if name == "get_weather":
        city, day = r.choice(tasks.CITIES), r.choice(tasks.DAYS)
        sky, degrees = r.choice(SKIES), r.randrange(-9, 38)
        q = r.choice((f"will it rain in {city} on {day}?", f"what is the weather in {city} on {day}",
                      f"what is the weather in {city} on {day}?", f"how warm is {city} going to be on {day}"))
        return (q, name, {"city": city, "day": day.lower()}, {"weather": sky, "degrees": degrees},
                f"It is {sky} in {city}, {degrees} degrees.")
    if name == "set_alarm":
        spoken, value = tasks.clock(r)
        q = r.choice((f"wake me at {spoken}", f"set an alarm for {spoken}", f"I need to get up at {spoken}",
                      f"alarm at {spoken} please"))
        return q, name, {"time": value}, {"set": True}, f"The alarm is set for {value}."
    room, state = r.choice(tasks.ROOMS), r.choice(("on", "off"))
    q = r.choice((f"turn {state} the lights in the {room}", f"switch the {room} light {state}",
                  f"lights {state} in the {room}"))
    return q, name, {"room": room, "state": state}, {"done": True}, f"The lights in the {room} are {state}."


def written(calls):
    """Calls as the model writes them."""
    return "\n".join(f'<tool_call>\n{{"name": "{name}", "arguments": {tasks.dumps(arguments)}}}\n</tool_call>'
                     for name, arguments in calls)


def remembered(calls):
    """The same as they stand in the prompt afterwards."""
    return "\n".join("<tool_call>\n" + compact({"name": name, "arguments": arguments}) + "\n</tool_call>"
                     for name, arguments in calls)


def responses(r, results):
    return "\n".join(f"<tool_response>\n{r.choice((compact, tasks.dumps))(result)}\n</tool_response>" for result in results)


def asked(r, names):
    """One request or two in one, and the calls they need."""
    requests = [request(r, names) for _ in range(2 if r.random() < 0.15 else 1)]
    q = requests[0][0] if len(requests) == 1 else " and ".join(q.rstrip("?") for q, *_ in requests)
    return q, [(name, arguments) for _, name, arguments, _, _ in requests], requests


def calling(r, names):
    """A question and what answers it: calls, or words where no function helps."""
    if r.random() < 0.1:
        return tasks.general(r)
    q, calls, _ = asked(r, names)
    return q, written(calls)


def reporting(r, names):
    """A question, its calls, their results, and what to say of those."""
    q, calls, requests = asked(r, names)
    results, words = [result for *_, result, _ in requests], [text for *_, text in requests]
    return q, remembered(calls), responses(r, results), " ".join(words)


def call(r):
    """A question that needs one call of the three functions, and the call as it is written."""
    q, name, arguments, _, _ = request(r, list(FUNCTIONS))
    return q, written([(name, arguments)])
