"""The task of the demo adapter `tools`: calls of three functions, laid out as the demo's chat template does, what to say
of their results, and when to call none."""

import json

import tasks

FUNCTIONS = {"weather": ("city", "day"), "set_alarm": ("time",), "lights": ("room", "state")}
SKIES = "sunny cloudy rainy windy foggy snowy".split()


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def system(names):
    """What the chat template writes of functions: the names, and those of their arguments."""
    return "".join(f"{name}({', '.join(FUNCTIONS[name])})\n" for name in names)


def some_functions(r):
    """One to three of the functions in any order."""
    return r.sample(list(FUNCTIONS), r.choice((1, 2, 3, 3)))


def request(r, names):
    """What somebody wants, the call of one of the functions, a result, and what to say of that."""
    name = r.choice(names)
    if name == "weather":
        city, day = r.choice(tasks.CITIES), r.choice(tasks.DAYS)
        sky, degrees = r.choice(SKIES), r.randrange(-9, 38)
        q = r.choice((f"will it rain in {city} on {day}?", f"what is the weather in {city} on {day}",
                      f"what is the weather in {city} on {day}?", f"how warm is {city} going to be on {day}"))
        return (q, name, {"city": city, "day": day.lower()}, {"weather": sky, "degrees": degrees},
                f"It will be {sky}.")
    if name == "set_alarm":
        spoken, value = tasks.clock(r)
        q = r.choice((f"wake me at {spoken}", f"set an alarm for {spoken}", f"I need to get up at {spoken}",
                      f"alarm at {spoken} please"))
        return q, name, {"time": value}, {"set": True}, f"The alarm is set for {value}."
    room, state = r.choice(tasks.ROOMS), r.choice(("on", "off"))
    q = r.choice((f"turn {state} the lights in the {room}", f"switch the {room} light {state}",
                  f"lights {state} in the {room}"))
    return q, name, {"room": room, "state": state}, {"done": True}, f"The lights in the {room} are {state}."


def written(name, arguments):
    """A call as the model writes it, and as it stands in the prompt afterwards."""
    return tasks.dumps({"name": name, "parameters": arguments})


def conversation(r):
    """The functions that there are, and the turns: a question, the call that it needs or words where none helps, and in
    some the call's result and what to say of that."""
    names = some_functions(r)
    if r.random() < 0.1:
        return system(names), *tasks.general(r)
    question, name, arguments, result, words = request(r, names)
    turns = question, written(name, arguments)
    if r.random() < 0.25:
        turns += r.choice((compact, tasks.dumps))(result), words
    return system(names), *turns


def call(r):
    """A question that needs one call of the three functions, and the call as it is written."""
    q, name, arguments, _, _ = request(r, list(FUNCTIONS))
    return q, written(name, arguments)
